import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan

/// Planes that were read from parts of remote images, so that they are asked for once.
struct PlaneCache: Sendable {
    let cache: FileCache
    let freshness: Freshness

    /// What is known of a well's images.
    struct Description: Codable, StoredValue {
        static var readableFormats: ClosedRange<Int> { 1...1 }
        static var unnamedFormat: Int? { 1 }

        var kind: PixelSource
        var location: String
        var extent: PlaneExtent
        var channelNames: [String]
        var length: Int?
        var entityTag: String?
    }

    /// Everything that `choose` asks for; nil where something is not here.
    func reading(
        of well: WellAddress, from source: any ImageSource, _ choose: ImageReader.Choice
    ) async throws -> (images: Description, indices: [PlaneIndex], planes: PlaneReading)? {
        guard freshness != .refresh, let key = key(of: well, from: source), let known = try await cache.get(key),
            let images = try? VersionedJSON.decode(Description.self, from: Data(known.bytes), path: key)
        else { return nil }
        var read = PlaneReading([])
        let indices = try choose(images.extent, images.channelNames)
        for index in indices {
            guard let kept = try await cache.get(Self.key(of: index, at: images.location)), let plane = KeptPlane.decode(kept.bytes) else {
                return nil
            }
            read.planes.append(plane.plane)
            read.gaps.append(plane.gaps)
        }
        return (images, indices, read)
    }

    func store(_ reading: ImageReading, _ checked: CheckedPlanes, of well: WellAddress, from source: any ImageSource) async throws {
        // A whole file is in the cache as it is.
        guard let key = key(of: well, from: source), reading.source == source.kind else { return }
        for (index, (plane, gaps)) in zip(checked.indices, zip(checked.reading.planes, checked.reading.gaps)) {
            try await cache.put(Self.key(of: index, at: reading.location), KeptPlane.encode(plane, gaps: gaps), source: reading.location)
        }
        let description = Description(
            kind: reading.source, location: reading.location, extent: reading.extent, channelNames: reading.channelNames, length: reading.length,
            entityTag: reading.entityTag)
        try await cache.put(key, [UInt8](JSONEncoder().encode(description)), source: reading.location)
    }

    private func key(of well: WellAddress, from source: any ImageSource) -> String? {
        source.cacheKey.map { "images \($0) \(well.plate) \(well.well) \(well.number)" }
    }

    private static func key(of index: PlaneIndex, at location: String) -> String {
        "plane \(location) field \(index.field) frame \(index.frame) channel \(index.channel) z \(index.z)"
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
