import Foundation
import IDRModels
import IDRPlan
import TestSupport
import Testing

@Suite struct TorchFileTests {
    private static let trained = ImportSupport.fixture("segmentation_illumination/cpnet_reduced_trained.pth")
    private static let legacy = ImportSupport.fixture("segmentation_illumination/cpnet_reduced_trained_legacy.pth")

    /// Reads `sample` in both formats, which must agree.
    private func read(_ sample: TorchSample) async throws -> TorchFile {
        let zip = try await ImportSupport.withTemporaryFile(sample.zip()) { try TorchFile(reading: $0) }
        let legacy = try TorchFile(legacy: sample.legacy())
        // As bit patterns, so that NaN counts as itself.
        #expect(zip.tensors.map { $0.tensor.values.map(\.bitPattern) } == legacy.tensors.map { $0.tensor.values.map(\.bitPattern) })
        #expect(zip.tensors.map(\.name) == legacy.tensors.map(\.name) && zip.tensors.map(\.tensor.shape) == legacy.tensors.map(\.tensor.shape))
        return zip
    }

    @Test func readsRealFilesOfBothFormatsAlike() throws {
        let zip = try TorchFile(reading: Self.trained)
        let old = try TorchFile(reading: Self.legacy)
        #expect(zip.tensors.count == 313)
        #expect(zip.tensors[0] == NamedTensor(name: "diam_mean", tensor: Tensor(shape: [1], values: [30])))
        #expect(Array(zip.tensors[2...]) == old.tensors)
        #expect(zip["output.2.bias"] == Tensor(shape: [3], values: [0.19142234, -0.19433057, -0.31445497]))
        #expect(zip["downsample.down.res_down_0.conv.conv_0.0.num_batches_tracked"]?.shape == [])
        let sum = zip.tensors.reduce(0.0) { $1.tensor.values.reduce($0) { $0 + Double($1) } }
        #expect(abs(sum - 14415.365996011966) < 1e-6)
        #expect(zip["no such tensor"] == nil)
    }

    @Test func readsStridedTensors() async throws {
        let file = try await read(
            .floats(
                (0..<12).map(Float.init),
                [
                    .init(name: "whole", storage: "0", shape: [3, 4], strides: [4, 1]),
                    .init(name: "transposed", storage: "0", shape: [4, 3], strides: [1, 4]),
                    .init(name: "part", storage: "0", offset: 5, shape: [2, 2], strides: [4, 1]),
                    .init(name: "every other", storage: "0", offset: 1, shape: [6], strides: [2]),
                    .init(name: "expanded", storage: "0", offset: 7, shape: [2, 3], strides: [0, 0]),
                    .init(name: "scalar", storage: "0", offset: 11, shape: [], strides: []),
                    .init(name: "empty", storage: "0", offset: 99, shape: [0, 4], strides: [4, 1]),
                    .init(name: "one row", storage: "0", shape: [1, 2], strides: [.max, 1], isParameter: true),
                ]))
        #expect(file["whole"]?.values == (0..<12).map(Float.init))
        #expect(file["transposed"]?.values == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
        #expect(file["part"]?.values == [5, 6, 9, 10])
        #expect(file["every other"]?.values == [1, 3, 5, 7, 9, 11])
        #expect(file["expanded"] == Tensor(shape: [2, 3], values: [Float](repeating: 7, count: 6)))
        #expect(file["scalar"] == Tensor(shape: [], values: [11]))
        #expect(file["empty"] == Tensor(shape: [0, 4], values: []))
        #expect(file["one row"]?.values == [0, 1])
        #expect(file.tensors.map(\.name).first == "whole")
    }

    @Test func randomStridedTensorsAgreeWithTheirDefinition() async throws {
        var generator = SeededGenerator(seed: 7)
        let values = (0..<500).map { _ in Float.random(in: -1...1, using: &generator) }
        for _ in 0..<40 {
            let rank = Int.random(in: 0...4, using: &generator)
            let shape = (0..<rank).map { _ in Int.random(in: 1...4, using: &generator) }
            let strides = (0..<rank).map { _ in Int.random(in: 0...30, using: &generator) }
            let offset = Int.random(in: 0...100, using: &generator)
            var indices = [offset]
            for (length, stride) in zip(shape, strides) { indices = indices.flatMap { start in (0..<length).map { start + $0 * stride } } }
            let file = try await read(.floats(values, [.init(name: "t", storage: "0", offset: offset, shape: shape, strides: strides)]))
            #expect(file["t"] == Tensor(shape: shape, values: indices.map { values[$0] }))
        }
    }

    static let types: [(type: String, bytes: [UInt8], expected: [Float])] = [
        ("DoubleStorage", ImportSupport.littleEndian([1.5, -0.1, 1e300, .nan] as [Double]), [1.5, -0.1, .infinity, .nan]),
        (
            "FloatStorage", ImportSupport.littleEndian([1.5, -0.0, .infinity, .leastNonzeroMagnitude] as [Float]),
            [1.5, -0.0, .infinity, .leastNonzeroMagnitude]
        ),
        (
            "HalfStorage", ImportSupport.littleEndian([0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x7c00, 0xfc00, 0x7e00, 0x8000, 0x3555] as [UInt16]),
            [1, -2, 65504, 0x1p-24, -0x3ffp-24, .infinity, -.infinity, .nan, -0.0, 0.333251953125]
        ),
        ("BFloat16Storage", ImportSupport.littleEndian([0x3f80, 0xc049, 0x7f80, 0x0001] as [UInt16]), [1, -3.140625, .infinity, 0x1p-133]),
        ("LongStorage", ImportSupport.littleEndian([-3, .max, 16_777_217] as [Int64]), [-3, 0x1p63, 16_777_216]),
        ("IntStorage", ImportSupport.littleEndian([-3, .max] as [Int32]), [-3, 0x1p31]),
        ("ShortStorage", ImportSupport.littleEndian([-3, 300] as [Int16]), [-3, 300]),
        ("CharStorage", [0xff, 0x7f], [-1, 127]),
        ("ByteStorage", [0xff, 0x7f], [255, 127]),
        ("BoolStorage", [0, 1, 2], [0, 1, 1]),
    ]

    @Test(arguments: types.indices) func convertsEveryType(index: Int) async throws {
        let (type, bytes, expected) = Self.types[index]
        let count = expected.count
        var sample = TorchSample(
            storages: [.init(key: "0", type: type, count: count, bytes: bytes)],
            tensors: [.init(name: "t", storage: "0", shape: [count], strides: [1])])
        let little = try #require(try await read(sample)["t"])
        // As bit patterns, so that NaN and negative zero count.
        #expect(little.values.map { $0.isNaN ? 0 : $0.bitPattern } == expected.map { $0.isNaN ? 0 : $0.bitPattern })
        #expect(little.values.map(\.isNaN) == expected.map(\.isNaN))

        let width = bytes.count / count
        sample.storages[0].bytes = stride(from: 0, to: bytes.count, by: width).flatMap { bytes[$0..<$0 + width].reversed() }
        sample.byteOrder = "big"
        let big = try await ImportSupport.withTemporaryFile(sample.zip()) { try TorchFile(reading: $0) }["t"]
        #expect(big?.values.map(\.bitPattern) == little.values.map(\.bitPattern))
    }

    @Test func rootFolderMayHaveAnyName() async throws {
        var sample = TorchSample.floats([1], [.init(name: "t", storage: "0", shape: [1], strides: [1])])
        sample.root = "cyto 2 – Kopie"
        sample.byteOrder = "little"
        #expect(try await read(sample)["t"]?.values == [1])
    }

    @Test func parallelPrefixIsStrippedWhereAllHaveIt() async throws {
        var sample = TorchSample.floats([1, 2], ["module.a", "module.b"].map { .init(name: $0, storage: "0", shape: [2], strides: [1]) })
        let file = try await read(sample)
        #expect(file.tensors.map(\.name) == ["a", "b"] && file["a"]?.values == [1, 2])
        sample.tensors[1].name = "b"
        #expect(try await read(sample).tensors.map(\.name) == ["module.a", "b"])
    }

    @Test func aRepeatedNameCountsOnceWithItsLastValue() async throws {
        let file = try await read(
            .floats([1, 2], [("a", 0), ("b", 0), ("a", 1)].map { .init(name: $0.0, storage: "0", offset: $0.1, shape: [1], strides: [1]) }))
        #expect(file.tensors.map(\.name) == ["a", "b"] && file["a"]?.values == [2])
    }

    @Test(arguments: [
        (0, [3, 4], [4, 2]), (1, [12], [1]), (12, [1], [1]), (-1, [2], [1]), (0, [2], [-1]), (0, [-1], [1]), (0, [2, 2], [1]),
        (0, [.max, 2], [1, 1]),
        (0, [2, 2], [.max, .max]), (.max, [2], [1]), (0, [2], [.max]), (0, [.max, 4, 0], [1, 1, 1]),
        (0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)),
    ]) func layoutsOutsideTheStorageThrow(offset: Int, shape: [Int], strides: [Int]) async throws {
        let sample = TorchSample.floats(
            [Float](repeating: 0, count: 12), [.init(name: "the tensor", storage: "0", offset: offset, shape: shape, strides: strides)])
        await expectError(.invalidInput, "the tensor") { try TorchFile(legacy: sample.legacy()) }
        try await ImportSupport.withTemporaryFile(sample.zip()) { path in
            await expectError(.invalidInput, path + ", the tensor") { try TorchFile(reading: path) }
        }
    }

    @Test func hugeTensorsFromTinyFilesAreRefused() async throws {
        let bomb = TorchSample.floats([1], [.init(name: "bomb", storage: "0", shape: [1 << 30, 1 << 20], strides: [0, 0])])
        await expectError(.refused, "bomb") { try TorchFile(legacy: bomb.legacy()) }
        let many = TorchSample.floats([1], (0..<100).map { .init(name: "\($0)", storage: "0", shape: [70_000], strides: [0]) })
        await expectError(.refused) { try TorchFile(legacy: many.legacy()) }
        var huge = TorchSample.floats([1], [.init(name: "t", storage: "0", shape: [1], strides: [1])])
        huge.storages[0].count = 1 << 60
        await expectError(.invalidInput) { try TorchFile(legacy: huge.legacy()) }
    }
}
