import Foundation
import IDRCrate
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord
import TestSupport
import Testing

@Suite struct RecordBundleTests {
    private func sample(_ edit: (inout SampleRecord) -> Void = { _ in }) async throws -> ScratchFolder {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        edit(&sample)
        try await sample.write(to: scratch("run"))
        return scratch
    }

    private func bundle(_ scratch: ScratchFolder, _ file: String = "a.zip", _ edit: (inout RecordBundle) -> Void = { _ in }) throws
        -> RecordBundle.Report
    {
        var bundle = RecordBundle()
        bundle.store = ModelStore(roots: [])
        edit(&bundle)
        return try bundle.write(scratch("run"), to: scratch(file))
    }

    /// Unpacks `a.zip`, packs it again after `edit`, and gives what comes of unpacking that.
    private func repacked(_ scratch: ScratchFolder, below prefix: String = "", _ edit: (String) throws -> Void) throws -> Result<
        UnpackedRecord, any Error
    > {
        try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("again"))
        try edit(scratch("again"))
        try ZipWriter.write(scratch.files(below: "again").map { ZipWriter.Entry(prefix + $0, file: scratch("again/\($0)")) }, to: scratch("b.zip"))
        try FileManager.default.removeItem(atPath: scratch("again"))
        return Result { try UnpackedRecord.unpack(scratch("b.zip"), to: scratch("out")) }
    }

    @Test func theSameRecordGivesTheSameBytesAndComesBack() async throws {
        let (one, two) = (try await sample(), try await sample())
        let (first, second) = (try bundle(one), try bundle(two, "another name.zip"))
        #expect(try first == second && one.bytes("a.zip") == two.bytes("another name.zip"))
        #expect(one.contents == ["a.zip", "run"])
        let record = try UnpackedRecord.unpack(one("a.zip"), to: one("out"))
        #expect(record.digest == first.digest && record.batches == 2 && record.omitted == 4 && record.files == first.files - 1)
        #expect(record.origin == (try SHA256.digest(ofFile: one("run/manifest.json"))))
        #expect(record.script == record.run.script.sha256 && record.signature == nil && record.models.isEmpty)
        _ = try Publication(of: one("run")).write(to: one("published"))
        #expect(one.files(below: "out") == one.files(below: "published"))
        for name in one.files(below: "out") { #expect(try one.bytes("out/\(name)") == one.bytes("published/\(name)"), "\(name)") }
    }

    @Test func withItsOutputsItIsTheRecordItself() async throws {
        let scratch = try await sample()
        let report = try bundle(scratch) { $0.withOutputs = true }
        let record = try UnpackedRecord.unpack(scratch("a.zip"), to: scratch("out"))
        #expect(record.digest == report.digest && record.origin == nil && record.omitted == 0)
        for name in scratch.files(below: "run") { #expect(try scratch.bytes("out/\(name)") == scratch.bytes("run/\(name)"), "\(name)") }
        _ = try Publication(of: scratch("run")).write(to: scratch("published"))
        var whole = RecordBundle()
        whole.withOutputs = true
        let error = #expect(throws: IDRError.self) { try whole.write(scratch("published"), to: scratch("b.zip")) }
        #expect(error?.code == .missing && scratch.contents == ["a.zip", "out", "published", "run"])
    }

    @Test(arguments: [false, true]) func modelsComeAlongByDigest(withOutputs: Bool) async throws {
        let weights = (name: "own.pth", bytes: Array("weights".utf8))
        let model = ContentFile(role: "segmentation", name: weights.name, bytes: 7, sha256: try SHA256.digest(of: weights.bytes))
        let scratch = try await sample { $0.models = [model] }
        func bundle(_ paths: [String]) throws -> RecordBundle.Report {
            try self.bundle(scratch) { ($0.withModels, $0.withOutputs, $0.modelPaths) = (true, withOutputs, paths) }
        }
        let missing = #expect(throws: IDRError.self) { try bundle([]) }
        #expect(missing?.code == .missing && missing?.problem.contains("own.pth") == true)
        try FileManager.default.createDirectory(atPath: scratch("models"), withIntermediateDirectories: true)
        try Data("wieghts".utf8).write(to: URL(fileURLWithPath: scratch("models/own.pth")))
        let other = #expect(throws: IDRError.self) { try bundle([scratch("models")]) }
        #expect(other?.code == .changed && other?.reason?.contains("models/own.pth") == true)
        #expect(scratch.contents == ["models", "run"])

        // Whatever it is called: content counts.
        try Data(weights.bytes).write(to: URL(fileURLWithPath: scratch("models/renamed.pth")))
        let report = try bundle([scratch("models")])
        let record = try UnpackedRecord.unpack(scratch("a.zip"), to: scratch("out"))
        #expect(report.models == [model] && record.models == [model] && record.digest == report.digest)
        #expect(try scratch.bytes("out/models/segmentation/own.pth") == weights.bytes)
        #expect(record.origin == (try SHA256.digest(ofFile: scratch("run/manifest.json"))) && record.omitted == (withOutputs ? 0 : 4))
        #expect(String(decoding: try scratch.bytes("out/ro-crate-metadata.json"), as: UTF8.self).contains("models/segmentation/own.pth"))
        // It is a record like others: its own weights need no place outside.
        var again = RecordBundle()
        (again.store, again.withModels) = (ModelStore(roots: []), true)
        _ = try again.write(scratch("out"), to: scratch("again.zip"))
        let isSame = try scratch.bytes("again.zip") == scratch.bytes("a.zip")
        #expect(withOutputs || isSame)
    }

    @Test(arguments: ["script.swift", "batch_1/wells.csv", "manifest.json", "batch_0/ro-crate-metadata.json", "plan.json"])
    func changedBundlesAreRefused(name: String) async throws {
        let scratch = try await sample()
        _ = try bundle(scratch)
        let result = try repacked(scratch) { folder in
            var bytes = try scratch.bytes("again/\(name)")
            bytes[bytes.count / 2] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        #expect(throws: IDRError.self) { try result.get() }
        #expect(scratch.contents == ["a.zip", "b.zip", "run"])
    }

    @Test func addedFilesAndAnotherScriptAreRefused() async throws {
        let scratch = try await sample()
        _ = try bundle(scratch)
        let added = try repacked(scratch) { try Data("x".utf8).write(to: URL(fileURLWithPath: "\($0)/extra.swift")) }
        #expect(throws: IDRError.self) { try added.get() }
        // The manifest is made to agree; the record still names the script that was run.
        let exchanged = try repacked(scratch) { folder in
            try Data("print(1)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/script.swift"))
            let old = try Manifest(reading: folder)
            try Manifest(files: Manifest(of: folder).files, omitted: old.omitted, origin: old.origin).write(to: folder)
        }
        let error = #expect(throws: IDRError.self) { try exchanged.get() }
        #expect(error?.reason?.contains("script.swift: is not the script that was run") == true)
        let nothing = try repacked(scratch) { folder in
            for name in scratch.files(below: "again") where name != "plan.json" { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
        }
        #expect(throws: IDRError.self) { try nothing.get() }
        #expect(scratch.contents == ["a.zip", "b.zip", "run"])
    }

    @Test func archivesMadeByHandAreRecordsToo() async throws {
        let scratch = try await sample()
        _ = try bundle(scratch)
        let record = try repacked(scratch, below: "results/") { folder in
            try Data().write(to: URL(fileURLWithPath: "\(folder)/.lock"))
            try Data().write(to: URL(fileURLWithPath: "\(folder)/batch_0/.DS_Store"))
        }.get()
        #expect(record.path == scratch("out/results"))
        #expect(!scratch.files(below: "out").contains { $0.hasSuffix("/.lock") || $0.hasSuffix(".DS_Store") })
    }

    @Test func recordsAreOpenedFromFoldersAndArchives() async throws {
        let scratch = try await sample()
        _ = try bundle(scratch)
        #expect(try await RecordOpening.open(scratch("run")) { $0 } == scratch("run"))
        let place = try await RecordOpening.open(scratch("a.zip")) { folder in
            let problems = try Manifest(reading: folder).problems(in: folder)
            #expect(problems.isEmpty)
            return folder
        }
        #expect(!FileManager.default.fileExists(atPath: place))
        for path in ["nothing", "run/plan.json"] {
            await #expect(throws: IDRError.self) { try await RecordOpening.open(scratch(path)) { _ in } }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory()).filter { $0.hasPrefix("idrkit-record-") }
        #expect(!left.contains(URL(fileURLWithPath: place).deletingLastPathComponent().lastPathComponent))
    }
}
