import Foundation
import IDRFiles
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Screens of several channels through the whole pipeline.
@Suite(.serialized) struct ChannelTests {
    /// One well of two channels: real nuclei, and the same frames upside down.
    private func twoChannels() async throws -> SmallScreen {
        let small = try await SmallScreen()
        let nuclei = try await ExampleFrames.small(0)
        let other = nuclei.map { Plane(height: $0.height, width: $0.width, pixels: Array($0.pixels.reversed())) }
        try await small.writeMovie("A2", channels: [other, nuclei])
        try small.writeAnnotation(["Plate,Well Number,Well,Control Type,Channels", "P_1,2,A2,negative control,RFP:Tubulin;GFP (DNA)"])
        return small
    }

    private func table(_ run: ProfileRun) throws -> CSVTable {
        try CSVTable(Gzip.decompress(file: run.tables[0], limit: 1 << 26), called: run.tables[0])
    }

    private func features(_ table: CSVTable, _ range: Range<Int>) throws -> [[String]] {
        try table.values(of: range.map { "efficientnet-lite0_\($0)" })
    }

    @Test func featuresStandChannelAfterChannel() async throws {
        let small = try await twoChannels()
        let segmented = screen("idr0013A", mirror: small.mirror).controls().frame(2).correct().segment(channel: "DNA", diameter: 27)
        let both = try await segmented.profile(channels: ["dna", 1]).run(batchSize: 1, options: small.options("both"))
        let dna = try await segmented.profile().run(batchSize: 1, options: small.options("dna"))
        let tubulin = try await segmented.profile(channels: ["Tubulin"]).run(batchSize: 1, options: small.options("tubulin"))
        let tables = try [both, dna, tubulin].map(table)
        let count = tables[1].columns.count { $0.hasPrefix("efficientnet") }
        #expect(both.cellCount > 3 && both.cellCount == dna.cellCount && both.cellCount == tubulin.cellCount)
        #expect(try features(tables[0], 0..<count) == features(tables[1], 0..<count))
        #expect(try features(tables[0], count..<2 * count) == features(tables[2], 0..<count))
        #expect(try features(tables[1], 0..<count) != features(tables[2], 0..<count))
        #expect(tables[0].columns.count == tables[1].columns.count + count + 1)
        #expect(try tables[0].values(of: "Metadata_DNA") == Array(repeating: "P_1/P_1_2_2_c2.tif", count: both.cellCount))
        #expect(try tables[0].values(of: "Metadata_Tubulin").first == "P_1/P_1_2_2_c1.tif")
        #expect(try tables[1].values(of: "Metadata_DNA").first == "P_1/P_1_2_2.tif")
        let image = both.batches[0].images[0]
        #expect(image.channels.map(\.number) == [2, 1] && image.channels.map(\.name) == ["DNA", "Tubulin"])
        #expect(image.channels.map(\.isSegmented) == [true, false] && image.channels.allSatisfy { $0.isProfiled && $0.correction != nil })
        #expect(image.input.planes.map(\.index.channel) == [2, 2, 2, 1, 1, 1] && image.input.planes.map(\.index.frame) == [2, 3, 4, 2, 3, 4])
        // The channel that is only segmented is recorded, and its features are not in the table.
        #expect(tubulin.batches[0].images[0].channels.map(\.isProfiled) == [true, false])
        // Which channel is segmented decides the nuclei.
        let flipped = try await screen("idr0013A", mirror: small.mirror).controls().frame(2).correct().segment(channel: 1, diameter: 27).profile()
            .run(batchSize: 1, options: small.options("flipped", { $0.keep = [.masks] }))
        #expect(flipped.cellCount > 3)
        #expect(try table(flipped).values(of: "Location_Center_Y") != tables[1].values(of: "Location_Center_Y"))
    }

    @Test func keptFramesAreOnesOfEachChannel() async throws {
        let small = try await twoChannels()
        let run = try await screen("idr0013A", mirror: small.mirror).controls().frame(2).segment(channel: 2, diameter: 27).profile(channels: [1, 2])
            .run(batchSize: 1, options: small.options { $0.keep = [.frames] })
        let kept = run.batches[0].outputs.map(\.name).filter { $0.hasSuffix(".tif") }
        #expect(kept == ["P_1_2_2_c1.tif", "P_1_2_2_c2.tif"])
    }

    @Test func aChannelThatIsNotThereNamesThoseThatAre() async throws {
        let small = try await twoChannels()
        let run = screen("idr0013A", mirror: small.mirror).controls().frame(2).segment(channel: "Actin", diameter: 27).profile()
        let error = await #expect(throws: IDRError.self) { try await run.run(batchSize: 1, options: small.options()) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("there is no channel \"Actin\"") && text.contains("GFP (DNA)") && text.contains("well A2"), "\(text)")
    }

    @Test func fieldsAndSlicesThatAreNotThere() async throws {
        let small = try await SmallScreen()
        for (wells, says) in [
            (screen("idr0013A", mirror: small.mirror).wells("A2").fields(2), "field 2 does not exist"),
            (screen("idr0013A", mirror: small.mirror).wells("A2").slice(3), "z slice 3 does not exist"),
            (screen("idr0013A", mirror: small.mirror).wells("A2").fields(0), "fields are counted from 1"),
        ] {
            let error = await #expect(throws: IDRError.self) {
                try await wells.frame(2).segment(diameter: 27).profile().run(batchSize: 1, options: small.options(says))
            }
            #expect("\(String(describing: error))".contains(says))
        }
    }

    /// Fields of a well with one point in time are corrected together, and each is an image of its own.
    @Test func fieldsOfAWell() throws {
        let extent = PlaneExtent(fields: 3, frames: 1, channels: 2, slices: 1, height: 4, width: 4)
        var request = FrameRequest(
            WellReference(plate: "P", well: "A1", wellNumber: 1, gene: "", controlType: ""), field: 2,
            of: ResolvedPlan(plan: screen("idr0013A").fields(2).frame(1).correct().segment().profile().plan, tables: [], models: [], wells: []),
            channels: WantedChannels(segmented: 1, profiled: [2, 1], measured: nil))
        let choice = try PlaneChoice(request, extent: extent, channelNames: ["a", "b"])
        #expect(choice.indices.map { [$0.channel, $0.field, $0.frame] } == [[1, 1, 1], [1, 2, 1], [1, 3, 1], [2, 1, 1], [2, 2, 1], [2, 3, 1]])
        request.withContext = false
        #expect(try PlaneChoice(request, extent: extent, channelNames: ["a", "b"]).indices.map(\.field) == [2, 2])
        request.field = 4
        let none = try PlaneChoice(request, extent: extent, channelNames: ["a", "b"])
        #expect(none.frames.isEmpty && none.absence?.problem.contains("field 4 does not exist") == true)
    }
}
