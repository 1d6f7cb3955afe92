import Foundation
import IDRFiles
import IDRRecord
import TestSupport
import Testing

/// A reproduction that was stopped goes on where it was, and none outlives the program that began it.
@Suite(.serialized) struct ReproduceCommandTests {
    private func recorded() async throws -> ScriptFolder {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let run = try await folder.idrscript("run", "script.swift", "--output", "record")
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    /// When the rerun's batches began, by number.
    private func begun(_ folder: ScriptFolder, _ path: String) throws -> [Int: Date] {
        let record = try RecordFolder(reading: folder.scratch(path))
        return Dictionary(uniqueKeysWithValues: try record.completeBatches.map { ($0, try record.batch($0).startedAt) })
    }

    @Test func oneThatWasStoppedGoesOn() async throws {
        let folder = try await recorded()
        let words = ["reproduce", "record", "--mirror", "mirror", "--threads", "1"]
        let running = try BuiltProgram.start("idrscript", words, in: folder.scratch.path, environment: folder.settings)
        try await running.send(SIGTERM, onceThereIs: folder.scratch("reproductions/record-1/run/batch_0/record.json"))
        let stopped = try await running.end()
        #expect(stopped.status == 128 + SIGTERM && stopped.errors.contains("the same command goes on with the others"), "\(stopped.errors)")
        let before = try begun(folder, "reproductions/record-1/run")
        #expect((1..<4).contains(before.count))

        let again = try await folder.idrscript("reproduce", "record", "--mirror", "mirror")
        #expect(again.status == 0 && again.errors.contains("goes on in reproductions/record-1"), "\(again.errors)")
        let after = try begun(folder, "reproductions/record-1/run")
        #expect(after.count == 4 && after.filter { before[$0.key] != nil } == before)
        #expect(RecordVerification(of: folder.scratch("reproductions/record-1/run")).isIntact)

        // What came to its verdict is left alone.
        let third = try await folder.idrscript("reproduce", "record", "--mirror", "mirror", "--batches", "0")
        #expect(third.status == 0 && !third.errors.contains("goes on"), "\(third.errors)")
        #expect(try OnDisk.names(in: folder.scratch("reproductions")) == ["record-1", "record-2"])
        let named = try await folder.idrscript("reproduce", "record", "--mirror", "mirror", "--output", "reproductions/record-1")
        #expect(named.status != 0 && named.errors.contains("it holds a reproduction that came to its verdict"), "\(named.errors)")
    }

    @Test func theRerunEndsWithItsParent() async throws {
        let folder = try await recorded()
        let words = ["reproduce", "record", "--mirror", "mirror", "--threads", "1", "--output", "out"]
        let running = try BuiltProgram.start("idrscript", words, in: folder.scratch.path, environment: folder.settings)
        try await running.send(SIGKILL, onceThereIs: folder.scratch("out/run/batch_0/record.json"))
        #expect(try await running.end().status == 128 + SIGKILL)
        // Whoever holds the folder's lock is still there.
        try await eventually("the rerun ends") { (try? FileLock.attempt(.exclusive, file: folder.scratch("out/run/.lock"))) != nil }
        let complete = try begun(folder, "out/run").count
        #expect(complete < 4)
        #expect(RecordVerification(of: folder.scratch("out/run")).isIntact)
        let again = try await folder.idrscript("reproduce", "record", "--mirror", "mirror", "--output", "out")
        #expect(again.status == 0, "\(again.errors)")
    }
}
