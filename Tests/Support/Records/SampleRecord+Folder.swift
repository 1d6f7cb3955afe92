import Foundation
import IDRCrate
import IDRFiles
package import IDRPlan
import IDRRecord
import IDRTables

/// How a sample is laid out, as `RunFolder` does it.
extension SampleRecord {
    /// Makes the folder of the run at `path`.
    /// - Returns: the record's digest.
    @discardableResult
    package func write(to path: String) async throws -> Digest {
        try Self.makeFolder("\(path)/\(RecordLayout.shared)")
        let run = try run()
        try AtomicFile.write(CanonicalJSON.encode(resolved), to: "\(path)/\(RecordLayout.plan)")
        try AtomicFile.write(CanonicalJSON.encode(run), to: "\(path)/\(RecordLayout.run)")
        try writeSession(to: path)
        for model in models {
            let folder = "\(path)/\(RecordLayout.models)/\(model.role)"
            try Self.makeFolder(folder)
            try AtomicFile.write(Array("# \(model.name)\n".utf8), to: "\(folder)/MODEL_CARD.md")
        }
        let diameter = SharedValueRecord(value: 27.5, plate: "SAMPLE_01", well: "A1", planes: try batch(0).images[0].input.planes)
        try AtomicFile.write(CanonicalJSON.encode(diameter), to: "\(path)/\(RecordLayout.shared)/diameter-SAMPLE_01.json")
        try note(.sessionBegan, at: 0, path, environment: try SHA256.digest(of: CanonicalJSON.encode(environment)))
        for number in 0..<batches { try await write(batch: number, of: run, to: path) }
        if interrupted.isEmpty { try note(.sessionEnded, at: Double(batches) * 60, path) }
        return try RecordSeal.seal(path).digest
    }

    private func write(batch number: Int, of run: RunRecord, to path: String) async throws {
        let began = Double(number) * 60
        try note(.batchBegan, at: began, path, batch: number)
        if interrupted.contains(number) { return }
        if failed.contains(number) {
            let error = IDRError(
                .transfer, "the movie cannot be fetched", at: [plate, "A1"], because: "the server answers 503", fix: "try again later")
            let folder = "\(path)/\(RecordLayout.failure(number))"
            try complete(try batch(number, failure: error), of: run, in: folder)
            return try note(.batchFailed, at: began + 4, path, batch: number)
        }
        let folder = "\(path)/\(RecordLayout.batch(number))"
        try Self.makeFolder(folder)
        let table = try table(number)
        let names = ["batch_\(number).csv.gz", "batch_\(number).h5ad"]
        let content = try table.writeCSV(to: "\(folder)/\(names[0])")
        try await AnnDataFile.write(table, to: "\(folder)/\(names[1])", identity: ["batch": "\(number)", "run": run.run.hex])
        var record = try batch(number)
        record.outputs = try names.map { name in
            let file = try ContentFile(file: "\(folder)/\(name)", name: name)
            return OutputRecord(file: file, contentSHA256: content)
        }
        try Fingerprint(table).write(to: folder)
        try complete(record, of: run, in: folder)
        try note(.batchCompleted, at: began + 57, path, batch: number)
    }

    private func complete(_ record: BatchRecord, of run: RunRecord, in folder: String) throws {
        try Self.makeFolder(folder)
        try writeSession(to: folder)
        try AtomicFile.write(CanonicalJSON.encode(record), to: "\(folder)/\(RecordLayout.batchRecord)")
        try BatchCrate(run: run, plan: resolved, record: record, environment: environment).write(to: folder)
        try Manifest(of: folder).write(to: folder)
    }

    private func writeSession(to folder: String) throws {
        try AtomicFile.write(CanonicalJSON.encode(environment), to: "\(folder)/\(RecordLayout.environment)")
        try AtomicFile.write(CanonicalJSON.encode(environment.lock(models: models)), to: "\(folder)/\(RecordLayout.lock)")
        if let script { try AtomicFile.write(Array(script.utf8), to: "\(folder)/\(RecordLayout.script)") }
    }

    private func note(
        _ event: Journal.Event.Kind, at seconds: Double, _ path: String, batch: Int? = nil, environment: Digest? = nil
    ) throws {
        let event = Journal.Event(event, batch: batch, environment: environment, at: SampleRecord.began.addingTimeInterval(seconds))
        try Journal.append(event, to: "\(path)/\(RecordLayout.journal)")
    }

    private static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
}
