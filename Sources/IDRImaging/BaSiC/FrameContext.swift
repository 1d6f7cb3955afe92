package import IDRPlan

extension BaSiC {
    /// Which frames of a movie are read to correct some of them, and which of those are kept.
    package struct FrameContext: Sendable, Hashable, Codable {
        /// Frames to read, 1-based.
        package var frames: ClosedRange<Int>
        /// Where in `frames` (0-based, the index into the stack that was read) the wanted frames lie, in the order they were asked for.
        package var kept: [Int]
        /// False where the published pipeline fails for want of frames on either side, and this uses those that exist.
        package var isPublishedRule: Bool
    }

    /// The published pipeline's choice of frames for one frame of a movie.
    ///
    /// Frame f and the two after it are read, and the first is kept; near the movie's end, frame f and the two before it, and the
    /// last is kept. Where neither exists (frame 2 of 3, and movies of one or two frames) the published pipeline fails; here the
    /// up to three frames that exist are read (`isPublishedRule` is false).
    /// - Parameters:
    ///   - frame: 1-based.
    ///   - count: frames of the movie.
    ///   - isCompat: whether a movie of one or two frames gives the frame alone, as in the published pipeline.
    /// - Throws: ``IDRError`` where the movie has no such frame; it says the valid range.
    package static func contextFrames(frame: Int, count: Int, isCompat: Bool = false) throws(IDRError) -> FrameContext {
        try check(frame, count: count)
        if isCompat, count < 3 { return FrameContext(frames: frame...frame, kept: [0], isPublishedRule: true) }
        if count - frame >= 2 { return FrameContext(frames: frame...frame + 2, kept: [0], isPublishedRule: true) }
        if frame > 2 { return FrameContext(frames: frame - 2...frame, kept: [2], isPublishedRule: true) }
        return FrameContext(frames: 1...count, kept: [frame - 1], isPublishedRule: false)
    }

    /// The frames for several wanted frames of one movie, which the published pipeline corrects with all its frames at once.
    /// A single wanted frame has the context of ``contextFrames(frame:count:)``.
    package static func contextFrames(frames: [Int], count: Int, isCompat: Bool = false) throws(IDRError) -> FrameContext {
        guard let first = frames.first else { throw IDRError(.invalidPlan, "no frame is named") }
        if frames.count == 1 { return try contextFrames(frame: first, count: count, isCompat: isCompat) }
        for frame in frames { try check(frame, count: count) }
        return FrameContext(frames: 1...count, kept: frames.map { $0 - 1 }, isPublishedRule: true)
    }

    private static func check(_ frame: Int, count: Int) throws(IDRError) {
        guard count > 0 else { throw IDRError(.invalidInput, "the movie has no frames") }
        guard 1...count ~= frame else {
            throw IDRError(
                .invalidPlan, "frame \(frame) does not exist",
                because: count == 1 ? "the movie has one frame, frame 1" : "the movie has \(count) frames, so valid frames are 1...\(count)",
                fix: "choose a frame in that range")
        }
    }
}
