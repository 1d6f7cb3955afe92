import Foundation
import IDRHDF5
import IDRModels
import IDRPlan
import TestSupport
import Testing

struct CPnetTests {
    private func network(_ channels: [Int], seed: UInt64) throws -> CPnet {
        try CPnet(stateDict: FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: channels), seed: seed))
    }

    @Test func layoutIsThatOfThePublishedNetwork() throws {
        let csv = try String(contentsOfFile: NetworkFixtures.path("segmentation_illumination/cpnet_full_state_dict_layout.csv"), encoding: .utf8)
        let published = try FormulaWeights.layout(csv: csv)
        let ours = FormulaWeights.cpnetLayout(channels: [2, 32, 64, 128, 256])
        #expect(published.map(\.name) == ours.map(\.name) && published.map(\.shape) == ours.map(\.shape))
    }

    /// The published size, against what the original computed.
    @Test func agreesWithCellpose() async throws {
        let channels = [2, 32, 64, 128, 256]
        let network = try network(channels, seed: 12345)
        #expect(network.channels == channels && network.outputs == 3)
        let session = try ONNXSession(model: network.model(features: true), name: "full width")
        #expect(session.outputs.map(\.name) == ["y", "style", "down_0", "down_1", "down_2", "down_3", "up_features"])
        let file = try await HDF5Reader(NetworkFixtures.path("segmentation_illumination/cellpose.h5"))
        let group = "/cpnet_full_formula/"
        let x = try await NetworkFixtures.tensor(group + "x", in: file)
        let results = try session.run(["x": x], outputs: ["y", "style", "down_3"])
        for (name, tolerance, result) in [("y", Float(1e-4), results[0]), ("style", 1e-5, results[1]), ("down_3", 1e-4, results[2])] {
            let expected = try await NetworkFixtures.tensor(group + name, in: file)
            #expect(result.greatestDifference(from: expected) <= tolerance, "\(name)")
        }
    }

    /// Every rewriting of the graph, on networks of other widths and depths and images of other sizes.
    @Test(arguments: [
        ([2, 8, 16, 24], 48, 32, UInt64(1)), ([2, 5, 9, 7, 11], 16, 40, 2), ([1, 16, 16], 34, 18, 3), ([3, 8], 7, 5, 4),
        ([2, 8, 8, 8, 8, 8], 16, 16, 5),
    ])
    func rewritingChangesOnlyRounding(channels: [Int], height: Int, width: Int, seed: UInt64) throws {
        let weights = FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: channels), seed: seed)
        let network = try CPnet(stateDict: weights)
        #expect(network.channels == channels)
        var plain = PlainCPnet(weights, channels: channels)
        let x = Tensor.random([2, channels[0], height, width], seed: seed)
        let expected = try ONNXSession(model: plain.model(), name: "plain").run(["x": x], outputs: ["y", "style"])
        let results = try ONNXSession(model: network.model(), name: "rewritten").run(["x": x], outputs: ["y", "style"])
        let scale = max(1, expected[0].values.map { abs($0) }.max() ?? 0)
        #expect(results[0].greatestDifference(from: expected[0]) <= 2e-5 * scale)
        #expect(results[1].greatestDifference(from: expected[1]) <= 2e-6)
        #expect(results[0].shape == [2, 3, height, width])
    }

    @Test func bitsDependOnNeitherThreadsNorBatch() async throws {
        let model = try network([2, 16, 32, 64], seed: 7).model()
        #expect(try network([2, 16, 32, 64], seed: 7).model() == model)
        let session = try ONNXSession(model: model, name: "one thread")
        let x = Tensor.random([3, 2, 64, 96], seed: 9)
        let whole = try session.run(["x": x], outputs: ["y", "style"])
        #expect(try ONNXSession(model: model, name: "two threads", threads: 2).run(["x": x], outputs: ["y", "style"]) == whole)
        let parts = try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
            for index in 0..<3 { group.addTask { (index, try session.run(["x": x.images(index..<index + 1)], outputs: ["y"])[0]) } }
            return try await group.reduce(into: [Int: Tensor]()) { $0[$1.0] = $1.1 }
        }
        for index in 0..<3 { #expect(parts[index] == whole[0].images(index..<index + 1)) }
    }

    @Test func diametersAreReadOr30() throws {
        var weights = FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: [2, 4]), seed: 1)
        weights[0].tensor = Tensor(shape: [1], values: [17])
        weights[1].tensor = Tensor(shape: [], values: [12.5])
        let network = try CPnet(stateDict: weights)
        #expect(network.diameterMean == 17 && network.diameterLabels == 12.5)
        let without = try CPnet(stateDict: Array(weights.dropFirst(2)))
        #expect(without.diameterMean == 30 && without.diameterLabels == 30)
        #expect(without.model() == network.model())
    }

    @Test func tensorsThatTheNetworkDoesNotHaveAreIgnored() throws {
        let weights = FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: [2, 4, 8]), seed: 1)
        let extra = [NamedTensor(name: "diam_extra", tensor: Tensor(shape: [2], values: [1, 2]))]
        #expect(try CPnet(stateDict: extra + weights.reversed()).model() == CPnet(stateDict: weights).model())
    }

    /// Each tensor in turn is left out, then given another shape: the error names it.
    @Test func anyMissingOrMisshapenTensorIsNamed() throws {
        let weights = FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: [2, 4, 6]), seed: 1)
        var checked = 0
        for (index, entry) in weights.enumerated() where !entry.name.hasPrefix("diam_") && !entry.name.hasSuffix("num_batches_tracked") {
            var changed = weights
            changed.remove(at: index)
            let missing = #expect(throws: IDRError.self) { try CPnet(stateDict: changed) }
            #expect(missing?.reason == "tensor \(entry.name) is missing")
            changed = weights
            changed[index].tensor = Tensor(shape: [1] + entry.tensor.shape, values: entry.tensor.values)
            let misshapen = #expect(throws: IDRError.self) { try CPnet(stateDict: changed) }
            #expect(misshapen?.reason?.hasPrefix("tensor \(entry.name) has the shape [1, ") == true)
            checked += 1
        }
        // Per level ten normalisations and ten layers, six of them for the style, and the head.
        #expect(checked == 2 * 5 * (4 + 2) + 2 * (5 * (4 + 2) + 3 * 2) + 4 + 2)
    }

    @Test func weightsOfAnotherNetworkAreRefused() {
        let other = NamedTensor(name: "conv1.weight", tensor: Tensor(shape: [1], values: [0]))
        let error = #expect(throws: IDRError.self) { try CPnet(stateDict: [other]) }
        #expect(error?.code == .invalidInput)
        #expect(error?.reason == "tensor downsample.down.res_down_0.conv.conv_0.2.weight is missing")
        #expect(throws: IDRError.self) { try CPnet(stateDict: []) }
    }

    /// Cellpose pads to multiples of 16; a caller that does not gets an error, not a crash.
    @Test func sidesThatCannotBeHalved() throws {
        let session = try ONNXSession(model: network([2, 4, 8, 8], seed: 1).model(), name: "small")
        let error = #expect(throws: IDRError.self) { try session.run(["x": .random([1, 2, 30, 32], seed: 1)], outputs: ["y"]) }
        #expect(error?.problem == "small cannot be run on x [1, 2, 30, 32]")
    }

    /// The steps after the network would end the process.
    @Test func networksThatCannotSegmentAreRefused() {
        let four = FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: [2, 4, 8], outputs: 4), seed: 1)
        let outputs = #expect(throws: IDRError.self) { try CellposeNetwork(stateDict: four, name: "four") }
        #expect(outputs?.reason?.contains("4 planes") == true && outputs?.subject == ["four"])
        for diameter in [0, -30, 1e-30, 1e9, Float.nan, .infinity] {
            var tensors = FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: [2, 4, 8]), seed: 1)
            tensors[0].tensor = Tensor(shape: [1], values: [diameter])
            let error = #expect(throws: IDRError.self) { try CellposeNetwork(stateDict: tensors, name: "flat") }
            #expect(error?.reason?.contains("mean diameter") == true)
        }
    }
}
