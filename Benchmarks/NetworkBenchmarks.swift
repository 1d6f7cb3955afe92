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
        var measurements = try await cellpose()
        measurements.append(try await features("EfficientNet-B0", b0, goal: .atLeast(55), note: " (the original: 10 to 13)"))
        measurements.append(try await features("EfficientNet-Lite0", lite0, goal: nil, note: ""))
        measurements += try await sideBySide(b0)
        return measurements
    }

    /// The product's whole pass over a frame (tiles, network, blending) against the bare runtime on as many ready tiles.
    private static func cellpose() async throws -> [Measurement] {
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
