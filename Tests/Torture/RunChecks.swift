import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// What may be in the folder of a run: what undisturbed runs left.
struct RunChecks: Sendable {
    /// The folder of the undisturbed run.
    let wanted: String
    /// Folders of undisturbed runs whose batches may be there before.
    var earlier: [String] = []

    private static let timed: Set = [
        RecordLayout.batchRecord, RecordLayout.crate, RecordLayout.manifest, RecordLayout.journal, RecordLayout.report, RecordLayout.notebook,
    ]

    /// What was complete is complete, and what is there is right, whatever ended the run before.
    /// - Parameter known: batches that were complete before.
    /// - Returns: batches that are complete.
    @discardableResult
    func atRest(_ run: String, known: Set<Int> = [], into findings: inout Findings) -> Set<Int> {
        guard FileManager.default.fileExists(atPath: "\(run)/\(RecordLayout.run)") else {
            if !known.isEmpty { findings.unusable.append("the record is gone, with batches \(known.sorted()) complete") }
            let batches = ((try? OnDisk.names(in: run)) ?? nil ?? []).filter { $0.hasPrefix("batch_") }
            if !batches.isEmpty { findings.unusable.append("\(batches) without \(RecordLayout.run)") }
            return []
        }
        do {
            let record = try RecordFolder(reading: run)
            let placed = Set(record.completeBatches)
            let noted = Set(record.journal.filter { $0.event == .batchCompleted }.compactMap(\.batch))
            for number in known.union(noted).subtracting(placed).sorted() { findings.unusable.append("batch \(number) was complete and is gone") }
            for number in placed.sorted() { try check(number, of: record, into: &findings) }
            if FileManager.default.fileExists(atPath: "\(run)/\(RecordLayout.manifest)") {
                let problems = RecordVerification(of: run).problems
                if !problems.isEmpty { findings.others.append("the sealed record does not fit: \(problems.prefix(3))") }
            }
            return placed
        } catch {
            findings.unusable.append("the record cannot be read: \(error)")
            return []
        }
    }

    private func check(_ number: Int, of record: RecordFolder, into findings: inout Findings) throws {
        let folder = "\(record.path)/\(RecordLayout.batch(number))"
        _ = try record.batch(number)
        let problems = try Manifest(reading: folder).problems(in: folder)
        guard problems.isEmpty else { return findings.unusable.append("batch \(number): \(problems.prefix(3))") }
        let name = "\(RecordLayout.batch(number))/\(RecordLayout.table(number))"
        let own = try SHA256.digest(ofFile: "\(record.path)/\(name)")
        for reference in [wanted] + earlier where try SHA256.digest(ofFile: "\(reference)/\(name)") == own { return }
        try compareRows(name, of: record.path, into: &findings)
    }

    /// The run has come to its end: it is as the undisturbed one left it.
    func atEnd(_ run: String, into findings: inout Findings) {
        do {
            let (own, other) = (try Self.contents(of: run), try Self.contents(of: wanted))
            var different = Set(own.keys).symmetricDifference(other.keys).union(own.keys.filter { own[$0] != other[$0] })
            for name in different where name.hasSuffix(".csv.gz") && own[name] != nil && other[name] != nil {
                try compareRows(name, of: run, into: &findings)
                different.remove(name)
            }
            if !different.isEmpty { findings.others.append("other files than an undisturbed run's: \(different.sorted().prefix(5))") }
            let record = try RecordFolder(reading: run)
            checkJournal(record, into: &findings)
            let problems = RecordVerification(of: run).problems
            if !problems.isEmpty { findings.others.append("the record does not verify: \(problems.prefix(3))") }
        } catch {
            findings.unusable.append("the record cannot be read: \(error)")
        }
    }

    private func checkJournal(_ record: RecordFolder, into findings: inout Findings) {
        if !Journal.isClosed(record.journal) { findings.others.append("the journal does not end with the session's end") }
        for number in 0..<record.run.batches {
            let own = record.journal.filter { $0.batch == number }
            guard own.contains(where: { $0.event == .batchCompleted }) else {
                findings.others.append("the journal does not say that batch \(number) was completed")
                continue
            }
            let began = own.firstIndex { $0.event == .batchBegan }
            if own.firstIndex(where: { $0.event == .batchCompleted }) ?? 0 < began ?? own.count {
                findings.others.append("the journal does not say that batch \(number) began before it was completed")
            }
            if let last = own.last, last.event != .batchCompleted {
                findings.others.append("the journal's last word of batch \(number) is \(last.event)")
            }
        }
    }

    /// Digests of the files of a run's folder but those that hold times, by name.
    static func contents(of run: String) throws -> [String: Digest] {
        let names = try Manifest.names(in: run).filter { !timed.contains(String($0.split(separator: "/").last ?? "")) }
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try SHA256.digest(ofFile: "\(run)/\($0)")) })
    }

    private func compareRows(_ name: String, of run: String, into findings: inout Findings) throws {
        func rows(_ path: String) throws -> [Substring] {
            String(decoding: try Gzip.decompress(file: path, limit: 1 << 26), as: UTF8.self).split(separator: "\n")
        }
        let own = Dictionary(grouping: try rows("\(run)/\(name)")) { $0 }.mapValues(\.count)
        let other = Dictionary(grouping: try rows("\(wanted)/\(name)")) { $0 }.mapValues(\.count)
        for (row, count) in other { findings.lost += max(0, count - own[row, default: 0]) }
        for (row, count) in own {
            guard let right = other[row] else { findings.wrong += count; continue }
            findings.duplicated += max(0, count - right)
        }
        // The same rows in other bytes.
        findings.others.append("\(name) has other bytes than an undisturbed run's")
    }
}

/// Temporary files and folders below a case's folder.
enum Leftovers {
    /// Locks stay where they are.
    private static let lasting: Set = [".lock", "lock"]

    static func find(below folder: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return all.filter { path in
            let name = String(path.split(separator: "/").last ?? "")
            guard !lasting.contains(name) else { return false }
            return name.hasPrefix(".") || name.hasPrefix("data.part") || name == "part.json" || path.hasPrefix("tmp/")
                || [".partial", ".old", ".staging", ".folder"].contains { name.hasSuffix($0) }
        }.sorted()
    }
}
