import Foundation
package import IDRFiles
package import IDRPlan

/// A run's folder as a reader sees it: the run's own, a published or unpacked copy. Batches are read one at a time.
package struct RecordFolder: Sendable {
    package let path: String
    package let run: RunRecord
    package let plan: ResolvedPlan
    /// What had happened to the run when this was read.
    package let journal: [Journal.Event]

    /// - Throws: an ``IDRError`` where it is no record, or one that a newer IDRKit wrote.
    package init(reading path: String) throws(IDRError) {
        self.path = path
        let text: Data
        do throws(IDRError) {
            text = try RecordFile.read("\(path)/\(RecordLayout.run)")
        } catch {
            guard error.code == .missing else { throw error }
            throw IDRError(
                .missing, "there is no record", at: [path], because: "it has no \(RecordLayout.run)",
                fix: "give the folder of a run, the one that holds \(RecordLayout.run)")
        }
        run = try VersionedJSON.decode(RunRecord.self, from: text, path: "\(path)/\(RecordLayout.run)")
        plan = try Self.value(ResolvedPlan.self, "\(path)/\(RecordLayout.plan)")
        journal = try Journal.read("\(path)/\(RecordLayout.journal)")
        do throws(IDRError) {
            try plan.plan.checkNumbers()
        } catch {
            throw IDRError(
                .invalidInput, "the record's plan cannot be: \(error.problem)", at: ["\(path)/\(RecordLayout.plan)"], because: error.reason)
        }
        // Batches are counted through wherever a record is read.
        guard run.batchSize >= 1, run.batches == plan.wells.count / run.batchSize + (plan.wells.count % run.batchSize == 0 ? 0 : 1) else {
            throw IDRError(
                .invalidInput, "\(plan.wells.count) wells do not make \(run.batches) batches of \(run.batchSize)", at: ["\(path)/\(RecordLayout.run)"]
            )
        }
        // It counts loops over folders, and comes from others.
        guard (0...max(1, plan.wells.count)).contains(run.batches) else {
            throw IDRError(
                .invalidInput, "the record cannot be read", at: [path], because: "it has \(run.batches) batches for \(plan.wells.count) wells")
        }
    }

    /// Numbers of the batches that are complete, ascending.
    package var completeBatches: [Int] { (0..<run.batches).filter { hasFile("\(RecordLayout.batch($0))/\(RecordLayout.batchRecord)") } }

    /// Numbers of the batches that failed and were not run since, ascending.
    package var failedBatches: [Int] { (0..<run.batches).filter { hasFile("\(RecordLayout.failure($0))/\(RecordLayout.batchRecord)") } }

    package func batch(_ number: Int) throws(IDRError) -> BatchRecord {
        try Self.value(BatchRecord.self, "\(folder(of: number))/\(RecordLayout.batchRecord)")
    }

    package func failure(_ number: Int) throws(IDRError) -> BatchRecord {
        try Self.value(BatchRecord.self, "\(path)/\(RecordLayout.failure(number))/\(RecordLayout.batchRecord)")
    }

    /// The machine that batch `number` ran on.
    package func environment(of number: Int) throws(IDRError) -> RunEnvironment {
        try Self.value(RunEnvironment.self, "\(folder(of: number))/\(RecordLayout.environment)")
    }

    package func fingerprint(of number: Int) throws(IDRError) -> Fingerprint { try Fingerprint(reading: folder(of: number)) }

    package func lock() throws(IDRError) -> Lock { try Self.value(Lock.self, "\(path)/\(RecordLayout.lock)") }

    package func manifest() throws(IDRError) -> Manifest { try Manifest(reading: path) }

    /// The values that images share, by file; nothing where the record has none.
    /// - Throws: an ``IDRError`` where they cannot be read: a rerun that did not know them would compare less than it says.
    package func sharedValues() throws(IDRError) -> [String: SharedValueRecord<JSONValue>] {
        let folder = "\(path)/\(RecordLayout.shared)"
        var values: [String: SharedValueRecord<JSONValue>] = [:]
        for name in try OnDisk.names(in: folder) ?? [] where name.hasSuffix(".json") && !RecordLayout.isPassing(name) {
            values[name] = try Self.value(SharedValueRecord<JSONValue>.self, "\(folder)/\(name)")
        }
        return values
    }

    /// The resolved plan as it is stored: the run's identity is the digest of these bytes.
    package func planBytes() throws(IDRError) -> [UInt8] { [UInt8](try RecordFile.read("\(path)/\(RecordLayout.plan)")) }

    /// The script's source, where the record has it.
    package var script: String? { hasFile(RecordLayout.script) ? "\(path)/\(RecordLayout.script)" : nil }

    package func folder(of batch: Int) -> String { "\(path)/\(RecordLayout.batch(batch))" }

    package func hasFile(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    package static func value<Value: StoredValue>(_ type: Value.Type, _ path: String) throws(IDRError) -> Value {
        try VersionedJSON.decode(type, from: RecordFile.read(path), path: path)
    }
}
