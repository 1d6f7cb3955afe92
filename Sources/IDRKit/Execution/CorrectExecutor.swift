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
    let digests: [String]

    init(planes: [PixelPlane], record: CorrectionRecord?) throws(IDRError) {
        self.planes = planes
        self.record = record
        var digests: [String] = []
        for plane in planes { digests.append(try PlaneDigest.sha256(of: plane)) }
        self.digests = digests
    }
}

/// Illumination correction of one channel's frames.
struct CorrectExecutor: Sendable {
    /// Raise it whenever a change gives this stage other numbers: results that were kept before count no more.
    static let kernelVersion = 1

    /// The penalties that every movie uses; nil: each movie has its own.
    let penalties: BaSiC.Penalties?

    /// The wanted frames, corrected; each is 8-bit, scaled by the maximum of all frames that were fitted together.
    func correct(_ fetched: FetchedChannel) throws(IDRError) -> CorrectedChannel { try fitted(fetched).channel }

    /// The same, with what it was corrected with.
    func fitted(_ fetched: FetchedChannel) throws(IDRError) -> (channel: CorrectedChannel, fit: BaSiC.Fit) {
        switch try PixelStack(fetched.planes) {
        case .uint8(let planes): try run(planes, keeping: fetched.kept)
        case .uint16(let planes): try run(planes, keeping: fetched.kept)
        case .float32(let planes): try run(planes, keeping: fetched.kept)
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

    private func run<Pixel: BaSiC.Intensity>(_ planes: [Plane<Pixel>], keeping kept: [Int]) throws(IDRError) -> (CorrectedChannel, BaSiC.Fit) {
        let fit = try BaSiC.fit(planes, penalties: penalties)
        let corrected = try BaSiC.correct(planes, with: fit, keeping: kept)
        let record = CorrectionRecord(
            status: fit.status.description, flatfieldPenalty: fit.penalties?.flatfield, darkfieldPenalty: fit.penalties?.darkfield,
            reweightings: fit.reweightings)
        return (try CorrectedChannel(planes: corrected.map(PixelPlane.uint8), record: record), fit)
    }
}

extension CorrectionRecord {
    /// Whether the fit ended as it does on most movies: PyBaSiC, too, mostly uses all its reweightings.
    var isUsual: Bool { [BaSiC.Status.converged, .iterationLimit(.reweighting)].contains { $0.description == status } }
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
