import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Batches of which nothing can be had.
@Suite(.serialized) struct FailedBatchTests {
    private let small: SmallScreen

    init() async throws { small = try await SmallScreen() }

    /// Every byte of the record, times too; what the script showed is none of it.
    private func bytes(_ output: String) throws -> [String: Digest] {
        let names = small.scratch.files(below: output).filter { ![RecordLayout.report, RecordLayout.notebook].contains($0) }
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try SHA256.digest(ofFile: small.scratch("\(output)/\($0)"))) })
    }

    @Test func aFailureThatIsTheSameLeavesTheRecordAsItIs() async throws {
        for well in SmallScreen.wells { try Data("this is no movie".utf8).write(to: URL(fileURLWithPath: small.movie(well))) }
        func run() async { await #expect(throws: IDRError.self) { try await small.pipeline.run(batchSize: 2, options: small.options()) } }
        await run()
        let before = try bytes("run")
        #expect(before.keys.contains("failures/batch_1/record.json") && before.keys.contains("manifest.json"))
        await run()
        let again = try bytes("run")
        #expect(Set(again.keys).union(before.keys).filter { again[$0] != before[$0] } == [])
        // Another failure is another record.
        try OnDisk.remove(small.movie("A2"))
        await run()
        let after = try bytes("run")
        #expect(after["failures/batch_0/record.json"] != before["failures/batch_0/record.json"] && after["manifest.json"] != before["manifest.json"])
        let found = RecordVerification(of: small.scratch("run"))
        #expect(found.isIntact, "\(found.problems)")
    }

    /// The next batch would fare no better.
    @Test func aNetworkThatIsGoneEndsTheRun() async throws {
        let gone = try GoneServer { _ in LoopbackServer.answer(404) }
        gone.goAway()
        var access = Access(mirror: small.mirror)
        (access.sources, access.files, access.networkPatience) = ([.files], [gone.base + "/"], 0)
        access.cache = small.scratch("cache")
        let error = await #expect(throws: IDRError.self) {
            try await small.pipeline.run(batchSize: 1, options: small.options { $0.access = access })
        }
        #expect(error?.code == .system && "\(error as Any)".contains("cannot be reached"), "\(error as Any)")
        #expect(try RecordFolder(reading: small.scratch("run")).failedBatches == [0])
    }

    @Test(arguments: [("A2_2.tif", Intermediate.frames), ("A2_2_masks.tif", .masks), ("A2_2_Nuclei.csv", .masks), ("batch_0.csv.gz", nil)])
    func keptFilesAreOfOneKind(name: String, kind: Intermediate?) {
        #expect(Intermediate.allCases.filter { $0.isKind(of: name) } == [kind].compactMap(\.self))
    }

    /// A name that no table gives a number to is one channel, whatever it is used for.
    @Test func aChannelsNameIsOneNumber() throws {
        let plan = ResolvedPlan(plan: screen("idr0013A").frame(1).correct().segment().profile().plan, tables: [], models: [], wells: [])
        let image = try ImageRecord(planned: plan, WantedChannels(segmented: "nuclei", profiled: ["er", "nuclei", "er"], measured: ["er"]))
        #expect(image.channels.map(\.name).sorted() == ["er", "nuclei"])
        #expect(Set(image.channels.map(\.number)).count == 2)
        let nuclei = try #require(image.channels.first { $0.name == "nuclei" })
        #expect(nuclei.isSegmented && nuclei.isProfiled && nuclei.isMeasured == false)
        let er = try #require(image.channels.first { $0.name == "er" })
        #expect(!er.isSegmented && er.isProfiled && er.isMeasured == true)
    }
}
