import IDRFiles
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan

/// The features of one image's nuclei.
struct ProfiledImage: Sendable {
    /// `[nucleus, channel, feature]`; nil where there are no nuclei, as DeepProfiler writes no file then.
    var features: [Float]?
    /// Nuclei that lack features (NaN) because a crop of theirs is constant.
    var undefined: Int
    /// See ``StageDigests/crops``.
    var cropsDigest: String
}

/// Deep features of one image's nuclei.
struct ProfileExecutor: Sendable {
    /// Raise it whenever a change gives this stage other numbers, the way its network is read and built included: results that were kept
    /// before count no more.
    static let kernelVersion = 1

    /// Crops that go through the network together. EfficientNet-B0 on one core was measured fastest with one or two (63, 62 crops a second;
    /// 52 with 16), and two take the least memory. Results do not depend on it.
    static let cropsPerPass = 2

    let network: FeatureNetwork
    let configuration: DeepProfilerConfig?

    /// - Parameters:
    ///   - channels: one plane each. Every channel is an image of its own; features are put side by side, channel after channel, as DeepProfiler does.
    ///   - centers: of the nuclei, in pixels.
    func profile(_ channels: [PixelPlane], labels: LabelImage, centers: [CropCenter]) throws -> ProfiledImage {
        var crops = try SHA256()
        guard !centers.isEmpty else { return ProfiledImage(features: nil, undefined: 0, cropsDigest: try crops.finish()) }
        var parts: [[Float]] = []
        var isUndefined = [Bool](repeating: false, count: centers.count)
        for plane in channels {
            let (features, undefined) = try profile(plane, labels: labels, centers: centers, &crops)
            parts.append(features)
            for (nucleus, flag) in undefined.enumerated() where flag { isUndefined[nucleus] = true }
        }
        let undefined = isUndefined.count { $0 }
        let count = network.featureCount
        let features =
            parts.count == 1 ? parts[0] : centers.indices.flatMap { nucleus in parts.flatMap { $0[nucleus * count..<(nucleus + 1) * count] } }
        return ProfiledImage(features: features, undefined: undefined, cropsDigest: try crops.finish())
    }

    /// Whether `image` can be the result of so many nuclei and channels.
    func isResult(_ image: ProfiledImage, of nuclei: Int, channels: Int) -> Bool {
        nuclei == 0 ? image.features == nil : image.features?.count == nuclei * channels * network.featureCount
    }

    /// `[nucleus, feature]` of one channel, and for each nucleus whether its crop is constant.
    private func profile(
        _ plane: PixelPlane, labels: LabelImage, centers: [CropCenter], _ digest: inout SHA256
    ) throws -> ([Float], undefined: [Bool]) {
        try checkSize(plane)
        let geometry = CropGeometry(
            boxSize: configuration?.boxSize ?? 128, inputSize: network.inputSize,
            nominalHeight: configuration?.height ?? plane.height, nominalWidth: configuration?.width ?? plane.width)
        let image = plane.asFloat()
        let mask = configuration?.maskObjects == true ? ObjectMask(labels) : nil
        var features: [Float] = []
        features.reserveCapacity(centers.count * network.featureCount)
        var undefined: [Bool] = []
        for start in stride(from: 0, to: centers.count, by: Self.cropsPerPass) {
            let part = Array(centers[start..<min(start + Self.cropsPerPass, centers.count)])
            var crops = [Float](repeating: 0, count: part.count * geometry.valuesPerCrop)
            var target = crops.mutableSpan
            undefined += DeepProfilerCrops.write(part, of: image, geometry: geometry, mask: mask, into: &target)
            let single = geometry.inputSize * geometry.inputSize
            // The three planes of a crop are copies of one another.
            for crop in part.indices { try digest.update(values: crops[crop * geometry.valuesPerCrop..<crop * geometry.valuesPerCrop + single]) }
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
