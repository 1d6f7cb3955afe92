package import IDRFormats
package import IDRPlan
package import IDRRecord

/// Where pixels come from. Every plane that a run reads goes through this one protocol, whose request and answer are plain values:
/// another process can serve it.
protocol FrameFetcher: Sendable {
    /// Reads the planes that `request` needs, verified: what is returned was decoded from complete chunks or files.
    func fetch(_ request: FrameRequest) async throws -> FetchedFrames
}

/// The planes that one field of one well needs.
package struct FrameRequest: Codable, Sendable, Hashable {
    var well: WellReference
    /// 1-based.
    package var field: Int
    /// 1-based frames to profile, ascending.
    var frames: [Int]
    /// 1-based.
    var slice: Int
    /// The channel that is segmented.
    var segmented: Channel
    /// Channels that are profiled, in the order of their features; empty: the one that is segmented.
    var profiled: [Channel]
    /// What the study's table says of the channels.
    var channelLabels: [String]
    /// Whether the images are needed that BaSiC fits along with the wanted ones.
    package var withContext: Bool

    /// What `plan` needs of field `field` of `well`.
    package init(_ well: WellReference, field: Int, of resolved: ResolvedPlan, profiling channels: [Channel]) {
        let plan = resolved.plan
        self.well = well
        self.field = field
        frames = plan.frames
        slice = plan.slice
        segmented = plan.segmentation?.channel ?? 1
        profiled = channels
        channelLabels = resolved.channels
        withContext = plan.correction != nil
    }
}

/// One field of one well: a stack of planes a channel.
package struct FetchedFrames: Sendable {
    /// One a channel: the segmented one first, then those that are profiled, each once.
    package var channels: [FetchedChannel]
    /// Where the segmented channel is among ``channels``.
    package var segmented: Int
    /// Where the profiled channels are among ``channels``, in the order of their features.
    package var profiled: [Int]
    package var input: InputRecord

    package init(channels: [FetchedChannel], segmented: Int, profiled: [Int], input: InputRecord) {
        (self.channels, self.segmented, self.profiled, self.input) = (channels, segmented, profiled, input)
    }

    /// The channels in the order of records: those that are profiled, then the segmented one where it is not among them.
    var order: [Int] { profiled + (profiled.contains(segmented) ? [] : [segmented]) }
}

/// Planes of one channel that are corrected together.
package struct FetchedChannel: Sendable {
    /// In the file, from 1.
    package var number: Int
    /// What tables and records call it.
    package var name: String
    package var planes: [PixelPlane]
    /// Where the wanted frames are among the planes, from 0.
    package var kept: [Int]

    package init(number: Int, name: String, planes: [PixelPlane], kept: [Int]) {
        (self.number, self.name, self.planes, self.kept) = (number, name, planes, kept)
    }
}
