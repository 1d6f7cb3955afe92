import IDRData
import IDRImaging
import IDRModels
import IDRPlan

/// Deep features of one image's nuclei.
struct ProfileExecutor: Sendable {
    /// Crops that go through the network together. EfficientNet-B0 on one core was measured fastest with one or two (63, 62 crops a second;
    /// 52 with 16), and two take the least memory. Results do not depend on it.
    static let cropsPerPass = 2

    let network: FeatureNetwork
    let configuration: DeepProfilerConfig?

    /// - Parameter centers: of the nuclei, in pixels.
    /// - Returns: `[nucleus, feature]` and how many nuclei have no features (NaN) because their crop is constant;
    ///   nil features where there are no nuclei, as DeepProfiler writes no file then.
    func profile(_ plane: PixelPlane, labels: LabelImage, centers: [CropCenter]) throws -> (features: [Float]?, undefined: Int) {
        try checkSize(plane)
        guard !centers.isEmpty else { return (nil, 0) }
        let geometry = CropGeometry(
            boxSize: configuration?.boxSize ?? 128, inputSize: network.inputSize,
            nominalHeight: configuration?.height ?? plane.height, nominalWidth: configuration?.width ?? plane.width)
        let image = plane.asFloat()
        let mask = configuration?.maskObjects == true ? ObjectMask(labels) : nil
        var features: [Float] = []
        features.reserveCapacity(centers.count * network.featureCount)
        var undefined = 0
        for start in stride(from: 0, to: centers.count, by: Self.cropsPerPass) {
            let part = Array(centers[start..<min(start + Self.cropsPerPass, centers.count)])
            var crops = [Float](repeating: 0, count: part.count * geometry.valuesPerCrop)
            var target = crops.mutableSpan
            undefined += DeepProfilerCrops.write(part, of: image, geometry: geometry, mask: mask, into: &target).count { $0 }
            features += try network.features(of: crops, count: part.count)
        }
        return (features, undefined)
    }

    /// A configuration of another size would shift and stretch every crop without a word, as DeepProfiler did at the published commit.
    private func checkSize(_ plane: PixelPlane) throws(IDRError) {
        guard let configuration, (configuration.height, configuration.width) != (plane.height, plane.width) else { return }
        throw IDRError(
            .invalidPlan, "the image has another size than DeepProfiler's configuration says",
            because:
                "the image is \(plane.width) x \(plane.height) pixels, the configuration has width \(configuration.width) and height \(configuration.height)",
            fix: "correct width and height in the configuration, or profile without one")
    }
}
