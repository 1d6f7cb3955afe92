import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Records that somebody made to lead out of their folder, to be waited for, or to end the program.
struct VerificationHostileTests {
    @Test(arguments: ["manifest.json", "run.json", "journal.jsonl", "batch_0/cells.csv", "batch_1", "shared/new.json"])
    func linksAreRefused(_ name: String) async throws {
        let record = try await SealedRecord()
        // The link leads to what was there: only that it is one gives it away.
        let outside = record.scratch("outside")
        if FileManager.default.fileExists(atPath: record(name)) {
            try FileManager.default.moveItem(atPath: record(name), toPath: outside)
        } else {
            try Data("{}".utf8).write(to: URL(fileURLWithPath: outside))
        }
        try FileManager.default.createSymbolicLink(atPath: record(name), withDestinationPath: outside)
        let result = record.verify()
        #expect(result.says("holds a link", of: name), "\(result.problems)")
    }

    /// A pipe would be waited for until the end of days.
    @Test(arguments: ["manifest.json", "run.json", "journal.jsonl", "batch_0/cells.csv", "new"])
    func pipesAreRefused(_ name: String) async throws {
        let record = try await SealedRecord()
        try? record.remove(name)
        try #require(mkfifo(record(name), 0o600) == 0)
        let result = record.verify()
        #expect(result.says("no plain file", of: name), "\(result.problems)")
    }

    @Test func aPipeForAJournalWithoutAManifestIsNotWaitedFor() async throws {
        let record = try await SealedRecord()
        for name in ["manifest.json", "journal.jsonl"] { try record.remove(name) }
        try #require(mkfifo(record("journal.jsonl"), 0o600) == 0)
        #expect(!record.verify().isIntact)
    }

    @Test(arguments: [
        "../outside", "/etc/hostname", "batch_0/../../outside", "batch_0/..", "./run.json", "batch_0//cells.csv", "", ".", "..", "a\u{1b}[2Jb",
        "a\nb",
        "batch_0\\cells.csv", "c:/windows",
    ])
    func namesThatLeadOutAreRefused(_ name: String) async throws {
        let record = try await SealedRecord()
        let outside = Data("x".utf8)
        try outside.write(to: URL(fileURLWithPath: record.scratch("outside")))
        let entry = ContentFile(name: name, bytes: outside.count, sha256: try SHA256.digest(of: "x"))
        for isOmitted in [false, true] {
            var manifest = try Manifest(reading: record.folder)
            manifest = Manifest(
                files: manifest.files + (isOmitted ? [] : [entry]), omitted: isOmitted ? [entry] : [], origin: isOmitted ? record.digest : nil)
            try manifest.write(to: record.folder)
            let result = record.verify()
            #expect(result.says("no record can hold", of: "manifest.json") && result.files == 0, "\(result.problems)")
            // What is printed is printed on a terminal.
            #expect(!result.problems.contains { $0.description.unicodeScalars.contains { $0.properties.generalCategory == .control } })
            try Manifest(of: record.folder).write(to: record.folder)
        }
        #expect(record.verify().isIntact)
    }

    @Test(arguments: [-1, Int.min, Int.max, Int.max / 2, 1 << 40])
    func sizesThatNoFileHasAreRefused(_ bytes: Int) async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        let files = try Manifest(reading: record.folder).files.map { ContentFile(name: $0.name, bytes: bytes, sha256: $0.sha256) }
        try Manifest(files: files).write(to: record.folder)
        #expect(record.verify().says("no record can hold", of: "manifest.json"))
    }

    @Test func manifestsThatWereNotWrittenByUsAreRefused() async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        let good = try Manifest(reading: record.folder)
        var twice = good
        twice.files.insert(good.files[0], at: 0)
        var unsorted = good
        unsorted.files.swapAt(0, 1)
        var other = good
        other.format = 2
        // Outputs that a run's own folder says it has not.
        let light = Manifest(files: Array(good.files.dropFirst()), omitted: [good.files[0]])
        for manifest in [twice, unsorted, other, light] {
            try manifest.write(to: record.folder)
            #expect(record.verify().problems.map(\.file) == ["manifest.json"])
        }
        try good.write(to: record.folder)
        let text = try record.text("manifest.json")
        let digest = good.files[0].sha256.hex
        for (origin, sha256) in [("", "abc"), ("", digest.uppercased()), ("", digest + "0"), ("\"origin\" : \"../elsewhere\"", digest)] {
            let changed = text.replacing(digest, with: sha256).replacing("\n}", with: ",\n\(origin)}")
            try record.write((origin.isEmpty ? text.replacing(digest, with: sha256) : changed).utf8, to: "manifest.json")
            #expect(record.verify().problems.map(\.file) == ["manifest.json"])
        }
        for spelling in [text + "\n", text.replacing("  ", with: " "), text.replacing("{", with: "{\"more\" : 1,", maxReplacements: 1)] {
            try record.write(spelling.utf8, to: "manifest.json")
            #expect(record.verify().says("not as it was written", of: "manifest.json"), "\(spelling.prefix(40))")
        }
    }

    /// Deeper than any stack, in each file that is parsed.
    @Test(arguments: ["manifest.json", "run.json", "plan.json", "idr.lock", "environment.json", "ro-crate-metadata.json", "batch_0/record.json"])
    func deepNestingEndsNothing(_ name: String) async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        let depth = 200_000
        try record.write((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8, to: name)
        if name != "manifest.json" { try record.reseal() }
        #expect(!record.verify().isIntact)
    }

    @Test func hugeFilesAreNotRead() async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        for name in ["manifest.json", "manifest.json.sig"] {
            let old = try? record.bytes(name)
            if old == nil { try record.write([], to: name) }
            // A hole: nothing is on the disk.
            try #require(truncate(record(name), 1 << 40) == 0)
            let result = record.verify()
            #expect(result.says("larger than one of a record can be", of: name), "\(result.problems)")
            if let old { try record.write(old, to: name) } else { try record.remove(name) }
        }
    }

    @Test(arguments: ["-1", "0", "2", "9223372036854775807", "-9223372036854775808", "1e30"])
    func numbersOfBatchesThatTheWellsDoNotMake(_ batches: String) async throws {
        let record = try await SealedRecord { $0.failed = [] }
        try record.replace("\"batches\" : 3", by: "\"batches\" : \(batches)", in: "run.json")
        try record.reseal()
        #expect(!record.verify().isIntact)
    }

    @Test(arguments: ["-1", "0", "5", "9223372036854775807"])
    func batchSizesThatTheWellsDoNotMake(_ size: String) async throws {
        let record = try await SealedRecord { $0.failed = [] }
        try record.replace("\"batchSize\" : 2", by: "\"batchSize\" : \(size)", in: "run.json")
        try record.reseal()
        let result = record.verify()
        #expect(result.problems.contains { $0.problem.contains("do not make") }, "\(result.problems)")
    }

    @Test func whatARecordSaysCannotMoveTheCursor() async throws {
        let record = try await SealedRecord()
        try record.replace("the movie cannot be fetched", by: "fine\\u001b[2J\\u202e", in: "failures/batch_2/record.json")
        try record.reseal()
        let result = record.verify()
        #expect(result.notes.contains("batch 2 failed: fine?[2J?"), "\(result.notes)")
    }

    @Test func twoSpellingsOfANameDoNotHideAFile() async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        try record.write("x".utf8, to: "caf\u{e9}")
        try record.reseal()
        try #require(record.verify().isIntact)
        try record.write("y".utf8, to: "cafe\u{301}")
        #expect(!record.verify().isIntact)
    }
}
