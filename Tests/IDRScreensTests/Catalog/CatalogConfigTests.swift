import Foundation
import IDRHDF5
import IDRPlan
import IDRScreens
import TestSupport
import Testing

@Suite struct DeepProfilerConfigTests {
    private static let complete = """
        {"dataset": {"images": {"channels": ["DNA"], "width": 1344, "height": 1024, "bits": 8},
                     "locations": {"mode": "single_cells", "box_size": 128, "mask_objects": false}},
         "train": {"model": {"name": "efficientnet", "crop_generator": "repeat_channel_crop_generator", "params": {"conv_blocks": 0}}},
         "profile": {"use_pretrained_input_size": 224, "feature_layer": "avg_pool", "checkpoint": "b0.h5", "batch_size": 1024}}
        """

    private func decode(_ text: String) throws -> DeepProfilerConfig { try JSONDecoder().decode(DeepProfilerConfig.self, from: Data(text.utf8)) }

    @Test func deepProfilersOwnConfigurationIsRead() async throws {
        for (file, width, height) in [("dp_sA.h5", 320, 256), ("dp_sB.h5", 1344, 1024)] {
            let path = CellH5Files.fixtures.appendingPathComponent("features/\(file)").path
            let text = try await HDF5Reader(path).attributeStrings("config_json")[0]
            let config = try decode(text)
            #expect(
                config
                    == DeepProfilerConfig(
                        channels: ["DNA"], width: width, height: height,
                        checkpoint: "efficientnet-b0_weights_tf_dim_ordering_tf_kernels_autoaugment.h5"))
        }
    }

    @Test func theExampleConfigurationIsRead() throws {
        let path = ScreenMirrorTests.exampleFiles.appendingPathComponent("DP_files/profiling_config.json").path
        let config = try DeepProfilerConfig(reading: path)
        #expect(config.width == 550 && config.height == 350 && config.boxSize == 128 && !config.maskObjects && config.inputSize == 224)
        #expect(try config.checkpointPath(besideConfiguration: path)?.hasSuffix("/DP_files/\(config.checkpoint ?? "-")") == true)
        var hostile = config
        hostile.checkpoint = "../../secrets.h5"
        #expect(throws: IDRError.self) { try hostile.checkpointPath(besideConfiguration: path) }
    }

    @Test func encodingKeepsTheNesting() throws {
        let config = DeepProfilerConfig(
            channels: ["DNA", "RNA"], width: 10, height: 20, boxSize: 64, maskObjects: true, inputSize: 240, batchSize: 7)
        let data = try JSONEncoder().encode(config)
        #expect(try JSONDecoder().decode(DeepProfilerConfig.self, from: data) == config)
        #expect(config.checkpoint == nil && String(decoding: data, as: UTF8.self).contains("\"checkpoint\":\"None\""))
    }

    @Test(arguments: [
        ("\"efficientnet\"", "\"resnet50\"", "train.model.name", "supported: \"efficientnet\""),
        ("repeat_channel_crop_generator", "crop_generator", "train.model.crop_generator", "supported: \"repeat_channel_crop_generator\""),
        ("\"conv_blocks\": 0", "\"conv_blocks\": 4", "train.model.params.conv_blocks", "supported: 0"),
        ("single_cells", "full_image", "dataset.locations.mode", "supported: \"single_cells\""),
        ("avg_pool", "block6a_activation", "profile.feature_layer", "supported: \"avg_pool\""),
        ("\"box_size\": 128", "\"box_size\": 1", "dataset.locations.box_size", "supported: 2...8192"),
        ("\"width\": 1344", "\"width\": 0", "dataset.images.width", "supported: 1...1000000"),
        ("[\"DNA\"]", "[]", "dataset.images.channels", "at least one channel"),
        ("\"use_pretrained_input_size\": 224", "\"use_pretrained_input_size\": 3", "profile.use_pretrained_input_size", "32...2048"),
    ])
    func whatIsNotSupportedIsNamed(old: String, new: String, entry: String, reason: String) throws {
        let text = DeepProfilerConfigTests.complete.replacingOccurrences(of: old, with: new)
        #expect(text != DeepProfilerConfigTests.complete)
        let error = #expect(throws: IDRError.self) { try decode(text) }
        #expect(error?.code == .invalidPlan && error?.problem.contains(entry) == true && error?.reason?.contains(reason) == true)
    }

    @Test(arguments: [
        ("\"width\": 1344, ", "", "has no dataset.images.width"), ("\"profile\"", "\"profil\"", "has no profile"),
        ("\"checkpoint\": \"b0.h5\", ", "", "has no profile.checkpoint"),
        ("\"use_pretrained_input_size\": 224, ", "", "has no profile.use_pretrained_input_size"),
        ("1344", "\"wide\"", "dataset.images.width is not a whole number"), ("1344", "13.5", "dataset.images.width is not a whole number"),
        ("false", "\"no\"", "dataset.locations.mask_objects is not true or false"), ("224", "false", "is not a whole number"),
        ("[\"DNA\"]", "\"DNA\"", "dataset.images.channels is not a list of strings"), ("\"b0.h5\"", "null", "profile.checkpoint is not a string"),
    ])
    func whatIsMissingOrWrongIsNamed(old: String, new: String, problem: String) throws {
        let text = DeepProfilerConfigTests.complete.replacingOccurrences(of: old, with: new)
        #expect(text != DeepProfilerConfigTests.complete)
        let error = #expect(throws: IDRError.self) { try decode(text) }
        #expect(error?.code == .invalidInput && error?.problem.hasSuffix(problem) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["../b0.h5", "/tmp/b0.h5", "a/b0.h5"])
    func weightsElsewhereAreRefused(name: String) throws {
        let error = #expect(throws: IDRError.self) { try decode(DeepProfilerConfigTests.complete.replacingOccurrences(of: "b0.h5", with: name)) }
        #expect(error?.code == .refused)
    }

    @Test func brokenFilesAreNamed() async throws {
        try await CellH5Files.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("config.json")
            let missing = #expect(throws: IDRError.self) { try DeepProfilerConfig(reading: file.path) }
            #expect(missing?.code == .missing)
            for text in ["", "{", "[]", "3", "{\"dataset\": 3}"] {
                try Data(text.utf8).write(to: file)
                let error = #expect(throws: IDRError.self) { try DeepProfilerConfig(reading: file.path) }
                #expect(error?.code == .invalidInput && error?.subject == [file.path])
            }
        }
    }
}
