import Foundation
import IDRCrate
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

@Suite struct PublicationTests {
    private static let bulk = ["batch_0/batch_0.csv.gz", "batch_0/batch_0.h5ad", "batch_1/batch_1.csv.gz", "batch_1/batch_1.h5ad"]

    private func sample(_ edit: (inout SampleRecord) -> Void = { _ in }) async throws -> (scratch: ScratchFolder, digest: Digest) {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        edit(&sample)
        return (scratch, try await sample.write(to: scratch("run")))
    }

    /// Digests of all files below a folder of `scratch`.
    private func contents(_ scratch: ScratchFolder, _ folder: String) throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try scratch.files(below: folder).map { ($0, try SHA256.digest(ofFile: scratch("\(folder)/\($0)")).hex) })
    }

    @Test func leavesTheBulkOutAndKeepsEverythingElse() async throws {
        let (scratch, digest) = try await sample()
        let before = try contents(scratch, "run")
        let report = try Publication(of: scratch("run")).write(to: scratch("provenance/name"))
        #expect(try contents(scratch, "run") == before)
        let after = try contents(scratch, "provenance/name")
        #expect(Set(before.keys).subtracting(after.keys).sorted() == Self.bulk && after.keys.allSatisfy { before[$0] != nil })
        let changed = after.keys.filter { after[$0] != before[$0] }.sorted()
        let described = ["", "batch_0/", "batch_1/"].flatMap { ["\($0)manifest.json", "\($0)ro-crate-metadata.json"] }
        #expect(changed == described.sorted())
        #expect(report.origin == digest && report.files == after.count && report.omittedFiles == 4 && !report.isLarge)
        #expect(report.bytes == after.keys.reduce(0) { $0 + ((try? scratch.bytes("provenance/name/\($1)").count) ?? 0) })
        #expect(scratch.contents == ["provenance", "run"])
    }

    @Test func manifestsSayWhatWasLeftOutOfWhat() async throws {
        let (scratch, digest) = try await sample()
        let report = try Publication(of: scratch("run")).write(to: scratch("copy"))
        let (original, manifest) = (try Manifest(reading: scratch("run")), try Manifest(reading: scratch("copy")))
        #expect(manifest.problems(in: scratch("copy")).isEmpty && manifest.origin == digest)
        #expect(manifest.omitted == original.files.filter { Self.bulk.contains($0.name) })
        #expect(report.digest == (try SHA256.digest(ofFile: scratch("copy/manifest.json"))))
        for batch in ["batch_0", "batch_1"] {
            let own = try Manifest(reading: scratch("copy/\(batch)"))
            #expect(own.problems(in: scratch("copy/\(batch)")).isEmpty)
            #expect(own.omitted.map(\.name) == ["\(batch).csv.gz", "\(batch).h5ad"])
            #expect(own.origin == original.files.first { $0.name == "\(batch)/manifest.json" }?.sha256)
        }
        // Outputs are known by content in the crates: no file of that name is promised.
        let crate = String(decoding: try scratch.bytes("copy/batch_0/ro-crate-metadata.json"), as: UTF8.self)
        #expect(!crate.contains("\"@id\" : \"batch_0.h5ad\"") && crate.contains("ni:///sha-256;"))
        #expect(String(decoding: try scratch.bytes("run/batch_0/ro-crate-metadata.json"), as: UTF8.self).contains("\"@id\" : \"batch_0.h5ad\""))
    }

    @Test func aPublishedRecordIsTakenAsItIs() async throws {
        let (scratch, digest) = try await sample()
        _ = try Publication(of: scratch("run")).write(to: scratch("copy"))
        try await Self.sign(scratch("copy"), scratch)
        let again = try Publication(of: scratch("copy")).write(to: scratch("again"))
        #expect(try contents(scratch, "copy") == contents(scratch, "again"))
        #expect(again.origin == digest && again.omittedFiles == 4 && scratch.files(below: "again").contains("manifest.json.sig"))
    }

    private static func sign(_ folder: String, _ scratch: ScratchFolder) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q", "-t", "ed25519", "-N", "", "-f", scratch("key")]
        try process.run()
        process.waitUntilExit()
        try RecordSignature.sign(record: folder, key: scratch("key"))
    }

    @Test func theSameRecordGivesTheSameCopy() async throws {
        let (one, two) = (try await sample().scratch, try await sample().scratch)
        for scratch in [one, two] { _ = try Publication(of: scratch("run")).write(to: scratch("copy")) }
        #expect(try contents(one, "copy") == contents(two, "copy"))
    }

    @Test(arguments: [
        "batch_0/batch_0.h5ad", "batch_1/cells.csv", "batch_1/record.json", "batch_0/manifest.json", "plan.json", "script.swift", "journal.jsonl",
        "shared/diameter-SAMPLE_01.json", "manifest.json", "ro-crate-metadata.json",
    ])
    func damagedRecordsAreRefused(name: String) async throws {
        let (scratch, _) = try await sample()
        var bytes = try scratch.bytes("run/\(name)")
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: scratch("run/\(name)")))
        #expect(throws: IDRError.self) { try Publication(of: scratch("run")).write(to: scratch("provenance/copy")) }
        #expect(scratch.contents == ["run"])
    }

    @Test func missingSpareAndLinkedFilesAreRefused() async throws {
        for change in ["missing", "spare", "link"] {
            let (scratch, _) = try await sample()
            switch change {
            case "missing": try FileManager.default.removeItem(atPath: scratch("run/batch_1/batch_1.csv.gz"))
            case "spare": try Data("x".utf8).write(to: URL(fileURLWithPath: scratch("run/notes.txt")))
            default:
                try FileManager.default.moveItem(atPath: scratch("run/batch_1/cells.csv"), toPath: scratch("cells.csv"))
                try FileManager.default.createSymbolicLink(atPath: scratch("run/batch_1/cells.csv"), withDestinationPath: scratch("cells.csv"))
            }
            let error = #expect(throws: IDRError.self) { try Publication(of: scratch("run")).write(to: scratch("copy")) }
            #expect(error?.code == (change == "link" ? .refused : .changed), "\(change)")
            #expect(!scratch.contents.contains { $0.contains("copy") })
        }
    }

    @Test func incompleteRecordsNeedToBeAskedFor() async throws {
        let (scratch, _) = try await sample { ($0.batches, $0.failed, $0.interrupted) = (4, [1], [2]) }
        let error = #expect(throws: IDRError.self) { try Publication(of: scratch("run")) }
        #expect(error?.code == .missing && error?.reason == "2 of 4 batches are complete; 1 failed" && error?.advice?.contains("--partial") == true)
        let report = try Publication(of: scratch("run"), partial: true).write(to: scratch("copy"))
        let copy = try RecordFolder(reading: scratch("copy"))
        #expect(copy.completeBatches == [0, 3] && copy.failedBatches == [1] && report.omittedFiles == 4)
        #expect(try copy.manifest().problems(in: copy.path).isEmpty)
        // Still going on, or interrupted before it was closed.
        try FileManager.default.removeItem(atPath: scratch("run/manifest.json"))
        #expect(throws: IDRError.self) { try Publication(of: scratch("run"), partial: true) }
        let (none, _) = try await sample { $0.failed = [0, 1] }
        #expect(throws: IDRError.self) { try Publication(of: none("run"), partial: true) }
    }

    @Test func onlyAnUntouchedPublishedRecordOfTheSamePlanIsReplaced() async throws {
        let (scratch, _) = try await sample()
        let publication = try Publication(of: scratch("run"))
        func replace(_ target: String) throws -> Publication.Report { try publication.write(to: scratch(target), replacing: true) }
        _ = try publication.write(to: scratch("copy"))
        let refused = #expect(throws: IDRError.self) { try publication.write(to: scratch("copy")) }
        #expect(refused?.code == .refused)
        let before = try contents(scratch, "copy")
        _ = try replace("copy")
        #expect(try contents(scratch, "copy") == before && scratch.contents == ["copy", "run"])

        try Data("mine".utf8).write(to: URL(fileURLWithPath: scratch("copy/README.md")))
        #expect(throws: IDRError.self) { try replace("copy") }
        #expect(try scratch.bytes("copy/README.md") == Array("mine".utf8))
        #expect(throws: IDRError.self) { try replace("run") }
        var other = SampleRecord()
        other.gene = "GENE2"
        try await other.write(to: scratch("other"))
        _ = try Publication(of: scratch("other")).write(to: scratch("published"))
        let error = #expect(throws: IDRError.self) { try replace("published") }
        #expect(error?.reason == "it is the record of another plan")
        try FileManager.default.createDirectory(atPath: scratch("folder/mine"), withIntermediateDirectories: true)
        #expect(throws: IDRError.self) { try replace("folder") }
        #expect(scratch.contents == ["copy", "folder", "other", "published", "run"])
    }

    @Test func aFailureAtTheEndLeavesNothing() async throws {
        let (scratch, _) = try await sample()
        #expect(throws: IDRError.self) {
            try Publication(of: scratch("run")).write(to: scratch("copy")) { folder in
                #expect(FileManager.default.fileExists(atPath: "\(folder)/manifest.json"))
                throw IDRError(.system, "no key")
            }
        }
        #expect(scratch.contents == ["run"])
    }
}
