import IDRImaging
import TestSupport

/// Illumination correction, mask formation and crops, one core each.
enum KernelBenchmarks {
    static func run() async throws -> [Measurement] {
        let scene = try await RealFrames()
        let basic = try await medianCPUSeconds(5) {
            let fit = try BaSiC.fit(scene.frames)
            _ = try BaSiC.correct(scene.frames, with: fit, keeping: [1])
        }
        let prediction = try networkAnswer(for: scene.labels)
        var found = 0
        let masks = await medianCPUSeconds(5) {
            let labels = Cellpose.labels(from: prediction, Cellpose.MaskOptions(iterations: Cellpose.iterations(rescale: 1)))
            found = Cellpose.outlines(of: Cellpose.removingEdgeObjects(labels)).count
        }
        let crops = try await medianCPUSeconds(5) { try cropAll(scene) }
        return [
            Measurement(
                name: "BaSiC, 3 frames", value: basic, unit: "CPU s", goal: .atMost(0.35),
                how: "fit of 3 frames, correction of one; median of 5 (the original: 1.8)"),
            Measurement(
                name: "dynamics, masks, QC, edges, outlines", value: masks, unit: "CPU s", goal: .atMost(0.4),
                how: "flows of \(scene.count) real nuclei with noise, \(found) kept; median of 5 (the original: 2.2)"),
            Measurement(
                name: "one crop, cut, normalised and resized", value: 1000 * crops / Double(scene.count), unit: "CPU ms",
                how: "128 to 224 pixels, 3 channels; mean of \(scene.count)"),
        ]
    }

    /// Five times the flows of `labels` and a logit of ±5, all with noise of the size that a trained network's answers have.
    private static func networkAnswer(for labels: LabelImage) throws -> Cellpose.Prediction {
        let flows = Cellpose.flows(of: labels)
        var noise = SeededGenerator(seed: 1)
        func noisy(_ value: Double) -> Float { Float(value + Double.random(in: -0.5...0.5, using: &noise)) }
        return try Cellpose.Prediction(
            flowY: flows.y.map { noisy(5 * $0) }, flowX: flows.x.map { noisy(5 * $0) }, cellProbability: labels.map { noisy($0 > 0 ? 5 : -5) })
    }

    private static func cropAll(_ scene: RealFrames) throws {
        let image = scene.frames[0].map(Float.init)
        let outlines = Cellpose.outlines(of: scene.labels)
        let geometry = CropGeometry(boxSize: 128, inputSize: 224, nominalHeight: image.height, nominalWidth: image.width)
        var crop = [Float](repeating: 0, count: geometry.valuesPerCrop)
        var target = crop.mutableSpan
        for index in 0..<outlines.count {
            guard let center = outlines.center(of: index) else { continue }
            _ = DeepProfilerCrops.write([CropCenter(x: center.x, y: center.y)], of: image, geometry: geometry, mask: nil, into: &target)
        }
    }
}
