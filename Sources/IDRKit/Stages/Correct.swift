import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRRecord

/// The wanted frames of one channel, corrected where the plan says so.
struct CorrectedChannel: Sendable {
    let planes: [PixelPlane]
    /// nil where nothing was corrected.
    let record: CorrectionRecord?
    /// Of each plane.
    let digests: [Digest]

    init(planes: [PixelPlane], record: CorrectionRecord?) throws(IDRError) {
        self.planes = planes
        self.record = record
        var digests: [Digest] = []
        for plane in planes { digests.append(try PlaneDigest.sha256(of: plane)) }
        self.digests = digests
    }
}

/// Illumination correction of one channel's frames.
struct CorrectExecutor: StageExecutor {
    static let stage = Stage.correct
    static let kernels = [Kernel(1, since: "0.1.0"), Kernel(2, since: "0.2.0", of: "frames of more than 8 bits")]

    struct Input: Sendable {
        var channel: FetchedChannel
        /// The penalties that every movie uses; nil: each movie has its own.
        var penalties: BaSiC.Penalties?
        /// Whether frames of more than 8 bits stay floating point, see ``FieldImages/deepType(of:plan:)``.
        var isDeep = false
    }

    init(loading resolution: Resolution) {}

    /// One a channel: each is corrected by itself.
    static func keys(of image: ImageRecord, _ keys: StageKeys) throws(IDRError) -> [StageKey] {
        let plan = keys.plan.plan
        var all: [StageKey] = []
        for channel in image.channels {
            let planes = image.input.planes.filter { $0.index.channel == channel.number }
            let kept = planes.indices.filter { planes[$0].index.field == image.field && plan.frames.contains(planes[$0].index.frame) }
            let penalties = plan.correction?.behaviour == .compat ? channel.correction?.penalties : nil
            let digest = try SHA256.digest(of: planes.map(\.sha256.hex).joined(separator: " "))
            all.append(
                // Frames of 8 bits have the numbers that they always had.
                keys.key(Self.self, ["planes": digest], kernel: channel.pixelType == nil ? 1 : nil) { settings in
                    settings["frames kept"] = kept.map(String.init).joined(separator: " ")
                    settings["illumination penalties"] = penalties.map { "\($0.flatfield) \($0.darkfield)" } ?? "each movie's own"
                })
        }
        return all
    }

    func parts(of images: FieldImages) throws -> [StagePart<Input>] {
        try images.channels.all.enumerated().map { place, number in
            StagePart(
                input: Input(
                    channel: try images.fetched.channel(number), penalties: images.penalties, isDeep: images.deepChannels.contains(number)),
                images: Array(images.images.indices),
                key: place, channel: number)
        }
    }

    func run(_ input: Input) throws -> CorrectedChannel { try Self.fitted(input).channel }

    func fits(_ value: CorrectedChannel, _ input: Input) -> Bool {
        value.planes.count == input.channel.kept.count && value.planes.allSatisfy { ($0.pixelType == .float32) == input.isDeep }
    }

    func digests(of value: CorrectedChannel, position: Int) -> [Artifact: Digest] { [.frames: value.digests[position]] }

    func give(_ value: CorrectedChannel, _ part: StagePart<Input>, to images: inout FieldImages) {
        guard let number = part.channel else { return }
        images.frames[number] = value
        for position in part.images {
            let channels = images.images[position].record.channels.indices.filter { images.images[position].record.channels[$0].number == number }
            for channel in channels { images.images[position].record.channels[channel].correction = value.record }
        }
    }

    /// The wanted frames, corrected, with what they were corrected with: each 8-bit, scaled by the maximum of all frames that were fitted together,
    /// or 32-bit floating point in the unit of the pixels.
    static func fitted(_ input: Input) throws(IDRError) -> (channel: CorrectedChannel, fit: BaSiC.Fit) {
        switch try PixelStack(input.channel.planes) {
        case .uint8(let planes): try run(planes, input)
        case .uint16(let planes): try run(planes, input)
        case .float32(let planes): try run(planes, input)
        }
    }

    /// The penalties that these frames give.
    static func penalties(of fetched: FetchedChannel) throws(IDRError) -> BaSiC.Penalties? {
        switch try PixelStack(fetched.planes) {
        case .uint8(let planes): try BaSiC.penalties(of: planes)
        case .uint16(let planes): try BaSiC.penalties(of: planes)
        case .float32(let planes): try BaSiC.penalties(of: planes)
        }
    }

    private static func run<Pixel: BaSiC.Intensity>(_ planes: [Plane<Pixel>], _ input: Input) throws(IDRError) -> (CorrectedChannel, BaSiC.Fit) {
        let fit = try BaSiC.fit(planes, penalties: input.penalties)
        let kept = input.channel.kept
        let corrected =
            input.isDeep
            ? try BaSiC.correctDeep(planes, with: fit, keeping: kept).map(PixelPlane.float32)
            : try BaSiC.correct(planes, with: fit, keeping: kept).map(PixelPlane.uint8)
        let record = CorrectionRecord(
            status: fit.status.description, flatfieldPenalty: fit.penalties?.flatfield, darkfieldPenalty: fit.penalties?.darkfield,
            reweightings: fit.reweightings)
        return (try CorrectedChannel(planes: corrected, record: record), fit)
    }
}

extension CorrectionRecord {
    /// Whether the fit ended as it does on most movies: PyBaSiC, too, mostly uses all its reweightings.
    var isUsual: Bool { [BaSiC.Status.converged, .iterationLimit(.reweighting)].contains { $0.description == status } }
}

extension CorrectionRecord {
    /// The penalties that the fit had.
    var penalties: BaSiC.Penalties? {
        flatfieldPenalty.flatMap { flatfield in darkfieldPenalty.map { BaSiC.Penalties(flatfield: flatfield, darkfield: $0) } }
    }
}

/// Planes of one number type.
private enum PixelStack {
    case uint8([Plane<UInt8>])
    case uint16([Plane<UInt16>])
    case float32([Plane<Float>])

    init(_ planes: [PixelPlane]) throws(IDRError) {
        let bytes = planes.compactMap { if case .uint8(let plane) = $0 { plane } else { nil } }
        let words = planes.compactMap { if case .uint16(let plane) = $0 { plane } else { nil } }
        let floats = planes.compactMap { if case .float32(let plane) = $0 { plane } else { nil } }
        if bytes.count == planes.count {
            self = .uint8(bytes)
        } else if words.count == planes.count {
            self = .uint16(words)
        } else if floats.count == planes.count {
            self = .float32(floats)
        } else {
            throw IDRError(.invalidInput, "the frames of one channel have different number types")
        }
    }
}

extension CorrectedChannel: StageValue {
    private struct Facts: Codable {
        var record: CorrectionRecord
        var type: PixelType
        var height: Int
        var width: Int
        var planes: Int
    }

    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        guard let record, let first = planes.first else { return bytes }
        try bytes.append(facts: Facts(record: record, type: first.pixelType, height: first.height, width: first.width, planes: planes.count))
        for plane in planes { try plane.withPixelBytes { bytes.append(raw: $0) } }
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let facts = reader.facts(Facts.self), facts.height > 0, facts.width > 0, facts.planes > 0 else { return nil }
        let (pixels, isTooMany) = facts.height.multipliedReportingOverflow(by: facts.width)
        guard !isTooMany, pixels < 1 << 40 else { return nil }
        var planes: [PixelPlane] = []
        for _ in 0..<facts.planes {
            guard let bytes = reader.bytes(), bytes.count == pixels * facts.type.bytes else { return nil }
            planes.append(PixelPlane(facts.type, height: facts.height, width: facts.width, bytes: bytes))
        }
        guard let channel = try? CorrectedChannel(planes: planes, record: facts.record) else { return nil }
        self = channel
    }
}
