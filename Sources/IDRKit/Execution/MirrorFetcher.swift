import Foundation
import IDRData
import IDRImaging
import IDRPlan
import IDRProvenance

/// Reads planes from the movies of a local mirror.
struct MirrorFetcher: FrameFetcher {
    /// Folder that movies' paths are relative to.
    let studyFolder: String

    func fetch(_ request: FrameRequest) async throws -> FetchedFrames {
        let well = request.well
        let path = "\(studyFolder)/\(well.movie)"
        do {
            guard FileManager.default.fileExists(atPath: path) else {
                throw IDRError(
                    .missing, "the mirror has no movie of this well", because: "there is no such file",
                    fix: "put the movie there, or leave the well out with .excluding(wells: \"\(well.plate)/\(well.well)\")")
            }
            let movie = try await CellH5Movie(reading: path)
            let context = try Self.context(of: request, in: movie.extent.frames)
            var planes: [PixelPlane] = []
            for frame in context.frames { planes.append(try await movie.plane(PlaneIndex(frame: frame))) }
            return FetchedFrames(
                frames: context.frames, kept: context.kept, planes: planes,
                input: InputRecord(file: try FileDigest(file: path, name: well.movie), source: "mirror", frames: context.frames))
        } catch let error as IDRError {
            throw error.at("plate \(well.plate)", "well \(well.well)", well.movie)
        }
    }

    /// The wanted frames, with those that BaSiC needs beside them.
    private static func context(of request: FrameRequest, in count: Int) throws(IDRError) -> (frames: [Int], kept: [Int]) {
        // The rule also says which frames exist, so it is asked in any case.
        let context = try BaSiC.contextFrames(frames: request.frames, count: count)
        return request.withContext ? (Array(context.frames), context.kept) : (request.frames, Array(request.frames.indices))
    }
}
