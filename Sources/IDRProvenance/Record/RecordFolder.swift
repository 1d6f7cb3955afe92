import Foundation
public import IDRData
public import IDRPlan

/// A run's folder as a reader sees it: the run's own, a published or unpacked copy. Batches are read one at a time.
public struct RecordFolder: Sendable {
    public let path: String
    public let run: RunRecord
    public let plan: ResolvedPlan

    /// - Throws: an ``IDRError`` where it is no record, or one of another format.
    public init(reading path: String) throws(IDRError) {
        self.path = path
        guard let text = FileManager.default.contents(atPath: "\(path)/\(RecordLayout.run)") else {
            throw IDRError(
                .missing, "there is no record", at: [path], because: "it has no \(RecordLayout.run)",
                fix: "give the folder of a run, the one that holds \(RecordLayout.run)")
        }
        try Self.checkFormat(text, path)
        run = try CanonicalJSON.decode(RunRecord.self, from: text, path: "\(path)/\(RecordLayout.run)")
        plan = try Self.value(ResolvedPlan.self, "\(path)/\(RecordLayout.plan)")
        // It counts loops over folders, and comes from others.
        guard (0...max(1, plan.wells.count)).contains(run.batches) else {
            throw IDRError(
                .invalidInput, "the record cannot be read", at: [path], because: "it has \(run.batches) batches for \(plan.wells.count) wells")
        }
    }

    /// Numbers of the batches that are complete, ascending.
    public var completeBatches: [Int] { (0..<run.batches).filter { hasFile("\(RecordLayout.batch($0))/\(RecordLayout.batchRecord)") } }

    /// Numbers of the batches that failed and were not run since, ascending.
    public var failedBatches: [Int] { (0..<run.batches).filter { hasFile("\(RecordLayout.failure($0))/\(RecordLayout.batchRecord)") } }

    public func batch(_ number: Int) throws(IDRError) -> BatchRecord {
        try Self.value(BatchRecord.self, "\(folder(of: number))/\(RecordLayout.batchRecord)")
    }

    public func failure(_ number: Int) throws(IDRError) -> BatchRecord {
        try Self.value(BatchRecord.self, "\(path)/\(RecordLayout.failure(number))/\(RecordLayout.batchRecord)")
    }

    /// The machine that batch `number` ran on.
    public func environment(of number: Int) throws(IDRError) -> RunEnvironment {
        try Self.value(RunEnvironment.self, "\(folder(of: number))/\(RecordLayout.environment)")
    }

    public func fingerprint(of number: Int) throws(IDRError) -> Fingerprint { try Fingerprint(reading: folder(of: number)) }

    public func lock() throws(IDRError) -> Lock { try Self.value(Lock.self, "\(path)/\(RecordLayout.lock)") }

    public func manifest() throws(IDRError) -> Manifest { try Self.value(Manifest.self, "\(path)/\(RecordLayout.manifest)") }

    /// What shared values were computed from.
    public func sharedInputs() throws(IDRError) -> [SharedInput] {
        let folder = "\(path)/\(RecordLayout.shared)"
        var inputs: [SharedInput] = []
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() where name.hasSuffix(".json") {
            inputs.append(try Self.value(SharedInput.self, "\(folder)/\(name)"))
        }
        return inputs
    }

    public var journal: [Journal.Event] { Journal.read("\(path)/\(RecordLayout.journal)") }

    /// The script's source, where the record has it.
    public var script: String? { hasFile(RecordLayout.script) ? "\(path)/\(RecordLayout.script)" : nil }

    public func folder(of batch: Int) -> String { "\(path)/\(RecordLayout.batch(batch))" }

    public func hasFile(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// The planes behind a value that several images share.
    public struct SharedInput: Decodable, Sendable {
        public var plate: String
        public var well: String
        public var planes: [PlaneDigest]
    }

    static func value<Value: Decodable>(_ type: Value.Type, _ path: String) throws(IDRError) -> Value {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IDRError(.missing, "the record lacks a file", at: [path], fix: "ask for the whole record")
        }
        return try CanonicalJSON.decode(type, from: data, path: path)
    }

    private static func checkFormat(_ text: Data, _ path: String) throws(IDRError) {
        struct Format: Decodable { var format: Int }
        let format = try CanonicalJSON.decode(Format.self, from: text, path: "\(path)/\(RecordLayout.run)").format
        guard format == RunRecord.formatVersion else {
            throw IDRError(
                .invalidInput, "the record has format \(format), this IDRKit reads \(RunRecord.formatVersion)", at: [path],
                fix: "use the IDRKit version that the record names")
        }
    }
}
