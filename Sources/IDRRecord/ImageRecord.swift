public import IDRPlan

/// One image of a batch: its input and what each stage decided for it.
public struct ImageRecord: Codable, Sendable {
    /// Name of the plate in the study's table.
    public var plate: String
    /// Row letter and column: `A4`.
    public var well: String
    /// Field of view, from 1.
    public var field: Int
    /// Point in time, from 1.
    public var frame: Int
    /// Where the pixels came from.
    public var input: InputRecord
    /// One a channel, in the order of the features; the first is the one that was segmented where it is not among them.
    public var channels: [ChannelRecord]
    /// How nuclei were found.
    public var segmentation: SegmentationRecord
    /// Nuclei profiled: rows in the table.
    public var cells: Int
    /// Rows whose crop was constant: their features are NaN.
    public var undefinedCells: Int
    /// What each stage produced.
    public var digests: StageDigests
    /// Stages whose result was taken from the stage cache, in the order of the pipeline; nil: all were computed. It says how a result was come
    /// by and not what it is, so that no comparison looks at it.
    public var reused: [String]?
    /// SHA-256 of the environment that computed it, where it is not the batch's: an earlier run's, in the batch's `environments`.
    public var environment: Digest?
    /// What a person should know of the image's pixels; nil: nothing.
    public var notes: [String]?

    package init(
        plate: String, well: String, field: Int, frame: Int, input: InputRecord, channels: [ChannelRecord],
        segmentation: SegmentationRecord, cells: Int, undefinedCells: Int,
        digests: StageDigests, reused: [String]? = nil, environment: Digest? = nil, notes: [String]? = nil
    ) {
        self.plate = plate
        self.well = well
        self.field = field
        self.frame = frame
        self.input = input
        self.channels = channels
        self.segmentation = segmentation
        self.cells = cells
        self.undefinedCells = undefinedCells
        self.digests = digests
        self.reused = reused
        self.environment = environment
        self.notes = notes
    }
}

extension ImageRecord {
    private enum CodingKeys: String, CodingKey {
        case plate, well, field, frame, input, channels, segmentation, cells, undefinedCells, digests, reused, environment, notes
    }

    /// An image of a record of any format from 3.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let channels = try values.decode([ChannelRecord].self, forKey: .channels)
        // The two forms have no entry in common: a list of corrected frames is format 3's.
        let old = try? values.decode(StageDigests.Format3.self, forKey: .digests)
        let digests =
            try old.map { try StageDigests($0, channels: channels.map(\.number)) } ?? values.decode(StageDigests.self, forKey: .digests)
        self.init(
            plate: try values.decode(String.self, forKey: .plate), well: try values.decode(String.self, forKey: .well),
            field: try values.decode(Int.self, forKey: .field), frame: try values.decode(Int.self, forKey: .frame),
            input: try values.decode(InputRecord.self, forKey: .input), channels: channels,
            segmentation: try values.decode(SegmentationRecord.self, forKey: .segmentation), cells: try values.decode(Int.self, forKey: .cells),
            undefinedCells: try values.decode(Int.self, forKey: .undefinedCells), digests: digests,
            reused: try values.decodeIfPresent([String].self, forKey: .reused),
            environment: try values.decodeIfPresent(Digest.self, forKey: .environment),
            notes: try values.decodeIfPresent([String].self, forKey: .notes))
    }

    /// In the form of format 3 where that can say all of it.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(plate, forKey: .plate)
        try values.encode(well, forKey: .well)
        try values.encode(field, forKey: .field)
        try values.encode(frame, forKey: .frame)
        try values.encode(input, forKey: .input)
        try values.encode(channels, forKey: .channels)
        try values.encode(segmentation, forKey: .segmentation)
        try values.encode(cells, forKey: .cells)
        try values.encode(undefinedCells, forKey: .undefinedCells)
        if let old = oldDigests { try values.encode(old, forKey: .digests) } else { try values.encode(digests, forKey: .digests) }
        try values.encodeIfPresent(reused, forKey: .reused)
        try values.encodeIfPresent(environment, forKey: .environment)
        try values.encodeIfPresent(notes, forKey: .notes)
    }

    private var oldDigests: StageDigests.Format3? { digests.format3(channels: channels.map(\.number)) }

    /// The lowest format of a batch's record that can hold the image.
    var format: Int {
        if environment != nil { return 5 }
        return oldDigests == nil ? 4 : 3
    }
}

/// A channel of an image, and what was done to it.
public struct ChannelRecord: Codable, Sendable, Hashable {
    /// In the file, from 1.
    public var number: Int
    /// What the study's table says is in it, or its name in the file.
    public var name: String
    /// Whether nuclei were looked for in it.
    public var isSegmented: Bool
    /// Whether nuclei were described in it.
    public var isProfiled: Bool
    /// Whether its intensities were measured; nil where nothing was.
    public var isMeasured: Bool?
    /// How its illumination was corrected; nil where the plan does not correct.
    public var correction: CorrectionRecord?
    /// The number type of its pixels as they were read, `uint16` or `float32`, where its corrected frames are 32-bit floating point in the unit
    /// of those pixels; nil: corrected frames have 8 bits.
    public var pixelType: String?

    package init(
        number: Int, name: String, isSegmented: Bool, isProfiled: Bool, isMeasured: Bool? = nil, correction: CorrectionRecord?,
        pixelType: String? = nil
    ) {
        self.number = number
        self.name = name
        self.isSegmented = isSegmented
        self.isProfiled = isProfiled
        self.isMeasured = isMeasured
        self.correction = correction
        self.pixelType = pixelType
    }
}

/// What BaSiC did to a channel of an image.
public struct CorrectionRecord: Codable, Sendable, Hashable {
    /// `converged`, `ended by the bound of the ... loop`, or `not corrected: ` and why the frame was returned as it is.
    public var status: String
    /// Weight of the flatfield's smoothness in the fit, above 0 and without unit; nil where nothing was fitted.
    public var flatfieldPenalty: Double?
    /// Weight of the darkfield's smoothness in the fit, above 0 and without unit; nil where nothing was fitted.
    public var darkfieldPenalty: Double?
    /// How many times the pixels were weighted anew, from 0.
    public var reweightings: Int

    package init(status: String, flatfieldPenalty: Double?, darkfieldPenalty: Double?, reweightings: Int) {
        self.status = status
        self.flatfieldPenalty = flatfieldPenalty
        self.darkfieldPenalty = darkfieldPenalty
        self.reweightings = reweightings
    }
}

/// How nuclei were found in an image.
public struct SegmentationRecord: Codable, Sendable, Hashable {
    /// Of the nuclei that were looked for, in pixels.
    public var diameter: Double
    /// `given`, `image` (estimated on it) or `plate` (estimated on wells of the plate, which
    /// are in the run's `shared` folder).
    public var diameterSource: String
    /// Nuclei found, before those at the border were left out.
    public var found: Int
    /// Nuclei left, one row each.
    public var kept: Int
    /// The tiles in which the network saw the image; nil: those of the published pipeline, squares of 224 pixels.
    public var tile: TileSize?

    package init(diameter: Double, diameterSource: String, found: Int, kept: Int) {
        self.diameter = diameter
        self.diameterSource = diameterSource
        self.found = found
        self.kept = kept
    }
}

/// The size of a network's tiles, in pixels of the grid that it saw.
public struct TileSize: Codable, Sendable, Hashable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    package init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }
}
