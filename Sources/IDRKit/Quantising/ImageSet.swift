import Foundation
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan

/// Images of nuclei that a network is tried on: a file, or all files below a folder, such as the frames that a record keeps.
struct ImageSet: Sendable {
    /// The last part of its path.
    let name: String
    let images: [Plane<Float>]

    private static let movies = [".ch5", ".h5", ".hdf5"]
    private static let pictures = [".tif", ".tiff"]

    /// Reads the images, normalised as `segmenter` takes them: of movies every frame of every field, first slice; of TIFF files every page.
    /// - Parameters:
    ///   - channel: of movies; from 1.
    ///   - limit: of the images, evenly spaced ones are kept if there are more.
    /// - Throws: ``IDRError`` where there is none, or one cannot be read.
    init(reading path: String, for segmenter: any Segmenter, channel: Int, limit: Int) async throws {
        name = lastPathComponent(of: path)
        var places: [Place] = []
        for file in try Self.files(path) { places += try await Self.places(file, channel: channel) }
        guard !places.isEmpty else {
            throw IDRError(
                .missing, "there is no image", at: [path], because: "images are read from \(Self.endings.joined(separator: ", ")) files",
                fix: "give such a file, or a folder of them; of a run, keep its frames: idrscript run ... --keep frames")
        }
        let wanted = min(limit, places.count)
        var images: [Plane<Float>] = []
        // Images of floats are taken for a run's corrected frames.
        for index in 0..<wanted { images.append(segmenter.normalized(try await places[index * places.count / wanted].read(), isCorrected: true)) }
        self.images = images
    }

    private static var endings: [String] { movies + pictures }

    private struct Place {
        let read: @Sendable () async throws -> PixelPlane
    }

    private static func files(_ path: String) throws(IDRError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw IDRError(.missing, "there is no such file or folder", at: [path], fix: "check the path")
        }
        guard isFolder.boolValue else { return [path] }
        let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
        // A record's label images end like its frames, and are none.
        let kept = names.filter { name in endings.contains(where: name.hasSuffix) && !Artifact.labels.endings.contains(where: name.hasSuffix) }
        return kept.map { "\(path)/\($0)" }
    }

    private static func places(_ file: String, channel: Int) async throws -> [Place] {
        if pictures.contains(where: file.hasSuffix) {
            let pages = try TIFFFile(reading: file)
            return (0..<pages.pageCount).map { page in Place { try pages.plane(page: page + 1) } }
        }
        guard movies.contains(where: file.hasSuffix) else { return [] }
        let movie = try await CellH5Movie(reading: file)
        return (0..<movie.extent.fields).flatMap { field in
            (0..<movie.extent.frames).map { frame in
                Place { try await movie.plane(PlaneIndex(field: field + 1, frame: frame + 1, channel: channel)) }
            }
        }
    }
}
