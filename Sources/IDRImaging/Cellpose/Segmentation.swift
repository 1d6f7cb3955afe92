extension Cellpose {
    /// How label images are formed from a prediction. The defaults are those of the published pipeline's main pass.
    package struct MaskOptions: Sendable, Hashable {
        /// Steps of the dynamics, see ``Cellpose/iterations(rescale:)``.
        package var iterations: Int
        /// Whether flows are interpolated between pixels.
        package var interpolated = true
        /// Objects with a larger flow error are removed; nil or 0: none.
        package var flowThreshold: Double? = 0.8
        /// Only pixels above this logit move.
        package var cellProbabilityThreshold: Float = 0
        /// Objects of fewer pixels are removed.
        package var minimumArea = 15

        package init(iterations: Int) {
            self.iterations = iterations
        }

        /// The size model's second pass: no interpolation, flow threshold 0.4.
        package static func sizePass(iterations: Int) -> MaskOptions {
            var options = MaskOptions(iterations: iterations)
            options.interpolated = false
            options.flowThreshold = 0.4
            return options
        }
    }

    /// The objects of a prediction: dynamics, masks, removal of bad flows, then filling of holes and removal of small objects.
    ///
    /// - Parameter size: the size of the label image where it is not the prediction's; labels are resized before holes are filled.
    /// - Returns: labels 1...n; all zero where no object is found.
    package static func labels(from prediction: Prediction, _ options: MaskOptions, size: (height: Int, width: Int)? = nil) -> LabelImage {
        let size = size ?? (prediction.height, prediction.width)
        let destinations = followFlows(
            prediction, iterations: options.iterations, interpolated: options.interpolated,
            cellProbabilityThreshold: options.cellProbabilityThreshold)
        guard let destinations else { return LabelImage(height: size.height, width: size.width, repeating: 0) }
        var labels = labels(at: destinations)
        if let threshold = options.flowThreshold, threshold > 0 {
            labels = removingBadFlows(labels, prediction, threshold: threshold)
        }
        labels = resizedNearest(labels, height: size.height, width: size.width)
        return fillingHolesAndRemovingSmall(labels, minimumArea: options.minimumArea)
    }
}
