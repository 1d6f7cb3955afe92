import IDRFiles
package import IDRImaging
package import IDRPlan

/// Cellpose 2.1.0 on one grey image: a network of the CPnet architecture, its size model, and the steps between them.
///
/// Reproduces `CellposeModel.eval` and `SizeModel.eval` for `channels=[0, 0]` and one network (`net_avg=False`).
/// All functions are synchronous and may be called from several threads at once.
package final class CellposeSegmenter: Sendable {
    private let network: CellposeNetwork
    private let sizeModel: SizeModelWeights?

    /// - Parameter sizeModel: needed only to estimate diameters.
    package init(network: CellposeNetwork, sizeModel: SizeModelWeights?) {
        self.network = network
        self.sizeModel = sizeModel
    }

    /// Diameter in pixels that objects have at the network's own scale.
    package var meanDiameter: Double { network.meanDiameter }

    /// What one pass of the network gives.
    package struct Pass: Sendable {
        /// On the grid that the network saw.
        package let prediction: Cellpose.Prediction
        /// Of unit length.
        package let style: [Float]
        /// Size of the network's grid over the image's.
        package let rescale: Double
    }

    /// Runs the network over the tiles of `image`, resized by `rescale`.
    /// - Parameter image: normalised, see `Cellpose.normalized`.
    package func predict(_ image: Plane<Float>, rescale: Double, _ tiling: Cellpose.Tiling = .published) throws(IDRError) -> Pass {
        let layout = Self.layout(of: image, rescale: rescale, tiling)
        let input = rescale == 1 ? image : Cellpose.resizedLinear(image, height: layout.height, width: layout.width)
        var blend = Cellpose.TileBlend(layout, channels: 3)
        var style = Cellpose.StyleMean()
        for group in Self.groups(of: layout) {
            let answers = try Cores.map(group.count) { [network] index throws(IDRError) in
                try network.run(layout.tile(group[group.startIndex + index], of: input), isLocal: tiling == .large)
            }
            for (index, answer) in zip(group, answers) {
                blend.add(answer.output.span, tile: index)
                style.add(answer.style)
            }
        }
        let planes = blend.averaged()
        let prediction = try Cellpose.Prediction(flowY: planes[0], flowX: planes[1], cellProbability: planes[2])
        return Pass(prediction: prediction, style: style.normalized(), rescale: rescale)
    }

    /// The tiles in which the network sees `image`.
    package static func layout(of image: Plane<Float>, rescale: Double, _ tiling: Cellpose.Tiling) -> Cellpose.TileLayout {
        guard rescale != 1 else { return Cellpose.TileLayout(height: image.height, width: image.width, tiling) }
        return Cellpose.TileLayout(
            height: Cellpose.scaledSide(image.height, rescale: rescale), width: Cellpose.scaledSide(image.width, rescale: rescale), tiling)
    }

    /// The style of `image` at its own scale, as ``predict(_:rescale:_:)`` gives it.
    /// - Parameter image: normalised.
    package func style(of image: Plane<Float>, _ tiling: Cellpose.Tiling = .published) throws(IDRError) -> [Float] {
        let layout = Self.layout(of: image, rescale: 1, tiling)
        var style = Cellpose.StyleMean()
        for group in Self.groups(of: layout) {
            let styles = try Cores.map(group.count) { [network] index throws(IDRError) in
                try network.style(of: layout.tile(group[group.startIndex + index], of: image))
            }
            for answer in styles { style.add(answer) }
        }
        return style.normalized()
    }

    /// Tiles whose answers are in memory at the same time.
    private static func groups(of layout: Cellpose.TileLayout) -> [Range<Int>] {
        let most = 16
        return stride(from: 0, to: layout.tiles.count, by: most).map { $0..<min($0 + most, layout.tiles.count) }
    }

    /// An estimated diameter: the size model's first guess, and its refinement on the masks of a second pass.
    package struct DiameterEstimate: Sendable, Hashable {
        /// From the style of the whole image, in pixels.
        package let fromStyle: Double
        /// Median diameter of the masks found with that guess, in pixels; the network's own where none is found.
        package let refined: Double
        /// How many masks that was.
        package let objects: Int
        /// The style of the first pass.
        package let style: [Float]
    }

    /// Estimates the diameter of the objects in `image` (normalised): a pass of the encoder, and one of the whole network at the scale that it asks for.
    package func estimateDiameter(_ image: Plane<Float>, _ tiling: Cellpose.Tiling = .published) throws(IDRError) -> DiameterEstimate {
        guard let sizeModel else {
            throw IDRError(
                .missing, "the diameter cannot be estimated", because: "this network has no size model",
                fix: "give the diameter, .segment(diameter: ...), or a size model, .segment(sizeModel: .path(\"....npy\"))")
        }
        let style = try style(of: image, tiling)
        let guess = try sizeModel.diameter(style: style)
        let pass = try predict(image, rescale: meanDiameter / guess, tiling)
        let options = Cellpose.MaskOptions.sizePass(iterations: Cellpose.iterations(rescale: pass.rescale))
        let labels = Cellpose.labels(from: pass.prediction, options, size: (image.height, image.width))
        let median = Cellpose.medianDiameter(of: labels)
        return DiameterEstimate(fromStyle: guess, refined: median > 0 ? median : meanDiameter, objects: Int(labels.pixels.max() ?? 0), style: style)
    }

    /// The objects of `image` (normalised): labels 1...n, those at the border included.
    /// - Parameter diameter: of the objects, in pixels.
    package func segment(
        _ image: Plane<Float>, diameter: Double, flowThreshold: Double = 0.8, cellProbabilityThreshold: Double = 0,
        _ tiling: Cellpose.Tiling = .published
    ) throws(IDRError) -> LabelImage {
        try segment(
            image, from: predict(image, rescale: meanDiameter / diameter, tiling), flowThreshold: flowThreshold,
            cellProbabilityThreshold: cellProbabilityThreshold)
    }

    /// The objects of `image` from a pass that was made before.
    package func segment(
        _ image: Plane<Float>, from pass: Pass, flowThreshold: Double = 0.8, cellProbabilityThreshold: Double = 0
    ) throws(IDRError) -> LabelImage {
        var options = Cellpose.MaskOptions(iterations: Cellpose.iterations(rescale: pass.rescale))
        options.flowThreshold = flowThreshold
        options.cellProbabilityThreshold = Float(cellProbabilityThreshold)
        let prediction = pass.rescale == 1 ? pass.prediction : pass.prediction.resized(height: image.height, width: image.width)
        return Cellpose.labels(from: prediction, options)
    }
}

extension SizeModelWeights {
    /// The diameter that a style speaks of, in pixels, at least 5.
    func diameter(style: [Float]) throws(IDRError) -> Double {
        guard style.count == A.count else {
            throw IDRError(
                .invalidInput, "the size model does not belong to this network",
                because: "the network's style has \(style.count) numbers and the size model takes \(A.count)",
                fix: "use the size model that was trained with the network")
        }
        return SizeModel.diameter(style: style.map(Double.init), A: A, smean: smean, ymean: ymean, diamMean: diamMean)
    }
}
