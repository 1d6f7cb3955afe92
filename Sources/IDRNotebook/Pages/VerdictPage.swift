import Foundation
package import IDRComparison
import IDRPlan
import IDRRecord

extension Verdict {
    /// The verdict as one HTML page: no script, nothing from elsewhere, every text escaped.
    package var page: String {
        var page = HTMLPage(title: "\(reached.rawValue): reproduction of record \(record?.short ?? "without a digest")")
        page.add(
            "<p class=\"verdict \(reached.rawValue.lowercased())\"><strong>\(reached.rawValue)</strong> \(MarkupText.escaped(String(headline.dropFirst(reached.rawValue.count + 2))))</p>"
        )
        page.addFacts([
            ("Record", record?.hex ?? "no manifest"), ("Rerun", rerun?.hex ?? "no manifest"), ("Judged", judgedAt.ISO8601Format()),
            ("Declared", declared.rawValue + (isDeclaredMet ? ", met" : ", MISSED")),
        ])
        page.addHeading("Batches")
        page.addTable(
            ["Batch", "Verdict", "Declared", "Images", "Nuclei", "Differ", "Parts at", "Largest difference"], worstFirst.map(Self.row),
            classes: worstFirst.map { $0.isDeclaredMet ? "" : "missed" })
        let differing = worstFirst.filter { !$0.reasons.isEmpty || !$0.notes.isEmpty }
        if !differing.isEmpty { page.addHeading("What differs where") }
        for batch in differing { add(batch, to: &page) }
        if !setup.isEmpty {
            page.addHeading("This machine is not the record's")
            page.addList(setup)
        }
        if !notes.isEmpty {
            page.addHeading("Notes")
            page.addList(notes)
        }
        page.addHeading("What it was judged by")
        page.add("<p>The record fixed these before the rerun. Bit: the same bytes. Canonical: the same content, packed otherwise.</p>")
        let (tolerance, statistical) = (agreement.tolerance, agreement.statistical)
        page.addFacts([
            ("Tolerance, locations", "\(tolerance.location) pixels"),
            ("Tolerance, features", "\(tolerance.featureAbsolute) + \(tolerance.featureRelative) of the record's value"),
            (
                "Tolerance, nuclei with other outlines",
                tolerance.outlines.map {
                    "one, or \($0.share) of a batch's; centres within \($0.location) pixels, features of a cosine of at least \($0.cosine)"
                } ?? "none"
            ),
            ("Statistical, nuclei of an image", "\(statistical.countAbsolute), or \(statistical.countRelative) of the record's number"),
            ("Statistical, cosine of an image's mean profiles", "at least \(statistical.cosine)"),
        ])
        return page.text
    }

    private func add(_ batch: BatchComparison, to page: inout HTMLPage) {
        page.add("<details\(batch.isDeclaredMet ? "" : " open")><summary>Batch \(batch.batch): \(batch.reached.rawValue)</summary>")
        page.addList(batch.reasons + batch.notes)
        if !batch.stages.isEmpty { page.addTable(["First stage that differs", "Images"], batch.stages.map { [$0.stage.name, "\($0.images)"] }) }
        if let difference = batch.difference {
            page.addTable(
                ["Columns", "Compared", "Differ", "Beyond tolerance", "Undefined", "Largest", "Largest, relative"],
                difference.columns.map { column in
                    let isText = column.kind == .text
                    return [
                        column.kind.rawValue, "\(column.compared)", "\(column.differing)", "\(column.outside)", "\(column.undefined)",
                        isText ? "-" : TextTable.number(column.largestAbsolute), isText ? "-" : TextTable.number(column.largestRelative),
                    ]
                })
            for (what, worst) in [("Image", difference.worstImages), ("Nucleus", difference.worstCells), ("Feature", difference.worstFeatures)]
            where !worst.isEmpty {
                page.addTable(
                    [what, "Values that differ", "Beyond tolerance", "Largest", "In tolerances"],
                    worst.map {
                        [
                            $0.name, "\($0.differing)", "\($0.outside)", TextTable.number($0.largestAbsolute),
                            $0.undefined > 0 ? "undefined" : TextTable.number($0.timesTolerance),
                        ]
                    })
            }
        }
        if let statistical = batch.statistical {
            page.addTable(
                ["Image", "Nuclei", "In the rerun", "Cosine of mean profiles", "Agrees"],
                statistical.worst.map {
                    [$0.image, "\($0.cells)", "\($0.rerunCells)", $0.cosine.map(TextTable.number) ?? "undefined", $0.agrees ? "yes" : "no"]
                })
        }
        page.add("</details>")
    }
}
