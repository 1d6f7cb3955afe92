import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRRecord

/// The measurements of one image's nuclei.
struct MeasuredImage: Sendable {
    /// Of ``values``' columns.
    var names: [String]
    /// `[nucleus, feature]`.
    var values: [Double]
    /// Centres of the masks, in pixels.
    var x: [Double]
    var y: [Double]

    var rowCount: Int { x.count }

    /// `[nucleus, feature]` of measurements and other features, side by side; nil where there are no nuclei.
    /// - Parameter others: `[nucleus, feature]`.
    func features(besides others: [Float]?) -> [Float]? {
        guard rowCount > 0 else { return nil }
        let width = (others?.count ?? 0) / rowCount
        var all: [Float] = []
        all.reserveCapacity(rowCount * (names.count + width))
        for row in 0..<rowCount {
            all += values[row * names.count..<(row + 1) * names.count].map { Float($0) }
            if let others { all += others[row * width..<(row + 1) * width] }
        }
        return all
    }

    /// The columns of a table that are named here, and not with what it says of places anyway.
    static func names(channels: [String]) -> [String] { CellProfiler.columnNames(channels: channels).filter { !places.contains($0) } }

    fileprivate static let places = ["Location_Center_X", "Location_Center_Y"]
}

/// CellProfiler's measurements of one image's nuclei.
struct MeasureExecutor: StageExecutor {
    static let stage = Stage.measure
    static let kernels = [Kernel(1, since: "0.1.0")]

    struct Input: Sendable {
        var labels: LabelImage
        var channels: [(name: String, plane: PixelPlane, fullScale: Float)]
        var nuclei: Int
    }

    init(loading resolution: Resolution) {}

    static func keys(of image: ImageRecord, _ keys: StageKeys) throws(IDRError) -> [StageKey] {
        let measured = image.channels.filter { $0.isMeasured == true }
        let frames = measured.compactMap { image.digests[.frames, channel: $0.number]?.hex }.joined(separator: " ")
        return [
            keys.key(Self.self, ["frames": try SHA256.digest(of: frames), "label image": image.digests[.labels]]) { settings in
                settings["channels"] = measured.map(\.name).joined(separator: "; ")
                if measured.contains(where: { $0.pixelType != nil }) {
                    settings["pixels"] = measured.map { $0.pixelType ?? "8 bits" }.joined(separator: "; ")
                }
            }
        ]
    }

    func parts(of images: FieldImages) throws -> [StagePart<Input>] {
        let roles = images.channels
        return try images.open.map { position, image in
            guard let nuclei = image.nuclei else { throw IDRError(.invalidPlan, "an image is measured before its nuclei are found") }
            let channels = try roles.measured.map { number in
                // What was corrected as floating point still counts from the brightest that the pixels' own type holds.
                let isDeep = try images.deepChannels.contains(number) && images.fetched.channel(number).planes.first?.pixelType == .uint16
                return (name: roles.name(of: number), plane: try images.plane(number, position), fullScale: Float(isDeep ? 65535 : 1))
            }
            return StagePart(input: Input(labels: nuclei.labels, channels: channels, nuclei: nuclei.outlines.count), images: [position])
        }
    }

    func run(_ input: Input) throws -> MeasuredImage {
        let channels = input.channels.map { name, plane, fullScale in
            switch plane {
            case .uint8(let plane): CellProfiler.Channel(name, plane)
            case .uint16(let plane): CellProfiler.Channel(name, plane)
            case .float32(let plane): CellProfiler.Channel(name, plane, fullScale: fullScale)
            }
        }
        let measured = try CellProfiler.measure(input.labels, in: channels)
        let columns = measured.columns.filter { !MeasuredImage.places.contains($0.name) }
        let rows = measured.labels.indices
        let centres = MeasuredImage.places.map { place in measured.columns.first { $0.name == place }?.values ?? [] }
        return MeasuredImage(
            names: columns.map(\.name), values: rows.flatMap { row in columns.map { $0.values[row] } }, x: centres[0], y: centres[1])
    }

    func fits(_ value: MeasuredImage, _ input: Input) -> Bool {
        value.rowCount == input.nuclei && value.names == MeasuredImage.names(channels: input.channels.map(\.name))
    }

    func digests(of value: MeasuredImage, position: Int) throws -> [Artifact: Digest] {
        var hasher = try SHA256()
        try hasher.update(values: Array(value.names.joined(separator: "\n").utf8))
        for values in [value.values, value.x, value.y] { try hasher.update(values: values) }
        return [.measurements: try hasher.finish()]
    }

    func columns(of image: ImageRecord) -> [String] {
        MeasuredImage.names(channels: image.channels.filter { $0.isMeasured == true }.map(\.name))
    }

    func give(_ value: MeasuredImage, _ part: StagePart<Input>, to images: inout FieldImages) {
        for position in part.images {
            images.images[position].measured = value
            images.images[position].record.cells = value.rowCount
        }
    }
}

extension MeasuredImage: StageValue {
    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        try bytes.append(facts: names)
        for numbers in [values, x, y] { bytes.append(numbers) }
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let names = reader.facts([String].self), let values = reader.numbers(like: 0.0), let x = reader.numbers(like: 0.0),
            let y = reader.numbers(like: 0.0), x.count == y.count, values.count == x.count * names.count
        else { return nil }
        self.init(names: names, values: values, x: x, y: y)
    }
}
