import IDRData
package import IDRPlan
import IDRProvenance

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
struct FetchedFrames: Sendable {
    /// One a channel: the segmented one first, then those that are profiled, each once.
    var channels: [FetchedChannel]
    /// Where the segmented channel is among ``channels``.
    var segmented: Int
    /// Where the profiled channels are among ``channels``, in the order of their features.
    var profiled: [Int]
    var input: InputRecord

    /// The channels in the order of records: those that are profiled, then the segmented one where it is not among them.
    var order: [Int] { profiled + (profiled.contains(segmented) ? [] : [segmented]) }
}

/// Planes of one channel that are corrected together.
struct FetchedChannel: Sendable {
    /// In the file, from 1.
    var number: Int
    /// What tables and records call it.
    var name: String
    var planes: [PixelPlane]
    /// Where the wanted frames are among the planes, from 0.
    var kept: [Int]
}
