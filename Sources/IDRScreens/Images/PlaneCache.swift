import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan

/// Planes that were read from parts of remote images, so that they are asked for once.
///
/// Only planes that were there at the same time are used together: those of one reading, or of one version of a file.
struct PlaneCache: Sendable {
    let cache: FileCache
    let freshness: Freshness

    /// A plane with what it was read from.
    struct Kept: Sendable {
        var plane: PixelPlane
        /// What of it is stored nowhere.
        var gaps: PlaneGaps?
        var versions: [SourceVersion]
    }

    /// Everything that was asked for, from one reading.
    struct Found: Sendable {
        let kind: PixelSource
        let location: String
        let extent: PlaneExtent
        let channelNames: [String]
        let indices: [PlaneIndex]
        let planes: [PlaneIndex: Kept]
        let notes: [String]
    }

    /// What is known of a well's images.
    private struct Description: Codable, StoredValue {
        static var readableFormats: ClosedRange<Int> { 2...2 }
        static var unnamedFormat: Int? { 1 }

        var format = 2
        var kind: PixelSource
        /// The newest first.
        var readings: [Reading]
    }

    /// Planes that belong together.
    private struct Reading: Codable {
        var location: String
        var extent: PlaneExtent
        var channelNames: [String]
        var planes: [Note]
        /// What is to be said of the images as a whole.
        var notes: [String]?
    }

    private struct Note: Codable {
        var index: PlaneIndex
        var versions: [SourceVersion]
        /// The plane is kept under it: with other bytes at the server it is another one.
        var mark: String
    }

    /// Of more readings of one well, the oldest are forgotten.
    private static let mostReadings = 16

    /// Everything that `choose` asks for; nil where something is not here.
    func reading(of well: WellAddress, from source: any ImageSource, _ choose: ImageReader.Choice) async throws -> Found? {
        guard freshness != .refresh, let known = try await description(of: well, from: source) else { return nil }
        for reading in known.readings {
            let indices = try choose(reading.extent, reading.channelNames)
            guard let planes = try await kept(indices, of: reading) else { continue }
            return Found(
                kind: known.kind, location: reading.location, extent: reading.extent, channelNames: reading.channelNames, indices: indices,
                planes: planes, notes: reading.notes ?? [])
        }
        return nil
    }

    /// Planes among `indices` that are here, and are what the opened images have now.
    func current(_ indices: [PlaneIndex], of well: WellAddress, from source: any ImageSource, _ images: OpenedImages) async throws
        -> [PlaneIndex: Kept]
    {
        guard freshness == .cached, let origin = images.origin, let known = try await description(of: well, from: source) else { return [:] }
        var here: [PlaneIndex: Kept] = [:]
        for reading in known.readings where reading.location == images.location && reading.extent == images.planes.extent {
            for note in reading.planes where here[note.index] == nil && indices.contains(note.index) && note.versions.allSatisfy(\.isIdentified) {
                guard let kept = try await plane(note, of: reading), kept.plane.pixelType == images.planes.pixelType else { continue }
                here[note.index] = kept
            }
        }
        let current = try await origin.current(Set(here.values.flatMap(\.versions)))
        return here.filter { current.isSuperset(of: $0.value.versions) }
    }

    func store(_ planes: [PlaneIndex: Kept], of reading: ImageReading, _ well: WellAddress, from source: any ImageSource) async throws {
        // A whole file is in the cache as it is.
        guard let key = key(of: well, from: source), reading.source == source.kind else { return }
        // Where nothing tells versions apart, what is read another time does not belong to this.
        let unnamed = UUID().uuidString
        var notes: [Note] = []
        for (index, kept) in planes {
            let isIdentified = !kept.versions.isEmpty && kept.versions.allSatisfy(\.isIdentified)
            let note = Note(index: index, versions: kept.versions, mark: try isIdentified ? Self.mark(kept.versions) : unnamed)
            try await cache.put(
                Self.key(note, at: reading.location), KeptPlane.encode(kept.plane, gaps: kept.gaps), source: reading.location)
            notes.append(note)
        }
        let new = Reading(
            location: reading.location, extent: reading.extent, channelNames: reading.channelNames, planes: notes,
            notes: reading.generalNotes.isEmpty ? nil : reading.generalNotes)
        try await cache.update(key, source: reading.location) { bytes in
            let known = bytes.flatMap { try? VersionedJSON.decode(Description.self, from: Data($0), path: key) }
            let readings = Self.adding(new, to: known?.readings ?? [], isOneFile: source.isOneFile)
            return [UInt8](try JSONEncoder().encode(Description(kind: reading.source, readings: readings)))
        }
    }

    /// All that was read of one version of a file belongs together. Of objects only what was read, or asked again, at the same time does.
    private static func adding(_ new: Reading, to readings: [Reading], isOneFile: Bool) -> [Reading] {
        var new = new
        let marks = Set(new.planes.map(\.mark))
        for old in readings where isOneFile && old.location == new.location && old.extent == new.extent {
            guard marks.count == 1, Set(old.planes.map(\.mark)) == marks else { continue }
            let own = Set(new.planes.map(\.index))
            new.planes += old.planes.filter { !own.contains($0.index) }
        }
        let all = Set(new.planes.map(\.index))
        return [new] + readings.filter { !all.isSuperset(of: $0.planes.map(\.index)) }.prefix(mostReadings - 1)
    }

    private func description(of well: WellAddress, from source: any ImageSource) async throws -> Description? {
        guard let key = key(of: well, from: source), let known = try await cache.get(key) else { return nil }
        return try? VersionedJSON.decode(Description.self, from: Data(known.bytes), path: key)
    }

    /// nil where one of them is not here.
    private func kept(_ indices: [PlaneIndex], of reading: Reading) async throws -> [PlaneIndex: Kept]? {
        let notes = Dictionary(reading.planes.map { ($0.index, $0) }) { first, _ in first }
        guard indices.allSatisfy({ notes[$0] != nil }) else { return nil }
        var planes: [PlaneIndex: Kept] = [:]
        for index in Set(indices) {
            guard let note = notes[index], let kept = try await plane(note, of: reading) else { return nil }
            planes[index] = kept
        }
        return planes
    }

    private func plane(_ note: Note, of reading: Reading) async throws -> Kept? {
        guard let kept = try await cache.get(Self.key(note, at: reading.location)), let (plane, gaps) = KeptPlane.decode(kept.bytes),
            (plane.height, plane.width) == (reading.extent.height, reading.extent.width)
        else { return nil }
        return Kept(plane: plane, gaps: gaps, versions: note.versions)
    }

    /// What planes were read from, each object once, by name.
    static func versions(_ planes: some Collection<Kept>) -> [SourceVersion] {
        Set(planes.flatMap(\.versions)).sorted { ($0.name, $0.entityTag ?? "") < ($1.name, $1.entityTag ?? "") }
    }

    private static func mark(_ versions: [SourceVersion]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try SHA256.digest(of: [UInt8](encoder.encode(versions))).hex
    }

    private func key(of well: WellAddress, from source: any ImageSource) -> String? {
        source.cacheKey.map { "images \($0) \(well.plate) \(well.well) \(well.number)" }
    }

    private static func key(_ note: Note, at location: String) -> String {
        let index = note.index
        return "plane \(location) field \(index.field) frame \(index.frame) channel \(index.channel) z \(index.z) version \(note.mark)"
    }
}

/// A plane as bytes: its size and number type in a line, with what of it is stored nowhere, then its pixels in a Blosc container.
enum KeptPlane {
    private static let largestHead = 96

    static func encode(_ plane: PixelPlane, gaps: PlaneGaps? = nil) throws(IDRError) -> [UInt8] {
        let parts = gaps.map { " \($0.part.rawValue) \($0.missing) \($0.empty) \($0.total)" } ?? ""
        let head = Array("\(plane.pixelType.rawValue) \(plane.height) \(plane.width)\(parts)\n".utf8)
        return head + (try plane.withPixelBytes { bytes throws(IDRError) in try BloscCodec.encode(bytes, elementSize: plane.pixelType.bytes) })
    }

    /// nil where the bytes are no plane.
    static func decode(_ bytes: [UInt8]) -> (plane: PixelPlane, gaps: PlaneGaps?)? {
        guard let end = bytes.prefix(largestHead).firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 3 || words.count == 7, let type = PixelType(rawValue: String(words[0])), let height = Int(words[1]),
            let width = Int(words[2]), height > 0,
            width > 0, height <= 1 << 20, width <= 1 << 20, height * width <= 1 << 30,
            let pixels = try? BloscCodec.decode(Array(bytes[(end + 1)...]), .exactly(height * width * type.bytes))
        else { return nil }
        let numbers = words.dropFirst(4).compactMap { Int($0) }
        let gaps =
            words.count == 3 || numbers.count != 3
            ? nil : PlaneGaps.Part(rawValue: String(words[3])).map { PlaneGaps($0, missing: numbers[0], empty: numbers[1], of: numbers[2]) }
        func plane<Pixel: BitwiseCopyable & Sendable>(_ pixel: Pixel.Type) -> Plane<Pixel> {
            Plane(height: height, width: width, pixels: pixels.withUnsafeBytes { Array($0.bindMemory(to: Pixel.self)) })
        }
        switch type {
        case .uint8: return (.uint8(plane(UInt8.self)), gaps)
        case .uint16: return (.uint16(plane(UInt16.self)), gaps)
        case .float32: return (.float32(plane(Float.self)), gaps)
        }
    }
}
