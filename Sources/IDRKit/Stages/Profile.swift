import IDRFiles
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord
import IDRTables

/// The features of one image's nuclei.
struct ProfiledImage: Sendable {
    /// `[nucleus, channel, feature]`; nil where there are no nuclei, as DeepProfiler writes no file then.
    var features: [Float]?
    /// Nuclei that lack features (NaN) because a crop of theirs is constant.
    var undefined: Int
    /// SHA-256 of all crops, in the order of channels and nuclei, as the network took them.
    var cropsDigest: Digest
}

/// Deep features of one image's nuclei.
struct ProfileExecutor: StageExecutor {
    static let stage = Stage.profile
    static let kernels = [Kernel(1, since: "0.1.0"), Kernel(2, since: "0.2.0", of: "EfficientNet")]

    /// Crops that go through the network together. Results do not depend on it; more were measured no faster and take more memory.
    static let cropsPerPass = 2
    /// Crops that are in memory together, for the cores that are free.
    private static let cropsPerGroup = 64

    struct Input: Sendable {
        /// One plane a channel.
        var planes: [PixelPlane]
        var labels: LabelImage
        /// Of the nuclei, in pixels.
        var centers: [CropCenter]
    }

    let network: FeatureNetwork
    let configuration: DeepProfilerConfig?

    init(loading resolution: Resolution) async throws {
        guard let path = resolution.modelPaths[ModelFiles.featuresRole] else {
            throw IDRError(.invalidPlan, "the plan does not profile", fix: "add .profile()")
        }
        network = try await FeatureNetwork.load(path)
        configuration = resolution.configuration
        if let configured = configuration?.inputSize, configured != network.inputSize {
            throw IDRError(
                .invalidPlan, "the network takes other crops than DeepProfiler's configuration says",
                because: "the network's input is \(network.inputSize) pixels wide, the configuration's \(configured)",
                fix: "use the network that the configuration was written for")
        }
    }

    static func keys(of image: ImageRecord, _ keys: StageKeys) throws(IDRError) -> [StageKey] {
        let profiled = image.channels.filter(\.isProfiled).compactMap { image.digests[.frames, channel: $0.number]?.hex }
        let inputs = ["frames": try SHA256.digest(of: profiled.joined(separator: " ")), "label image": image.digests[.labels]]
        return [keys.key(Self.self, inputs, kernel: kernel(of: keys.plan)) { $0["centres"] = keys.plan.plan.profiling?.behaviour.rawValue }]
    }

    /// Networks of ONNX files are computed as they always were.
    private static func kernel(of plan: ResolvedPlan) -> Int? {
        let network = plan.models.first { $0.role == ModelFiles.featuresRole }
        return network?.name.lowercased().hasSuffix(".onnx") == true ? 1 : nil
    }

    func parts(of images: FieldImages) throws -> [StagePart<Input>] {
        try images.open.map { position, image in
            guard let nuclei = image.nuclei else { throw IDRError(.invalidPlan, "an image is profiled before its nuclei are found") }
            let planes = try images.channels.profiled.map { try images.plane($0, position) }
            let centers = zip(image.locations.x, image.locations.y).map(CropCenter.init)
            return StagePart(input: Input(planes: planes, labels: nuclei.labels, centers: centers), images: [position])
        }
    }

    func run(_ input: Input) throws -> ProfiledImage { try profile(input.planes, labels: input.labels, centers: input.centers) }

    func fits(_ value: ProfiledImage, _ input: Input) -> Bool {
        let count = input.centers.count
        return count == 0 ? value.features == nil : value.features?.count == count * input.planes.count * network.featureCount
    }

    func digests(of value: ProfiledImage, position: Int) throws -> [Artifact: Digest] {
        [.crops: value.cropsDigest, .features: try SHA256.digest(ofValues: value.features ?? [])]
    }

    var model: String? { network.name }

    func columns(of image: ImageRecord) -> [String] {
        ProfileSchema.featureNames(model: network.name, count: network.featureCount * image.channels.count(where: \.isProfiled))
    }

    func give(_ value: ProfiledImage, _ part: StagePart<Input>, to images: inout FieldImages) {
        for position in part.images {
            images.images[position].profiled = value
            images.images[position].record.cells = value.features == nil ? 0 : part.input.centers.count
            images.images[position].record.undefinedCells = value.undefined
        }
    }

    /// - Parameters:
    ///   - channels: one plane each. Every channel is an image of its own; features are put side by side, channel after channel, as DeepProfiler does.
    ///   - centers: of the nuclei, in pixels.
    private func profile(_ channels: [PixelPlane], labels: LabelImage, centers: [CropCenter]) throws -> ProfiledImage {
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
        for group in stride(from: 0, to: centers.count, by: Self.cropsPerGroup) {
            let passes = (min(Self.cropsPerGroup, centers.count - group) + Self.cropsPerPass - 1) / Self.cropsPerPass
            let results = try Cores.map(passes) { [network] pass throws(IDRError) in
                let start = group + pass * Self.cropsPerPass
                let part = Array(centers[start..<min(start + Self.cropsPerPass, centers.count)])
                var crops = [Float](repeating: 0, count: part.count * geometry.valuesPerCrop)
                var target = crops.mutableSpan
                let undefined = DeepProfilerCrops.write(part, of: image, geometry: geometry, mask: mask, into: &target)
                return (crops: crops, undefined: undefined, features: try network.features(of: crops, count: part.count))
            }
            for result in results {
                try digest.update(values: result.crops)
                undefined += result.undefined
                features += result.features
            }
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

extension ProfiledImage: StageValue {
    private struct Facts: Codable {
        var undefined: Int
        var cropsDigest: Digest
        var hasFeatures: Bool
    }

    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        try bytes.append(facts: Facts(undefined: undefined, cropsDigest: cropsDigest, hasFeatures: features != nil))
        bytes.append(features ?? [])
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let facts = reader.facts(Facts.self), let features = reader.numbers(like: Float(0)) else { return nil }
        self.init(features: facts.hasFeatures ? features : nil, undefined: facts.undefined, cropsDigest: facts.cropsDigest)
    }
}
