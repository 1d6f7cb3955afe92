import IDRModels
import IDRPlan
import Testing

@Suite struct KerasWeightsTests {
    private static let fixed = "features/keras_layout_probe_fixed_wS.h5"
    private static let variable = "features/keras_layout_probe_vlen_wS.h5"

    @Test(arguments: [fixed, variable]) func readsBothKindsOfStrings(name: String) async throws {
        let weights = try await KerasWeights(reading: ImportSupport.fixture(name))
        #expect(weights.layerNames.count == 14 && weights.layerNames.prefix(2) == ["input", "stem_conv"])
        #expect(
            weights.layers.map(\.name) == [
                "stem_conv", "stem_bn", "block1a_dwconv", "block1a_bn", "block1a_se_reduce", "block1a_se_expand", "block1a_project_conv",
                "block1a_project_bn",
            ])
        #expect(weights.layers.map(\.weights.count) == [1, 4, 1, 4, 2, 2, 1, 4])
        let stem = try #require(weights["stem_conv"]?.weights.first)
        #expect(stem.name == "stem_conv/kernel:0" && stem.tensor.shape == [3, 3, 3, 32] && stem.tensor.values.prefix(3) == [0.25, 0.5, 0.25])
        let norm = try #require(weights["stem_bn"])
        #expect(norm.weights.map(\.name) == ["gamma", "beta", "moving_mean", "moving_variance"].map { "stem_bn/\($0):0" })
        #expect(norm.weights[0].tensor.values.prefix(3) == [1.234375, 1.171875, 1.15625])
        #expect(norm.weights[1].tensor.values.prefix(3) == [0.1953125, -0.0078125, 0.1953125])
        #expect(weights["input"] == nil && weights["nowhere"] == nil)
    }

    @Test func theTwoFilesHoldTheSame() async throws {
        #expect(try await KerasWeights(reading: ImportSupport.fixture(Self.fixed)) == KerasWeights(reading: ImportSupport.fixture(Self.variable)))
    }

    /// The file with one text in it replaced by another of the same length.
    private func patched(_ old: String, _ new: String) throws -> [UInt8] {
        var bytes = try ImportSupport.fixtureBytes(Self.fixed)
        let place = try #require(bytes.indices.first { bytes[$0] == old.utf8.first && bytes[$0...].starts(with: old.utf8) })
        bytes.replaceSubrange(place..<place + old.utf8.count, with: new.utf8)
        return bytes
    }

    @Test func incompleteFilesAreExplained() async throws {
        // As an attribute names them: the links' own names have no slash and no padding.
        for (old, new, text) in [
            ("stem_bn/gamma:0", "stem_bn/gamma:9", "stem_bn/gamma:9"), ("stem_activation", "stem_activatiom", "layer stem_activatiom"),
            ("layer_names", "layer_nemes", "no attribute layer_names"), ("weight_names", "weight_nemes", "no attribute weight_names"),
        ] {
            try await ImportSupport.withTemporaryFile(try patched(old, new)) { path in
                await expectError(.invalidInput, text) { try await KerasWeights(reading: path) }
                await expectError(.invalidInput, path) { try await KerasWeights(reading: path) }
            }
        }
    }

    @Test func otherFilesAreExplained() async throws {
        await expectError(.missing, "/no/such.h5") { try await KerasWeights(reading: "/no/such.h5") }
        try await ImportSupport.withTemporaryFile(Array("something else".utf8)) { path in
            await expectError(.invalidInput, "cannot be opened as HDF5") { try await KerasWeights(reading: path) }
        }
    }

    @Test func truncatedFilesThrow() async throws {
        let bytes = try ImportSupport.fixtureBytes(Self.fixed)
        for length in stride(from: 0, to: bytes.count, by: 1021) {
            try await ImportSupport.withTemporaryFile(Array(bytes[..<length])) { path in
                await #expect(throws: IDRError.self, "\(length)") { try await KerasWeights(reading: path) }
            }
        }
    }

    /// Sizes that no file can have are no reason to take memory, or to trap.
    @Test(arguments: [
        ("k6206.hdf5", ""), ("attribute_text_size.hdf5", "attributes of /"), ("attribute_count.hdf5", "attributes of /"),
        ("huge_weights.hdf5", "/a/w"),
    ])
    func absurdSizesAreRefused(name: String, place: String) async throws {
        let path = ImportSupport.fixture("hostile/\(name)")
        let error = await #expect(throws: IDRError.self) { try await KerasWeights(reading: path) }
        let text = error?.description ?? ""
        #expect(text.contains(path) && (place.isEmpty || text.contains(place)), "\(text)")
    }
}
