import Foundation
import IDRComparison
import IDRPlan
import IDRRecord

/// Prints what a run would do.
struct PlanPrinter {
    let resolution: Resolution
    let batchSize: Int

    func print(asJSON: Bool) {
        Swift.print(asJSON ? String(decoding: resolution.planBytes, as: UTF8.self) : summary(), terminator: "")
    }

    /// A page for people: identity, choices, models, wells.
    func summary() -> String {
        let plan = resolution.plan
        let batches = (plan.wells.count + batchSize - 1) / batchSize
        var lines = [
            "plan \(resolution.identity)", "  screen    \(plan.plan.screen)",
            "  frames    \(plan.plan.frames.map(String.init).joined(separator: ", "))",
            "  fields    \(plan.plan.fields.map(String.init).joined(separator: ", "))",
        ]
        for stage in Stage.all {
            if let summary = stage.summary(plan) { lines.append("  " + stage.id.padding(toLength: 10, withPad: " ", startingAt: 0) + summary) }
        }
        let plates = Set(plan.wells.map(\.plate)).count.counted("plate", "plates")
        lines.append("  wells     \(plan.wells.count) on \(plates), in \(batches.counted("batch", "batches")) of \(batchSize)")
        if !resolution.candidates.isEmpty {
            let extra = DiameterCandidates.extra(resolution.candidates, of: plan)
            let names = extra.prefix(8).map { "\($0.plate)/\($0.well)" } + (extra.count > 8 ? ["..."] : [])
            lines.append(
                "  diameter  of a plate: the median of the first \(Segmentation.wellsForDiameter) wells that have nuclei, "
                    + "\(Segmentation.wellsTriedForDiameter) tried at most")
            lines.append(
                "  extra     "
                    + (extra.isEmpty
                        ? "no images for that where the first wells have nuclei"
                        : "\(extra.count.counted("image", "images")) for that, more where some have no nuclei: \(names.joined(separator: ", "))"))
        }
        for source in resolution.catalog { lines.append("  table     \(source.file.role): \(source.address)") }
        lines.append("  pixels    \(resolution.pixels)")
        for file in plan.tables + plan.models { lines.append("  file      \(file.role): \(file.name), \(file.bytes) bytes, sha256 \(file.sha256)") }
        for warning in resolution.warnings { lines.append("  warning   \(warning)") }
        for well in plan.wells.prefix(Self.shownWells) {
            lines.append("  well      \(well.plate)/\(well.well)  \(well.controlType.isEmpty ? "-" : well.controlType)  \(well.gene)")
        }
        if plan.wells.count > Self.shownWells {
            lines.append("  ... and \(plan.wells.count - Self.shownWells) more wells (idrscript plan --json lists all)")
        }
        return lines.map(TextTable.printable).joined(separator: "\n") + "\n"
    }

    private static let shownWells = 20
}
