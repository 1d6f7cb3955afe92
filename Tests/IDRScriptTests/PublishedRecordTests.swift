import Foundation
import IDRComparison
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// The published record of the demo, `provenance/mitocheck-controls`, is reproduced from a copy of it alone: nothing in home, caches and settings,
/// inputs over HTTP from a server on loopback.
struct PublishedRecordTests {
    private static let name = "mitocheck-controls"

    /// The study as the IDR's hosts lay it out.
    private static func serve() throws -> LoopbackServer {
        let study = ExampleFrames.checkout.appending(path: "example_files/idr0013-neumann-mitocheck").path
        return try LoopbackServer { request in
            let places = ["/idr-metadata/idr0013-neumann-mitocheck/": "\(study)/", "/pub/databases/IDR/idr0013-neumann-mitocheck/": "\(study)/"]
            guard let place = places.first(where: { request.path.hasPrefix($0.key) }),
                let name = request.path.dropFirst(place.key.count).removingPercentEncoding, !name.contains(".."),
                let data = FileManager.default.contents(atPath: place.value + name)
            else { return LoopbackServer.answer(404, body: []) }
            return LoopbackServer.answer(200, body: [UInt8](data))
        }
    }

    @Test func itIsReproducedFromACopyAlone() async throws {
        let scratch = try ScratchFolder()
        let published = ExampleFrames.checkout.appending(path: "provenance/\(Self.name)").path
        try FileManager.default.copyItem(atPath: published, toPath: scratch("record"))
        let server = try Self.serve()
        let access = FakeIDR.access(base: server.base, cache: scratch("downloads"))
        try CanonicalJSON.encode(access).withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: scratch("config.json"))) }
        for folder in ["home", "work"] { try FileManager.default.createDirectory(atPath: scratch(folder), withIntermediateDirectories: true) }
        let environment = [
            "HOME": scratch("home"), "XDG_CACHE_HOME": scratch("home/cache"), "XDG_CONFIG_HOME": scratch("home/config"),
            "IDRKIT_CONFIG": scratch("config.json"),
        ]
        func idrscript(_ arguments: String...) async throws -> BuiltProgram {
            try await BuiltProgram.run("idrscript", arguments, in: scratch("work"), environment: environment)
        }
        let verified = try await idrscript("verify", "../record")
        #expect(verified.status == 0, "\(verified.output)")
        let refused = try await idrscript("reproduce", "../record", "--sources", "files", "--output", "refused")
        #expect(refused.status == 1 && refused.errors.contains("idrscript trust"), "\(refused.errors)")
        #expect(try await idrscript("trust", "../record/script.swift").status == 0)
        let run = try await idrscript("reproduce", "../record", "--sources", "files", "--output", "out", "--json")
        let verdict = try #require(try? CanonicalJSON.decode(Verdict.self, from: Data(run.output.utf8), path: "-"), "\(run.output) \(run.errors)")
        try check(verdict, scratch, server)
        #expect(run.status == verdict.reached.exitCode)
        let page = String(decoding: try scratch.bytes("work/out/verdict.html"), as: UTF8.self)
        #expect(page.contains(verdict.reached.rawValue) && !page.contains("<script") && !page.contains("src="))
    }

    private func check(_ verdict: Verdict, _ scratch: ScratchFolder, _ server: LoopbackServer) throws {
        let (record, rerun) = (try RecordFolder(reading: scratch("record")), try RecordFolder(reading: scratch("work/out/run")))
        #expect(!record.hasFile("batch_0/batch_0.csv.gz") && rerun.hasFile("batch_0/batch_0.csv.gz"))
        let (ours, theirs) = (try record.environment(of: 0), try rerun.environment(of: 0))
        let isSameMachine = ours.instructionSets == theirs.instructionSets && ours.openBLASCore == theirs.openBLASCore
        #expect(isSameMachine ? verdict.reached == .bit : verdict.reached <= .tolerance, "\(verdict.text)")
        #expect(verdict.batches.map(\.batch) == [0, 1] && verdict.batches.allSatisfy { $0.cells > 50 })
        // The kernels ran here, on pixels that were fetched here.
        for number in [0, 1] {
            let batch = try rerun.batch(number)
            for stage in ["correct", "segment", "profile"] {
                #expect(try #require(batch.stages.first { $0.stage == stage }).cpuSeconds > 0.01, "\(stage)")
            }
            #expect(batch.images.allSatisfy { $0.reused == nil })
            #expect(batch.images.allSatisfy { $0.input.source == "files" && $0.input.location.hasPrefix(server.base) })
        }
        #expect(server.requests.count { $0.path.hasSuffix(".ch5") } >= 4)
    }
}
