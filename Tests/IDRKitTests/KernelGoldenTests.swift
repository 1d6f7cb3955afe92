import Foundation
import IDRComparison
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// A kernel whose numbers change cannot keep its version, and with it everybody's stage cache: `Tests/Fixtures/kernels` holds, for each stage and
/// version of its kernel, what it gave for which key. A key names instruction sets and libraries too: elsewhere tables have to agree within the
/// tolerance of records.
@Suite(.serialized) struct KernelGoldenTests {
    private static let folder = ExampleFrames.fixtures.appending(path: "kernels")
    private static let isWriting = ProcessInfo.processInfo.environment["IDRKIT_WRITE_GOLDENS"] != nil
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private static func file(of outcome: StageOutcome) throws -> URL {
        let key = try #require(outcome.keys.first)
        return try folder.appending(path: "\(key.stage)-\(#require(key.settings["kernel"])).jsonl")
    }

    private static func goldens(_ file: URL) throws -> Set<StageOutcome> {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return Set(try lines.map { try JSONDecoder().decode(StageOutcome.self, from: Data($0.utf8)) })
    }

    /// Adds what `outcomes` gave here, and nothing in place of what stands there.
    private static func add(_ outcomes: [StageOutcome]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (file, outcomes) in Dictionary(grouping: outcomes, by: { (try? file(of: $0)) ?? folder }) {
            let before = try goldens(file)
            let new = Set(outcomes).filter { outcome in !before.contains { $0.keys == outcome.keys } }
            let lines = try before.union(new).map { String(decoding: try CanonicalJSON.line($0), as: UTF8.self) }.sorted()
            try lines.joined().write(to: file, atomically: true, encoding: .utf8)
        }
    }

    @Test(arguments: ExampleRun.allCases) func aKernelGivesTheNumbersOfItsVersion(_ example: ExampleRun) async throws {
        let run = try await example.run(output: scratch("run"), stages: scratch("stages"))
        let record = try RecordFolder(reading: run.folder)
        var outcomes: [StageOutcome] = []
        for batch in run.batches {
            let environment = try record.environment(of: batch.batch)
            for image in batch.images { outcomes += try StageOutcome.all(of: image, record.plan, environment) }
        }
        #expect(outcomes.count >= 3 && outcomes.allSatisfy { !$0.gives.isEmpty && !$0.keys.isEmpty })
        if Self.isWriting { try Self.add(outcomes) }
        var isAnotherMachine = false
        for outcome in outcomes {
            let (goldens, key) = (try Self.goldens(Self.file(of: outcome)), try #require(outcome.keys.first))
            #expect(!goldens.isEmpty, "the kernel \(key.settings["kernel"] ?? "") of \(key.stage) has no goldens: IDRKIT_WRITE_GOLDENS=1 writes them")
            if let golden = goldens.first(where: { $0.keys == outcome.keys }) {
                #expect(golden.gives == outcome.gives, "\(key.stage) gives other numbers: add a Kernel to its executor, then write goldens")
            } else if goldens.contains(where: { $0.keys.first?.machine == key.machine }) {
                Issue.record("\(key.stage) works on other inputs than its goldens: if that is meant, IDRKIT_WRITE_GOLDENS=1 adds them")
            } else {
                isAnotherMachine = true
            }
        }
        if isAnotherMachine, let old = OldRecord.of(example.rawValue).first { try agrees(run, with: RecordFolder(reading: old.path)) }
    }

    private func agrees(_ run: ProfileRun, with old: RecordFolder) throws {
        let rerun = try RecordFolder(reading: run.folder)
        // Outside of `compat` nuclei are found by another kernel since: they are alike, and not the same to a pixel.
        let expected = old.plan.plan.segmentation?.behaviour == .compat ? AgreementClass.tolerance : .statistical
        for number in old.completeBatches {
            let comparison = try BatchComparison(original: old, rerun: rerun, batch: number, declared: .tolerance)
            #expect(comparison.reached <= expected, "\(comparison)")
        }
    }
}

/// What `reproduce` says where a stage computes other numbers than it did.
struct KernelChangeTests {
    private let kernels = [Kernel(1, since: "0.1.0"), Kernel(2, since: "0.9.2"), Kernel(3, since: "0.10.0")]

    @Test(arguments: [("0.1.0", "0.9.2"), ("0.9.1", "0.9.2"), ("0.9.2", "0.10.0"), ("0.9.10", "0.10.0")])
    func theReleaseThatGivesTheBitsIsNamed(_ release: String, _ since: String) {
        let line = KernelChanges.line(of: "segment", kernels, since: release)
        #expect(line == "the stage segment computes other numbers since IDRKit \(since): IDRKit \(release) gives the record's bits")
    }

    @Test(arguments: ["0.10.0", "0.11.0", "1.0.0", "", "0.1", "0.-1.0", "0.x.0", "\u{1b}[2J"]) func nothingElseIsSaid(_ release: String) {
        #expect(KernelChanges.line(of: "segment", kernels, since: release) == nil)
    }

    @Test func thisReleaseHasItsOwnKernels() throws {
        for old in OldRecord.folders {
            let plan = try RecordFolder(reading: old.path).plan.plan
            #expect(KernelChanges.of(plan, since: IDRKitVersion.current).isEmpty)
        }
    }
}
