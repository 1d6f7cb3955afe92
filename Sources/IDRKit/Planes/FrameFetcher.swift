package import IDRFormats
package import IDRPlan
package import IDRRecord

/// Where pixels come from. Every plane that a run reads goes through this one protocol, whose request and answer are plain values:
/// another process can serve it.
package protocol FrameFetcher: Sendable {
    /// Reads the planes that `request` needs, verified: what is returned was decoded from complete chunks or files.
    func fetch(_ request: FrameRequest) async throws -> FetchedFrames
}

/// The planes that one field of one well needs.
package struct FrameRequest: Codable, Sendable, Hashable {
    var well: WellReference
    /// 1-based.
    package var field: Int
    /// 1-based frames to profile, ascending.
    package var frames: [Int]
    /// 1-based.
    var slice: Int
    package var channels: WantedChannels
    /// What the study's table says of the channels.
    var channelLabels: [String]
    /// Whether the images are needed that BaSiC fits along with the wanted ones.
    package var withContext: Bool
    /// Whether those are the published pipeline's also for movies of one or two frames.
    package var isCompat: Bool
    /// Whether its images are rows of a batch, and not looked at for a value that images share.
    package var isForRows = false

    /// What `plan` needs of field `field` of `well`.
    package init(_ well: WellReference, field: Int, of resolved: ResolvedPlan, channels: WantedChannels) {
        let plan = resolved.plan
        self.well = well
        self.field = field
        frames = plan.frames
        slice = plan.slice
        self.channels = channels
        channelLabels = resolved.channels(of: well.plate)
        withContext = plan.correction != nil
        isCompat = plan.correction?.behaviour == .compat
    }
}

/// One field of one well: a stack of planes a channel.
package struct FetchedFrames: Sendable {
    /// What each channel is for.
    package let channels: ImageChannels
    package var input: InputRecord
    /// The wanted frames that exist, ascending.
    package let frames: [Int]
    /// What there is instead of the others: why they do not exist.
    package let absence: IDRError?
    private let stacks: [Int: FetchedChannel]

    /// - Throws: an ``IDRError`` where a channel that is used has no planes, or not those of `frames`.
    package init(_ stacks: [FetchedChannel], channels: ImageChannels, input: InputRecord, frames: [Int], absence: IDRError? = nil) throws(IDRError) {
        self.frames = frames
        self.absence = absence
        self.stacks = Dictionary(stacks.map { ($0.number, $0) }) { first, _ in first }
        self.channels = channels
        self.input = input
        for number in channels.all where try channel(number).kept.count != frames.count {
            throw IDRError(.invalidInput, "channel \(number) has other frames than were read")
        }
    }

    /// The planes of one channel.
    package func channel(_ number: Int) throws(IDRError) -> FetchedChannel {
        guard let channel = stacks[number] else { throw IDRError(.invalidInput, "no planes of channel \(number) were read") }
        return channel
    }

    /// The same with the segmented channel alone.
    var onlySegmented: FetchedFrames {
        get throws(IDRError) {
            var own = channels
            (own.profiled, own.measured, own.names) = ([], [], own.names.filter { $0.key == channels.segmented })
            return try FetchedFrames([channel(channels.segmented)], channels: own, input: input, frames: frames, absence: absence)
        }
    }

    /// The same with a reason why other frames are not there.
    func lacking(_ absence: IDRError) throws(IDRError) -> FetchedFrames {
        try FetchedFrames(Array(stacks.values), channels: channels, input: input, frames: frames, absence: absence)
    }

    /// In the order of reading.
    package var all: [FetchedChannel] { channels.read.compactMap { stacks[$0] } }
}

/// Planes of one channel that are corrected together.
package struct FetchedChannel: Sendable {
    /// In the file, from 1.
    package var number: Int
    package var planes: [PixelPlane]
    /// Where the wanted frames are among the planes, from 0.
    package var kept: [Int]

    package init(number: Int, planes: [PixelPlane], kept: [Int]) {
        (self.number, self.planes, self.kept) = (number, planes, kept)
    }
}
