import Foundation
import IDRFiles
import IDRImaging
import IDRKit
import IDRPlan
import TestSupport
import Testing

/// Labels of studies that a table cannot have as they are.
@Suite(.serialized) struct ChannelLabelTests {
    @Test(arguments: [
        ("a/b;Gene", ["a_b", "Gene_2"]), ("DNA;DNA", ["DNA", "DNA_2"]), ("Well;Model", ["Well_1", "Model_2"]), ("DAPI:x/y;/", ["x_y", "_"]),
    ])
    func everyFormatOfTableIsWritten(_ labels: String, _ columns: [String]) async throws {
        let small = try await SmallScreen()
        let nuclei = try await ExampleFrames.small(0)
        try await small.writeMovie("A2", channels: [nuclei, nuclei])
        try small.writeAnnotation(["Plate,Well Number,Well,Control Type,Channels", "P_1,2,A2,negative control,\(labels)"])
        let run = try await screen("idr0013A", mirror: small.mirror).controls().frame(2).correct().segment(channel: 1, diameter: 27)
            .measure(channels: [1, 2]).run(batchSize: 1, options: small.options())
        #expect(run.batches[0].images[0].channels.map(\.name) == columns)
        let table = try CSVTable(Gzip.decompress(file: run.tables[0], limit: 1 << 26), called: "table")
        #expect(table.count == run.cellCount && run.cellCount > 0)
        for column in columns {
            #expect(table.columns.count { $0 == "Metadata_\(column)" } == 1)
            #expect(table.columns.count { $0 == "Intensity_MeanIntensity_\(column)" } == 1)
        }
        #expect(FileManager.default.fileExists(atPath: small.scratch("run/batch_0/batch_0.h5ad")))
    }

    /// `compat` takes the frame of a movie of one or two frames alone, and it is left as it is.
    @Test(arguments: [1, 2]) func compatTakesAFrameOfAShortMovieAlone(_ count: Int) async throws {
        let small = try await SmallScreen()
        let planes = Array(try await ExampleFrames.small(0).prefix(count))
        for well in SmallScreen.wells { try await small.writeMovie(well, planes: planes) }
        let run = try await screen("idr0013A", mirror: small.mirror).wells("A2").frame(1).correct(.compat).segment(diameter: 27).measure().run(
            batchSize: 1, options: small.options())
        let image = run.batches[0].images[0]
        #expect(image.input.planes.map(\.index.frame) == [1] && image.cells > 0)
        #expect(image.channels[0].correction?.status.hasPrefix("not corrected") == true, "\(String(describing: image.channels[0].correction))")
    }
}
