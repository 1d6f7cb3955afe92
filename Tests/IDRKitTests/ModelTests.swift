import Foundation
import IDRFiles
import IDRKit
import IDRModels
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Whole runs with other models than the bundled ones.
@Suite(.serialized) struct ModelTests {
    private static let fixtures = ExampleFrames.checkout.appending(path: "Tests/Fixtures")

    /// DeepProfiler's configuration names the checkpoint; a file of that name beside it is used.
    @Test func theConfigurationsCheckpointIsFoundBesideIt() async throws {
        let small = try await SmallScreen()
        let example = ExampleFrames.checkout.appending(path: "example_files/DP_files/profiling_config.json")
        let text = try String(contentsOf: example, encoding: .utf8)
            .replacing("\"width\": 550", with: "\"width\": 200").replacing("\"height\": 350", with: "\"height\": 160")
        let config = small.scratch("profiling_config.json")
        try text.write(toFile: config, atomically: true, encoding: .utf8)
        let weights = Self.fixtures.appending(path: "features/efficientnet_b0_wS.h5").path
        let name = try #require(text.split(separator: "\"").first { $0.hasSuffix(".h5") })
        try FileManager.default.copyItem(atPath: weights, toPath: small.scratch(String(name)))
        let pipeline = screen("idr0013A", mirror: small.mirror).wells("A2").frame(2).correct().segment(diameter: 27).profile(config: config)
        let beside = try await pipeline.run(batchSize: 1, options: small.options("beside"))
        let environment = try #require(beside.batches.first)
        #expect(environment.warnings.isEmpty)
        let plan = try String(contentsOfFile: small.scratch("beside/plan.json"), encoding: .utf8)
        #expect(plan.contains(try SHA256.digest(ofFile: weights).hex))
        let header = try header(of: beside.tables[0])
        #expect(header.contains("efficientnet_1279") && !header.contains("efficientnet_1280"))
        // Naming the file gives the same features.
        let named = screen("idr0013A", mirror: small.mirror).wells("A2").frame(2).correct().segment(diameter: 27)
            .profile(config: config, checkpoint: weights)
        let other = try await named.run(batchSize: 1, options: small.options("named"))
        #expect(try SHA256.digest(ofFile: beside.tables[0]).hex == SHA256.digest(ofFile: other.tables[0]).hex)
    }

    /// A network that gives each colour's mean: the three are equal, and called after the file.
    @Test func anyONNXNetworkCanProfile() async throws {
        let small = try await SmallScreen()
        try Data(ONNXGraph.colourMeans()).write(to: URL(fileURLWithPath: small.scratch("mine.onnx")))
        let wells = screen("idr0013A", mirror: small.mirror).wells("A2").frame(2).correct().segment(diameter: 27)
        let mine = try await wells.profile(checkpoint: small.scratch("mine.onnx")).run(batchSize: 1, options: small.options("mine"))
        let header = try header(of: mine.tables[0])
        #expect(header.suffix(4) == ["Metadata_Model", "mine_0", "mine_1", "mine_2"])
        let rows = try rows(of: mine.tables[0])
        #expect(!rows.isEmpty)
        for row in rows {
            let means = row.split(separator: ",").suffix(3)
            #expect(Set(means).count == 1 && means.allSatisfy { abs(Float($0) ?? 2) <= 1 }, "\(row)")
        }
    }

    @Test func aSegmentationModelOfOnesOwn() async throws {
        let small = try await SmallScreen()
        let folder = Self.fixtures.appending(path: "segmentation_illumination")
        let network = ModelReference.path(folder.appending(path: "cpnet_reduced_trained.pth").path)
        let size = ModelReference.path(folder.appending(path: "size_reduced.npy").path)
        let frames = screen("idr0013A", mirror: small.mirror).wells("A2", "A3").frame(2).correct()
        let run = try await frames.segment(model: network, sizeModel: size).profile().run(batchSize: 2, options: small.options("sized"))
        let images = run.batches.flatMap(\.images)
        #expect(images.count == 2 && images.allSatisfy { $0.segmentation.diameterSource == "plate" && $0.segmentation.diameter > 5 })
        let error = await #expect(throws: IDRError.self) {
            try await frames.segment(model: network).profile().run(batchSize: 2, options: small.options("unsized"))
        }
        #expect(error?.description.contains("size model") == true, "\(String(describing: error))")
    }

    private func header(of table: String) throws -> [String] { try lines(of: table)[0].split(separator: ",").map(String.init) }

    private func rows(of table: String) throws -> [String] { Array(try lines(of: table).dropFirst()) }

    private func lines(of table: String) throws -> [String] {
        String(decoding: try Gzip.decompress(file: table, limit: 1 << 24), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
