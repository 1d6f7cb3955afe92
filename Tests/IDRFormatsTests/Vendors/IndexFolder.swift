import Foundation
import IDRFormats
import IDRPlan
import TestSupport

/// A folder with an index and what lies beside it, as a test makes it up.
struct IndexFolder {
    let folder: ScratchFolder

    /// - Parameter texts: by path in the folder.
    init(_ texts: [String: String]) throws {
        folder = try ScratchFolder()
        for (path, text) in texts { try add(path, Array(text.utf8)) }
    }

    func add(_ path: String, _ bytes: [UInt8]) throws {
        let place = URL(fileURLWithPath: folder(path))
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place)
    }

    /// The folder as a reader sees it.
    func files(_ name: String, plate: String? = nil) -> IndexFiles {
        let root = folder.path
        let list = { @Sendable (below: String) -> (files: [String], folders: [String]) in
            let place = below.isEmpty ? root : "\(root)/\(below)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place).sorted()) ?? []
            let isFolder = { (name: String) in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: "\(place)/\(name)", isDirectory: &isFolder) && isFolder.boolValue
            }
            return (names.filter { !isFolder($0) }, names.filter(isFolder))
        }
        let here = list("")
        return IndexFiles(
            name: name, files: here.files, folders: here.folders, plate: plate,
            place: { path in
                let place = "\(root)/\(path)"
                return FileManager.default.fileExists(atPath: place) ? place : nil
            }, list: { list($0) })
    }

    /// Reads the index called `name` by the format that recognises it.
    func read(_ name: String, plate: String? = nil) async throws -> PlateIndex {
        guard let format = PlateIndexFormats.format(of: name) else {
            throw IDRError(.missing, "no format recognises \(name)")
        }
        return try await format.read(files(name, plate: plate))
    }

    /// The well that the index of a folder without an index file of its own names, with all files of it.
    /// - Parameter name: of the file that stands for the folder; nil for the one that its format chooses.
    func well(_ well: String, by name: String? = nil) async throws -> TIFFWell {
        let names = files("").files
        guard let name = name ?? names.first(where: { PlateIndexFormats.format(of: $0) != nil }), let format = PlateIndexFormats.format(of: name),
            let place = WellName(well)
        else { throw IDRError(.missing, "no format recognises \(names)") }
        let index = try await format.read(files(name))
        let indexed = try IndexedWell(place, of: index, in: "idr0001-a/p") { file throws(IDRError) in try format.check(file) }
        let paths = indexed.files.map { ($0, folder(String($0.dropFirst("idr0001-a/p/".count)))) }
        return try indexed.well(paths: Dictionary(uniqueKeysWithValues: paths), of: [])
    }
}

extension PlateIndex {
    /// "file" or "file:page" of a plane; nil where the index has none.
    func place(_ well: String, field: Int = 1, frame: Int = 1, channel: Int = 1, z: Int = 1) -> String? {
        let index = PlaneIndex(field: field, frame: frame, channel: channel, z: z)
        guard let name = WellName(well), let place = wells[name]?[index] else { return nil }
        return place.page.map { "\(place.file):\($0)" } ?? place.file
    }

    /// How many planes a well has.
    func count(_ well: String) -> Int { WellName(well).flatMap { wells[$0]?.count } ?? 0 }

    /// Names of the wells, sorted by place.
    var wellNames: [String] { wells.keys.sorted { ($0.row, $0.column) < ($1.row, $1.column) }.map(\.description) }
}
