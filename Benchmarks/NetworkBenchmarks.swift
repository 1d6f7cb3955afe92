import CPeak
import Foundation
import IDRImaging
import IDRModels
import IDRPlan
import TestSupport

/// The networks, one core each; and whether images side by side beat threads inside an image.
enum NetworkBenchmarks {
    private static let tileSide = 224

    static func run() async throws -> [Measurement] {
        let fixtures = RealFrames.checkout.appending(path: "Tests/Fixtures/features")
        let b0 = fixtures.appending(path: "efficientnet_b0_wS.h5").path
        let lite0 = try ModelStore.standard.file(.efficientNetLite0, ending: [".pth"])
        let peak = await peak()
        var measurements = [
            Measurement(
                name: "products and sums, the most one core does", value: peak, unit: "GFLOP/s",
                how: "\(String(cString: idr_peak_instructions())), nothing read or written; median of 5")
        ]
        measurements += try await cellpose(peak)
        let ofB0 = try await features("EfficientNet-B0", b0, goal: .atLeast(55), note: " (the original: 10 to 13)")
        measurements += [
            ofB0,
            Measurement(
                name: "EfficientNet-B0, share of that most", value: 100 * ofB0.value * gigaFLOPsOfB0 / peak, unit: "%",
                how: "\(gigaFLOPsOfB0) GFLOP a crop of 224 pixels (Tan & Le 2019: 0.39 G products)"),
        ]
        measurements.append(try await features("EfficientNet-Lite0", lite0, goal: nil, note: ""))
        measurements += try await sideBySide(b0)
        return measurements
    }

    /// Of a crop of 224 pixels: a product and a sum are two.
    private static let gigaFLOPsOfB0 = 0.78

    /// Billions of products and sums a second that one core does at most.
    private static func peak() async -> Double {
        let rounds = 20_000_000
        var result: Float = 0
        var operations = 0.0
        let seconds = await medianCPUSeconds(5) { operations = idr_peak_run(rounds, &result) }
        return operations / seconds / 1e9
    }

    /// Billions of products and sums of a tile: each weight of a convolution at each pixel of its level.
    private static func gigaFLOPs(ofTile side: Int) -> Double {
        FormulaWeights.cpnetLayout(channels: [2, 32, 64, 128, 256]).reduce(0) { sum, layer in
            guard layer.shape.count == 4 else { return sum }
            // "downsample.down.res_down_1...", "upsample.up.res_up_1..."; the output has the size of the image.
            let level = layer.name.hasPrefix("output") ? 0 : layer.name.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0
            let pixels = (side >> level) * (side >> level)
            return sum + 2e-9 * Double(layer.shape.reduce(pixels, *))
        }
    }

    /// The product's whole pass over a frame (tiles, network, blending) against the bare runtime on as many ready tiles.
    private static func cellpose(_ peak: Double) async throws -> [Measurement] {
        let weights = fullWidthWeights()
        let bare = try ONNXSession(model: CPnet(stateDict: weights).model(), name: "CPnet")
        let segmenter = CellposeSegmenter(network: try CellposeNetwork(stateDict: weights, name: "CPnet"), sizeModel: nil)
        let frame = try await RealFrames().frames[0]
        let image = Cellpose.normalized(Plane(height: 448, width: 672, pixels: (0..<448).flatMap { y in (0..<672).map { frame[y, $0] } }))
        let layout = Cellpose.TileLayout(height: image.height, width: image.width)
        let tile = layout.tile(0, of: image)
        let input = Tensor(
            shape: [1, 2, tile.height, tile.width], values: tile.pixels + [Float](repeating: 0, count: tile.pixels.count))
        let bareSeconds = try await medianCPUSeconds(3) { for _ in layout.tiles { _ = try bare.run(["x": input], outputs: ["y", "style"]) } }
        let ownSeconds = try await medianCPUSeconds(3) { _ = try segmenter.predict(image, rescale: 1) }
        let tiles = Double(layout.tiles.count)
        return [
            Measurement(
                name: "CPnet, full width, bare runtime", value: tiles / bareSeconds, unit: "tiles/CPU s",
                how: "tiles of \(tileSide) pixels, one by one; median of 3 x \(layout.tiles.count)"),
            Measurement(
                name: "CPnet, full width, share of the most", value: 100 * tiles / bareSeconds * gigaFLOPs(ofTile: tileSide) / peak, unit: "%",
                how: "\(Measurement.text(gigaFLOPs(ofTile: tileSide))) GFLOP a tile"),
            Measurement(
                name: "CPnet, full width, share of the bare runtime", value: 100 * bareSeconds / ownSeconds, unit: "%", goal: .atLeast(70),
                how: "a pass over 672 x 448 pixels with tiling and blending, median of 3"),
        ]
    }

    /// Random weights: a network's speed does not depend on them.
    private static func fullWidthWeights() -> [NamedTensor] {
        FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: [2, 32, 64, 128, 256]), seed: 1)
    }

    private static func features(_ name: String, _ path: String, goal: Measurement.Goal?, note: String) async throws -> Measurement {
        let network = try await FeatureNetwork.load(path)
        let crops = [Float](repeating: 0.5, count: 2 * network.inputSize * network.inputSize)
        let seconds = try await medianCPUSeconds(5) { for _ in 0..<20 { _ = try network.features(of: crops, count: 2) } }
        return Measurement(
            name: "\(name), one core", value: 40 / seconds, unit: "crops/CPU s", goal: goal, how: "two a pass; median of 5 x 40 crops\(note)")
    }

    /// Two images at once through a session of one thread, against one after the other through a session of two threads.
    private static func sideBySide(_ b0: String) async throws -> [Measurement] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let model = try CPnet(stateDict: fullWidthWeights()).model()
        let tile = Tensor(shape: [1, 2, tileSide, tileSide], values: [Float](repeating: 0.5, count: 2 * tileSide * tileSide))
        let count = 6 * cores
        func rate(_ threads: Int, at once: Int) async throws -> Double {
            let session = try ONNXSession(model: model, name: "CPnet", threads: threads)
            let seconds = try await medianWallSeconds(3) {
                try await inParallel(once, each: count / once) { _ = try session.run(["x": tile], outputs: ["y", "style"]) }
            }
            return Double(count) / seconds
        }
        func crops(_ threads: Int, at once: Int) async throws -> Double {
            let network = try await FeatureNetwork.load(b0, threads: threads)
            let pair = [Float](repeating: 0.5, count: 2 * network.inputSize * network.inputSize)
            let seconds = try await medianWallSeconds(3) {
                try await inParallel(once, each: 10 * count / once) { _ = try network.features(of: pair, count: 2) }
            }
            return Double(20 * count) / seconds
        }
        let how = "wall clock, \(cores) cores; median of 3"
        return [
            Measurement(
                name: "CPnet, \(cores) images at once, 1 thread each", value: try await rate(1, at: cores), unit: "tiles/s", how: how),
            Measurement(
                name: "CPnet, 1 image at once, \(cores) threads", value: try await rate(cores, at: 1), unit: "tiles/s", how: how),
            Measurement(
                name: "B0, \(cores) images at once, 1 thread each", value: try await crops(1, at: cores), unit: "crops/s", how: how),
            Measurement(
                name: "B0, 1 image at once, \(cores) threads", value: try await crops(cores, at: 1), unit: "crops/s", how: how),
        ]
    }

    private static func inParallel(_ workers: Int, each count: Int, _ work: @escaping @Sendable () throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workers { group.addTask { for _ in 0..<count { try work() } } }
            try await group.waitForAll()
        }
    }
}
