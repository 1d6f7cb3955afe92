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
    private struct Description: Codable, StoredValue {
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
    func reading(of well: WellAddress, from source: any ImageSource, _ passedOver: [String], _ choose: ImageReader.Choice) async throws
        -> ImageReading?
    {
        guard freshness != .refresh, let key = key(of: well, from: source), let known = try await cache.get(key),
            let images = try? VersionedJSON.decode(Description.self, from: Data(known.bytes), path: key)
        else { return nil }
        var planes: [PixelPlane] = []
        for index in try choose(images.extent, images.channelNames) {
            guard let kept = try await cache.get(Self.key(of: index, at: images.location)), let plane = KeptPlane.decode(kept.bytes) else {
                return nil
            }
            planes.append(plane)
        }
        return ImageReading(
            planes: planes, extent: images.extent, channelNames: images.channelNames, source: images.kind, location: images.location, files: [],
            length: images.length, entityTag: images.entityTag, isFromCache: true, transfer: TransferCounts(), passedOver: passedOver)
    }

    func store(_ reading: ImageReading, _ indices: [PlaneIndex], of well: WellAddress, from source: any ImageSource) async throws {
        // A whole file is in the cache as it is.
        guard let key = key(of: well, from: source), reading.source == source.kind else { return }
        for (index, plane) in zip(indices, reading.planes) {
            try await cache.put(Self.key(of: index, at: reading.location), KeptPlane.encode(plane), source: reading.location)
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

/// A plane as bytes: its size and number type in a line, then its pixels in a Blosc container.
enum KeptPlane {
    private static let largestHead = 64

    static func encode(_ plane: PixelPlane) throws(IDRError) -> [UInt8] {
        let head = Array("\(plane.pixelType.rawValue) \(plane.height) \(plane.width)\n".utf8)
        return head + (try plane.withPixelBytes { bytes throws(IDRError) in try BloscCodec.encode(bytes, elementSize: plane.pixelType.bytes) })
    }

    /// nil where the bytes are no plane.
    static func decode(_ bytes: [UInt8]) -> PixelPlane? {
        guard let end = bytes.prefix(largestHead).firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 3, let type = PixelType(rawValue: String(words[0])), let height = Int(words[1]), let width = Int(words[2]), height > 0,
            width > 0, height <= 1 << 20, width <= 1 << 20, height * width <= 1 << 30,
            let pixels = try? BloscCodec.decode(Array(bytes[(end + 1)...]), .exactly(height * width * type.bytes))
        else { return nil }
        func plane<Pixel: BitwiseCopyable & Sendable>(_ pixel: Pixel.Type) -> Plane<Pixel> {
            Plane(height: height, width: width, pixels: pixels.withUnsafeBytes { Array($0.bindMemory(to: Pixel.self)) })
        }
        switch type {
        case .uint8: return .uint8(plane(UInt8.self))
        case .uint16: return .uint16(plane(UInt16.self))
        case .float32: return .float32(plane(Float.self))
        }
    }
}
