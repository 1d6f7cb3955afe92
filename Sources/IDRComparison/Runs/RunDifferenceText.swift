import IDRPlan
extension RunDifference {
    /// For the terminal: what comes out otherwise, why, and what the runs were given otherwise.
    package var text: String {
        var lines = [headline]
        for finding in findings { lines += [""] + finding.lines(setup) }
        if let difference, outputsDiffer { lines += ["", "how much differs"] + difference.lines.map { "  " + $0 } }
        if !absences.isEmpty {
            lines += ["", "batches that are not there"]
            lines += absences.map { absence in
                let sides = [("A", absence.a), ("B", absence.b)].compactMap { name, reason in reason.map { "\(name): \($0)" } }
                return "  batch \(absence.batch): " + sides.joined(separator: "; ")
            }
        }
        lines += ["", setup.isEmpty ? "both runs were given the same" : "what the runs were given otherwise (A → B)"]
        for kind in Cause.Kind.allCases {
            let found = setup.filter { $0.kind == kind }
            lines += found.prefix(Self.most).map { "  \(kind.rawValue)  \($0.text)" }
            if found.count > Self.most { lines.append("  \(kind.rawValue)  and \(found.count - Self.most) more (--json lists all)") }
        }
        lines += notes.map { "note: " + $0 }
        return lines.map(TextTable.printable).joined(separator: "\n") + "\n"
    }

    private static let most = 20

    /// One line: whether outputs differ, and by what.
    package var headline: String {
        guard outputsDiffer else {
            return "no output differs: \(images.common) images" + (findings.isEmpty ? "" : ", though stages before differ")
        }
        var parts = ["outputs differ: \(images.differing) of \(images.common) common images"]
        if images.onlyInA > 0 { parts.append("\(images.onlyInA) only in A") }
        if images.onlyInB > 0 { parts.append("\(images.onlyInB) only in B") }
        let kinds = causes.map(\.rawValue).joined(separator: ", ")
        return parts.joined(separator: ", ") + (kinds.isEmpty ? "" : "; cause: \(kinds)")
    }
}

extension DifferenceFinding {
    /// - Parameter setup: the script's lines in it are shown beside parameters and steps.
    func lines(_ setup: [SetupDifference]) -> [String] {
        var lines = ["\(stage.name): \(images) images part here" + (reachesOutputs ? "" : ", with no effect on the outputs")]
        lines.append("  " + examples.prefix(3).joined(separator: ", ") + (images > 3 ? ", ..." : ""))
        lines += causes.map { "  cause: \($0.kind.rawValue)  \($0.what)" }
        if causes.contains(where: { $0.kind == .parameter || $0.kind == .code }) {
            lines += setup.filter { $0.kind == .code && $0.what.hasPrefix("script") }.prefix(5).map { "  \($0.text)" }
        }
        if causes.count > 1 { lines.append("  each of these could have done it: the records cannot tell them apart") }
        if let proof { lines.append("  " + proof.text) }
        return lines
    }
}
