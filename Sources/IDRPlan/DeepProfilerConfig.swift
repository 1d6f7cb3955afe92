/// The parts of a DeepProfiler configuration that decide the features; the rest of the file is for its training and is not kept.
///
/// It is decoded from DeepProfiler's own JSON and encodes to the same nesting. A value that would make DeepProfiler
/// compute something else than this package does is an error and not ignored.
package struct DeepProfilerConfig: Sendable, Hashable {
    /// The index columns that name the channels' files, in the order in which their features are put side by side.
    package var channels: [String]
    /// The width that boxes are divided by: at DeepProfiler's published version this value, not the image's own width.
    package var width: Int
    /// The height that boxes are divided by; see ``width``.
    package var height: Int
    /// Side of the square around each nucleus, in pixels.
    package var boxSize: Int
    /// Whether pixels of other objects are set to 0.
    package var maskObjects: Bool
    /// Side of the network's input, in pixels (`use_pretrained_input_size`).
    package var inputSize: Int
    /// File name of the network's weights, or nil for DeepProfiler's "None" (weights that come with the network).
    package var checkpoint: String?
    /// Crops per call of the network.
    package var batchSize: Int

    /// A configuration with DeepProfiler's usual values where none is given; sizes in pixels.
    package init(
        channels: [String], width: Int, height: Int, boxSize: Int = 128, maskObjects: Bool = false, inputSize: Int = 224, checkpoint: String? = nil,
        batchSize: Int = 1024
    ) {
        self.channels = channels
        self.width = width
        self.height = height
        self.boxSize = boxSize
        self.maskObjects = maskObjects
        self.inputSize = inputSize
        self.checkpoint = checkpoint
        self.batchSize = batchSize
    }

    /// The name that goes into the column `Metadata_Model` and before the features' numbers.
    package static let modelName = "efficientnet"
    /// The only crop generator, feature layer and mode of locations that give EfficientNet-B0's 1,280 features of single cells.
    static let cropGenerator = "repeat_channel_crop_generator"
    static let featureLayer = "avg_pool"
    static let mode = "single_cells"
}

extension DeepProfilerConfig: Codable {
    /// - Throws: ``IDRError`` that names the entry which is missing, of the wrong type or not supported.
    package init(from decoder: any Decoder) throws {
        let root = try ConfigSection(decoder)
        let images = try root.section("dataset").section("images")
        let locations = try root.section("dataset").section("locations")
        let model = try root.section("train").section("model")
        let profile = try root.section("profile")

        try model.expect("name", DeepProfilerConfig.modelName)
        try model.expect("crop_generator", DeepProfilerConfig.cropGenerator, required: false)
        if model.has("params"), try model.section("params").has("conv_blocks") {
            let version = try model.section("params").integer("conv_blocks", in: 0...7)
            guard version == 0 else {
                throw root.unsupported("train.model.params.conv_blocks", "\(version)", "0, which is EfficientNet-B0")
            }
        }
        try locations.expect("mode", DeepProfilerConfig.mode)
        try profile.expect("feature_layer", DeepProfilerConfig.featureLayer)

        let names = try images.strings("channels")
        guard !names.isEmpty else { throw root.unsupported("dataset.images.channels", "[]", "at least one channel") }
        let weights = try profile.string("checkpoint")
        guard !weights.contains("/"), !weights.contains("..") else {
            throw IDRError(
                .refused, "the DeepProfiler configuration's profile.checkpoint is \"\(weights)\"", because: "it must be a plain file name",
                fix: "put the weights next to the configuration and give their file name")
        }
        self.init(
            channels: names,
            width: try images.integer("width", in: 1...1_000_000),
            height: try images.integer("height", in: 1...1_000_000),
            boxSize: try locations.integer("box_size", in: 2...8192),
            maskObjects: try locations.flag("mask_objects", otherwise: false),
            inputSize: try profile.integer("use_pretrained_input_size", in: 32...2048),
            checkpoint: weights == "None" ? nil : weights,
            batchSize: try profile.integer("batch_size", in: 1...1_000_000, otherwise: 1024))
    }

    /// The same nesting as DeepProfiler's file, with the entries that decide the features.
    package func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: ConfigKey.self)
        var dataset = root.nestedContainer(keyedBy: ConfigKey.self, forKey: "dataset")
        var images = dataset.nestedContainer(keyedBy: ConfigKey.self, forKey: "images")
        try images.encode(channels, forKey: "channels")
        try images.encode(width, forKey: "width")
        try images.encode(height, forKey: "height")
        var locations = dataset.nestedContainer(keyedBy: ConfigKey.self, forKey: "locations")
        try locations.encode(DeepProfilerConfig.mode, forKey: "mode")
        try locations.encode(boxSize, forKey: "box_size")
        try locations.encode(maskObjects, forKey: "mask_objects")
        var train = root.nestedContainer(keyedBy: ConfigKey.self, forKey: "train")
        var model = train.nestedContainer(keyedBy: ConfigKey.self, forKey: "model")
        try model.encode(DeepProfilerConfig.modelName, forKey: "name")
        try model.encode(DeepProfilerConfig.cropGenerator, forKey: "crop_generator")
        var profile = root.nestedContainer(keyedBy: ConfigKey.self, forKey: "profile")
        try profile.encode(inputSize, forKey: "use_pretrained_input_size")
        try profile.encode(DeepProfilerConfig.featureLayer, forKey: "feature_layer")
        try profile.encode(checkpoint ?? "None", forKey: "checkpoint")
        try profile.encode(batchSize, forKey: "batch_size")
    }
}

private struct ConfigKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    init(stringLiteral value: String) { stringValue = value }
}

/// One object of the JSON with its dotted name, so that an error can say which entry it means.
private struct ConfigSection {
    let values: KeyedDecodingContainer<ConfigKey>
    let name: String

    init(_ decoder: any Decoder) throws(IDRError) {
        guard let values = try? decoder.container(keyedBy: ConfigKey.self) else {
            throw IDRError(.invalidInput, "the DeepProfiler configuration is not a JSON object")
        }
        self.init(values: values, name: "")
    }

    private init(values: KeyedDecodingContainer<ConfigKey>, name: String) {
        self.values = values
        self.name = name
    }

    func has(_ key: String) -> Bool { values.contains(ConfigKey(stringValue: key)) }

    func section(_ key: String) throws(IDRError) -> ConfigSection {
        try require(key)
        guard let nested = try? values.nestedContainer(keyedBy: ConfigKey.self, forKey: ConfigKey(stringValue: key)) else {
            throw wrongType(key, "an object")
        }
        return ConfigSection(values: nested, name: path(key))
    }

    func integer(_ key: String, in range: ClosedRange<Int>, otherwise: Int? = nil) throws(IDRError) -> Int {
        if let otherwise, !has(key) { return otherwise }
        let value = try value(key, Int.self, "a whole number")
        guard range.contains(value) else { throw unsupported(path(key), "\(value)", "\(range.lowerBound)...\(range.upperBound)") }
        return value
    }

    func flag(_ key: String, otherwise: Bool) throws(IDRError) -> Bool {
        has(key) ? try value(key, Bool.self, "true or false") : otherwise
    }

    func string(_ key: String) throws(IDRError) -> String { try value(key, String.self, "a string") }

    func strings(_ key: String) throws(IDRError) -> [String] { try value(key, [String].self, "a list of strings") }

    /// Throws unless the entry has the one value that is supported.
    func expect(_ key: String, _ supported: String, required: Bool = true) throws(IDRError) {
        if !required, !has(key) { return }
        let value = try string(key)
        guard value == supported else { throw unsupported(path(key), "\"\(value)\"", "\"\(supported)\"") }
    }

    func unsupported(_ entry: String, _ value: String, _ supported: String) -> IDRError {
        IDRError(
            .invalidPlan, "the DeepProfiler configuration's \(entry) is \(value)", because: "supported: \(supported)",
            fix: "change the entry, or profile with a model of your own")
    }

    private func value<T: Decodable>(_ key: String, _ type: T.Type, _ expected: String) throws(IDRError) -> T {
        try require(key)
        guard let value = try? values.decode(type, forKey: ConfigKey(stringValue: key)) else { throw wrongType(key, expected) }
        return value
    }

    private func require(_ key: String) throws(IDRError) {
        guard has(key) else {
            throw IDRError(.invalidInput, "the DeepProfiler configuration has no \(path(key))", fix: "take example_files/DP_files as a pattern")
        }
    }

    private func wrongType(_ key: String, _ expected: String) -> IDRError {
        IDRError(.invalidInput, "the DeepProfiler configuration's \(path(key)) is not \(expected)")
    }

    private func path(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
}
