import Foundation
@testable import IDRFiles
@testable import IDRFormats
import IDRHDF5
import IDRPlan

/// Images of others. What C libraries read goes through the reader's process, as everywhere; it may crash, this program may not.
enum ImageTargets {
    static let all = [zarr, ome, description, tiff, cellH5]

    /// Objects of a Zarr hierarchy one after another, each `key`, a line end, its text, and a zero byte.
    private static let zarr = FuzzTarget(name: "zarr") { bytes in
        var objects: [String: [UInt8]] = [:]
        for object in bytes.split(separator: 0) {
            let parts = object.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
            objects[String(decoding: parts[0], as: UTF8.self)] = parts.count > 1 ? Array(parts[1]) : []
        }
        let store = MemoryStore(objects: objects)
        _ = try? Wait.forResult { _ = try await OMEZarrPlate(store: store) }
        try Wait.forResult {
            let image = try await OMEZarrImage(store: store)
            guard image.extent.height * image.extent.width < 1 << 20 else { return }
            _ = try await image.planes([PlaneIndex(frame: 1), PlaneIndex(frame: image.extent.frames)])
        }
    }

    private static let ome = FuzzTarget(name: "ome") { bytes in
        let document = try OMEParser.document(bytes, called: "x.ome.tif")
        _ = try OMEImages(document: document, path: "folder/x.ome.tif").images(of: nil, plate: nil, in: "folder/x.ome.tif")
    }

    private static let description = FuzzTarget(name: "imagej") { bytes in
        let text = String(decoding: bytes.dropFirst(2), as: UTF8.self)
        _ = try ImageJDescription(text, pages: Int(bytes.first ?? 0) * 7 + 1, of: "x.tif")
    }

    private static let tiff = FuzzTarget(name: "tiff") { bytes in
        let file = try ScratchFile(bytes)
        _ = try? TIFFReader.decode(bytes, limit: 1 << 24)
        let well = try TIFFWell(reading: file.path)
        guard well.extent.height * well.extent.width < 1 << 22 else { return }
        try Wait.forResult { _ = try await well.planes([PlaneIndex(frame: 1)]) }
    }

    private static let cellH5 = FuzzTarget(name: "cellh5") { bytes in
        let source = MemoryBytes(bytes: bytes)
        try HDF5Superblock.check(bytes, length: bytes.count, source.name)
        try Wait.forResult {
            let movie = try await CellH5Movie(HDF5Reader(source))
            guard movie.extent.height * movie.extent.width < 1 << 22 else { return }
            _ = try await movie.planes([PlaneIndex(frame: 1), PlaneIndex(frame: movie.extent.frames)])
            if !movie.regionNames.isEmpty { _ = try await movie.labels(PlaneIndex(frame: 1)) }
        }
    }
}

private struct MemoryStore: ObjectStore {
    let name = "memory"
    let objects: [String: [UInt8]]

    func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        guard let bytes = objects[key] else { return nil }
        let found: ArraySlice<UInt8> =
            switch part {
            case .all: bytes[...]
            case .range(let range): bytes[range.clamped(to: 0..<bytes.count)]
            case .suffix(let count): bytes.suffix(max(0, count))
            }
        guard found.count <= limit else { throw IDRError(.refused, "the object is too large", at: [key]) }
        return Array(found)
    }
}

private struct MemoryBytes: RangedBytes {
    let name = "x.ch5"
    let bytes: [UInt8]
    var length: Int { bytes.count }

    func read(_ range: Range<Int>) async throws -> [UInt8] { Array(bytes[range]) }
}

/// A file in memory with a path, gone with the value.
struct ScratchFile: ~Copyable {
    let path: String

    init(_ bytes: [UInt8]) throws {
        path = "/dev/shm/idrkit-fuzz-\(getpid())"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    deinit { unlink(path) }
}
