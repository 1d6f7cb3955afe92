import Synchronization

/// What is wrong with one case.
struct Findings: Sendable {
    /// Rows of tables, against those of an undisturbed run.
    var lost = 0
    var duplicated = 0
    var wrong = 0
    var leftovers: [String] = []
    /// Folders that no command can go on with, or batches that were complete and are not.
    var unusable: [String] = []
    var others: [String] = []

    var isEmpty: Bool { lost + duplicated + wrong == 0 && leftovers.isEmpty && unusable.isEmpty && others.isEmpty }

    var text: String {
        var lines = unusable + others
        if lost + duplicated + wrong > 0 { lines.append("rows: \(lost) lost, \(duplicated) duplicated, \(wrong) wrong") }
        if !leftovers.isEmpty { lines.append("left over: \(leftovers.joined(separator: ", "))") }
        return lines.joined(separator: "; ")
    }
}

/// What happened so far, over all parts.
final class Tally: Sendable {
    struct Counts: Sendable {
        var (cases, kills, faults, signals, cuts, damages) = (0, 0, 0, 0, 0, 0)
        var (lost, duplicated, wrong, leftovers, unusable, others) = (0, 0, 0, 0, 0, 0)
        var failed: [String] = []
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func count(_ what: any WritableKeyPath<Counts, Int> & Sendable) { state.withLock { $0[keyPath: what] += 1 } }

    func add(_ findings: Findings, of name: String) {
        state.withLock { counts in
            counts.cases += 1
            counts.lost += findings.lost
            counts.duplicated += findings.duplicated
            counts.wrong += findings.wrong
            counts.leftovers += findings.leftovers.count
            counts.unusable += findings.unusable.count
            counts.others += findings.others.count
            if !findings.isEmpty { counts.failed.append(name) }
        }
    }

    var table: String {
        let counts = counts
        let rows: [(String, Int)] = [
            ("cases", counts.cases), ("kills", counts.kills), ("faults", counts.faults), ("signals", counts.signals), ("power cuts", counts.cuts),
            ("damages", counts.damages), ("rows lost", counts.lost), ("rows duplicated", counts.duplicated), ("rows wrong", counts.wrong),
            ("leftovers", counts.leftovers), ("folders unusable", counts.unusable), ("other violations", counts.others),
        ]
        return rows.map { name, number in name + String(repeating: " ", count: max(1, 26 - name.count - "\(number)".count)) + "\(number)" }
            .joined(separator: "\n")
    }
}
