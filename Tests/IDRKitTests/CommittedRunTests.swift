import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// What is done stays done, and right, wherever a process ended.
@Suite(.serialized) struct CommittedRunTests {
    private let small: SmallScreen
    private let folder: String

    init() async throws {
        small = try await SmallScreen()
        folder = small.scratch("run")
    }

    @discardableResult
    private func run(_ output: String = "run") async throws -> ProfileRun {
        try await small.pipeline.run(batchSize: 2, options: small.options(output))
    }

    private func journal() throws -> [Journal.Event] { try Journal.read("\(folder)/\(RecordLayout.journal)") }

    private func isIntact() -> Bool { RecordVerification(of: folder).isIntact }

    private func expectRefusal(_ code: IDRError.Code, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) async {
        let error = await #expect(throws: IDRError.self, sourceLocation: sourceLocation) { try await run() }
        #expect(error?.code == code && error?.description.contains(text) == true, "\(error as Any)", sourceLocation: sourceLocation)
    }

    /// A whole record without its end: as it is when a process is killed before it closes.
    private func reopen(journalLines: Int) throws {
        try OnDisk.remove("\(folder)/\(RecordLayout.manifest)")
        let text = try String(contentsOfFile: "\(folder)/\(RecordLayout.journal)", encoding: .utf8)
        let lines = text.split(separator: "\n").prefix(journalLines).joined(separator: "\n") + "\n"
        try Data(lines.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(RecordLayout.journal)"))
    }

    @Test func whatEndedBetweenABatchsPlaceAndItsNoteIsMended() async throws {
        try await run()
        #expect(try journal().map(\.event) == [.sessionBegan, .batchBegan, .batchCompleted, .batchBegan, .batchCompleted, .sessionEnded])
        let begun = try RecordFolder(reading: folder).batch(1).startedAt
        try reopen(journalLines: 4)
        try await run()
        #expect(try journal().suffix(3).map(\.event) == [.sessionBegan, .batchCompleted, .sessionEnded])
        #expect(try journal().dropLast().last?.batch == 1 && isIntact())
        #expect(try RecordFolder(reading: folder).batch(1).startedAt == begun)
    }

    @Test(arguments: [[], ["plan.json"], ["shared"], ["plan.json", "shared", ".run.json.77-0.partial", ".batch_0.77-0.partial", ".lock"]])
    func aFolderThatEndedBeforeItsRunWasNotedGoesOn(names: [String]) async throws {
        try await run("other")
        try OnDisk.makeFolder(folder)
        for name in names {
            let from = small.scratch("other/\(name)")
            if name == "shared" {
                try OnDisk.makeFolder("\(folder)/shared")
            } else if FileManager.default.fileExists(atPath: from), name != ".lock" {
                try FileManager.default.copyItem(atPath: from, toPath: "\(folder)/\(name)")
            } else {
                try Data("half".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
        }
        try await run()
        #expect(try small.contents(of: "run") == small.contents(of: "other"))
        #expect(isIntact() && small.scratch.files(below: "run").allSatisfy { !$0.hasSuffix(".partial") })
    }

    @Test(arguments: ["notes.txt", "plan.json", "shared/diameter-P.json", ".profile"])
    func aFolderOfOtherFilesIsLeftAlone(name: String) async throws {
        try OnDisk.makeFolder("\(folder)/shared")
        try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        await expectRefusal(.invalidPlan, "holds other files")
        #expect(try OnDisk.tree(below: folder) == ([".lock", "shared", name]).sorted())
    }

    /// A session of another machine or release opens the record: wherever it ends, the next one goes on.
    @Test func aRecordThatWasBeingOpenedGoesOn() async throws {
        try await run()
        let whole = try small.contents(of: "run")
        for gone in [[RecordLayout.signature], [RecordLayout.signature, RecordLayout.manifest]] {
            for name in gone { try OnDisk.remove("\(folder)/\(name)") }
            if gone.count == 2 { try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(RecordLayout.environment)")) }
            try await run()
            #expect(try isIntact() && small.contents(of: "run") == whole)
        }
    }

    @Test(arguments: ["batch_1/batch_1.csv.gz", "plan.json", "\"files\""]) func aDamagedManifestIsNamed(place: String) async throws {
        try await run()
        let path = "\(folder)/\(RecordLayout.manifest)"
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        let range = try #require(whole.range(of: place))
        // A digit of the digest or of the size that follows, or the name itself.
        let digit = whole[range.upperBound...].firstIndex(where: \.isNumber) ?? range.lowerBound
        let damaged = whole.replacingCharacters(in: digit...digit, with: whole[digit] == "3" ? "4" : "3")
        try Data(damaged.utf8).write(to: URL(fileURLWithPath: path))
        await expectRefusal(.changed, "damaged")
        try OnDisk.remove(path)
        try await run()
        #expect(try isIntact() && String(contentsOfFile: path, encoding: .utf8) != damaged)
    }

    /// Where it is not one of the chosen batches, the others are closed all the same; where it is, it is computed anew.
    @Test func aDamagedManifestOfABatchKeepsNoOtherOpen() async throws {
        try await run()
        let whole = try small.contents(of: "run")
        try Data("{".utf8).write(to: URL(fileURLWithPath: "\(folder)/batch_1/\(RecordLayout.manifest)"))
        try OnDisk.remove("\(folder)/batch_0")
        _ = try await small.pipeline.run(batchSize: 2, options: small.options { $0.batches = [0] })
        let found = RecordVerification(of: folder)
        #expect(!found.isIntact && found.problems.allSatisfy { $0.file.hasPrefix("batch_1/") }, "\(found.problems)")
        try await run()
        #expect(try isIntact() && small.contents(of: "run") == whole)
    }

    /// A closed record whose files were changed is not closed anew over the damage.
    @Test func aDamagedFileOfTheRunIsWrittenAnewOrNamed() async throws {
        try await run()
        let whole = try Manifest.digest(in: folder)
        for name in [RecordLayout.plan, RecordLayout.run, RecordLayout.lock, RecordLayout.environment] {
            let path = "\(folder)/\(name)"
            var bytes = try #require(FileManager.default.contents(atPath: path))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
            try await run()
            #expect(try isIntact() && Manifest.digest(in: folder) == whole, "\(name)")
        }
        try OnDisk.remove("\(folder)/\(RecordLayout.plan)")
        try await run()
        #expect(isIntact())
        let path = "\(folder)/\(RecordLayout.journal)"
        let journal = try #require(FileManager.default.contents(atPath: path))
        try (journal + Data("{}\n".utf8)).write(to: URL(fileURLWithPath: path))
        await expectRefusal(.changed, RecordLayout.journal)
        // Also where there is something to compute: it would be closed over the damage.
        try Data("other".utf8).write(to: URL(fileURLWithPath: "\(folder)/batch_1/batch_1.csv.gz"))
        await expectRefusal(.changed, RecordLayout.journal)
        try journal.write(to: URL(fileURLWithPath: path))
        try await run()
        #expect(isIntact())
    }
}
