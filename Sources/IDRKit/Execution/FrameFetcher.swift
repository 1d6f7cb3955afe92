import IDRData
import IDRPlan
import IDRProvenance

/// Where pixels come from. Every plane that a run reads goes through this one protocol, whose request and answer are plain values:
/// another process can serve it.
protocol FrameFetcher: Sendable {
    /// Reads the frames that `request` needs, verified: what is returned was decoded from a complete file.
    func fetch(_ request: FrameRequest) async throws -> FetchedFrames
}

/// The planes that one well of a plan needs.
struct FrameRequest: Codable, Sendable, Hashable {
    var well: WellReference
    /// 1-based frames to profile, ascending.
    var frames: [Int]
    /// Whether BaSiC's context frames are needed too.
    var withContext: Bool

    /// What `plan` needs of `well`.
    init(_ well: WellReference, of plan: Plan) {
        self.well = well
        frames = plan.frames
        withContext = plan.correction != nil
    }
}

/// Planes of one movie, in ascending frame order.
struct FetchedFrames: Sendable {
    /// 1-based.
    var frames: [Int]
    /// Where the wanted frames are among them, from 0.
    var kept: [Int]
    var planes: [PixelPlane]
    var input: InputRecord
}
