import IDRFormats
import IDRImaging
import IDRPlan
import IDRRecord
import IDRTables

/// The images of one field of a well on their way through the stages: one a frame of the plan that exists.
struct FieldImages: Sendable {
    let fetched: FetchedFrames
    /// BaSiC's penalties that all movies share; nil: each movie has its own.
    let penalties: BaSiC.Penalties?
    /// Numbers of the channels whose corrected frames stay floating point.
    let deepChannels: Set<Int>
    /// The wanted frames by the channel's number, corrected where the plan says so.
    var frames: [Int: CorrectedChannel] = [:]
    var images: [ImageInProgress]

    var channels: ImageChannels { fetched.channels }

    /// - Parameter shared: what was decided for these images together with others.
    init(_ fetched: FetchedFrames, of well: WellReference, field: Int, plan: Plan, shared: SharedDecisions) throws {
        self.fetched = fetched
        penalties = shared.penalties
        let roles = fetched.channels
        var types: [Int: PixelType] = [:]
        for number in roles.all { types[number] = try Self.deepType(of: fetched.channel(number), plan: plan) }
        deepChannels = Set(types.keys)
        let channels = roles.all.map { number in
            ChannelRecord(
                number: number, name: roles.name(of: number), isSegmented: number == roles.segmented, isProfiled: roles.profiled.contains(number),
                isMeasured: plan.measuring == nil ? nil : roles.measured.contains(number), correction: shared.correction,
                pixelType: types[number]?.rawValue)
        }
        images = fetched.frames.map { frame in
            ImageInProgress(
                well: well,
                record: ImageRecord(
                    plate: well.plate, well: well.well, field: field, frame: frame, input: fetched.input, channels: channels,
                    segmentation: shared.segmentation, cells: 0, undefinedCells: 0, digests: StageDigests()))
        }
        if plan.correction == nil { try takeFramesAsTheyAre() }
    }

    /// The type of a channel's pixels where they have more than 8 bits and keep them through the correction: 255 levels between black and the
    /// brightest debris or hot pixel would leave a handful to nuclei. `compat` has the published pipeline's 8 bits.
    static func deepType(of channel: FetchedChannel, plan: Plan) -> PixelType? {
        guard plan.correction?.behaviour == .standard, let type = channel.planes.first?.pixelType else { return nil }
        return type == .uint8 ? nil : type
    }

    /// Without correction the planes that were read are the frames.
    private mutating func takeFramesAsTheyAre() throws {
        for number in channels.all {
            let channel = try fetched.channel(number)
            let frames = try CorrectedChannel(planes: channel.kept.map { channel.planes[$0] }, record: nil)
            for position in images.indices { images[position].record.digests[.frames, channel: number] = frames.digests[position] }
            self.frames[number] = frames
        }
    }

    /// Those that have not failed, with their positions.
    var open: [(position: Int, image: ImageInProgress)] { images.enumerated().filter { $0.element.failure == nil }.map { ($0.offset, $0.element) } }

    /// A frame of one channel.
    /// - Parameter position: among those that were read, from 0.
    func plane(_ channel: Int, _ position: Int) throws(IDRError) -> PixelPlane {
        guard let frames = frames[channel], frames.planes.indices.contains(position) else {
            throw IDRError(.invalidInput, "an image lacks a frame of channel \(channel)")
        }
        return frames.planes[position]
    }
}

/// What was decided for an image together with others, before its stages ran.
struct SharedDecisions: Sendable {
    var penalties: BaSiC.Penalties?
    /// nil: each image's own is estimated on it.
    var diameter: Diameter?

    /// As the image's record holds it until the stage has run.
    var segmentation: SegmentationRecord {
        SegmentationRecord(diameter: diameter?.pixels ?? 0, diameterSource: diameter?.source ?? Diameter.ofImage, found: 0, kept: 0)
    }

    var correction: CorrectionRecord? {
        penalties.map { CorrectionRecord(status: "given", flatfieldPenalty: $0.flatfield, darkfieldPenalty: $0.darkfield, reweightings: 0) }
    }
}

/// One image, and what the stages gave so far.
struct ImageInProgress: Sendable {
    let well: WellReference
    /// Grows from stage to stage.
    var record: ImageRecord
    var nuclei: SegmentedImage?
    /// As the tables have them.
    var locations = NucleusLocations()
    /// As files of locations have them.
    var savedLocations = NucleusLocations()
    var measured: MeasuredImage?
    var profiled: ProfiledImage?
    /// Why no stage goes on with it.
    var failure: IDRError?

    var name: ImageName { ImageName(well, field: record.field, frame: record.frame) }

    /// The image's part of the table.
    /// - Parameter channels: the image's.
    func profile(_ channels: ImageChannels) throws(IDRError) -> ImageProfile {
        let ids = ImageProfile.cellIDs(image: name.stem, labels: nuclei?.outlines.labels ?? [])
        var features = profiled?.features
        var locations = locations
        if let measured {
            features = measured.features(besides: features)
            // Of two columns of one name the published tables keep CellProfiler's.
            if measured.rowCount == locations.count { (locations.x, locations.y) = (measured.x, measured.y) }
        }
        return ImageProfile(index: index(channels), locations: locations, cellIDs: ids, features: features)
    }

    /// The values of the published `index.csv`: plate, well, site, plate map name, an image a channel, gene, replicate.
    private func index(_ channels: ImageChannels) -> [String] {
        let (name, numbers) = (self.name, channels.ofTables)
        let images = numbers.map { "\(well.plate)/\(name.stem(channel: numbers.count == 1 ? nil : $0)).tif" }
        return [well.plate, "\(well.wellNumber)_\(name.frame)", "\(name.field)", "\(well.plate)_\(well.wellNumber)"] + images + [well.gene, "1"]
    }
}
