package import IDRFiles
import IDRImaging
import IDRPlan

/// The versions of Zarr: where the metadata of arrays and groups are.
package enum ZarrFormat: Sendable, Hashable {
    case v2, v3

    var arrayKey: String { self == .v2 ? ".zarray" : "zarr.json" }
    var groupKey: String { self == .v2 ? ".zattrs" : "zarr.json" }
}

/// An array of Zarr 2 or 3 whose last two axes are those of planes.
package struct ZarrArray: Sendable {
    private let store: any ObjectStore
    private let path: String
    let layout: ZarrLayout

    package var shape: [Int] { layout.shape }
    package var pixelType: PixelType { layout.type }

    /// Reads the metadata of the array at `path`: `.zarray` or `zarr.json`, one object.
    /// - Throws: an ``IDRError`` also where there is none: without it a missing chunk would pass for an empty one.
    package init(_ store: any ObjectStore, path: String, format: ZarrFormat) async throws {
        let key = ZarrPath.key(path, format.arrayKey)
        let layout: ZarrLayout?
        do {
            switch format {
            case .v2: layout = try await ZarrJSON.read(key, in: store, as: ZarrArrayV2.self)?.layout()
            case .v3: layout = try await ZarrJSON.read(key, in: store, as: ZarrArrayV3.self)?.layout()
            }
        } catch let error as IDRError {
            throw error.at(store.name(of: key))
        }
        guard let layout else {
            throw IDRError(.missing, "the array has no metadata", at: [store.name(of: key)], because: "there is no such object")
        }
        self.store = store
        self.path = path
        self.layout = layout
    }

    /// Planes of the array, each at its position on all axes but the last two: from 0 and within the shape.
    ///
    /// Only the chunks that they touch are fetched, each once, several at a time; they are decoded as they arrive.
    package func planes(_ positions: [[Int]]) async throws -> [PixelPlane] {
        switch layout.type {
        case .uint8: try await read(positions, as: UInt8.self).map(PixelPlane.uint8)
        case .uint16: try await read(positions, as: UInt16.self).map(PixelPlane.uint16)
        case .float32: try await read(positions, as: Float.self).map(PixelPlane.float32)
        }
    }

    private func read<Pixel: ZarrPixel>(_ positions: [[Int]], as type: Pixel.Type) async throws -> [Plane<Pixel>] {
        let leading = layout.shape.dropLast(2)
        guard positions.allSatisfy({ $0.count == leading.count && zip($0, leading).allSatisfy { (0..<$1).contains($0) } }) else {
            throw IDRError(.invalidPlan, "a plane that does not exist is asked for", at: [store.name(of: path)])
        }
        let reads = try layout.reads(positions)
        let indices = try await shardIndices(reads)
        var planes = positions.map { _ in Plane(height: layout.height, width: layout.width, repeating: Pixel(fill: layout.fill)) }
        try await Parallel.forEach(reads, atOnce: atOnce) { read in
            (read, try await self.chunk(at: read.place, indices).map { layout.tiles(read, of: $0, as: type) })
        } receive: { read, tiles in
            guard let tiles else { return }
            for (use, tile) in zip(read.uses, tiles) { planes[use.plane].paste(tile, read.rows, read.columns) }
        }
        return planes
    }

    /// Some 256 MB of chunks at once (two of the largest), and no more requests than servers bear.
    private var atOnce: Int { min(16, max(2, (1 << 28) / layout.chunkBytes)) }

    /// The index of every shard that is needed; an empty one for a shard that was never written. Empty where there are no shards.
    private func shardIndices(_ reads: [ZarrRead]) async throws -> [[Int]: [Range<Int>?]] {
        guard let shards = layout.shards else { return [:] }
        var indices: [[Int]: [Range<Int>?]] = [:]
        try await Parallel.forEach(Array(Set(reads.map { shards.shard(of: $0.place) })), atOnce: 16) { shard in
            let key = self.key(shard)
            let index = try await self.located(key) {
                try await store.bytes(of: key, shards.indexPart, limit: shards.indexBytes).map { try shards.index($0) }
            }
            return (shard, index ?? [])
        } receive: { shard, index in
            indices[shard] = index
        }
        return indices
    }

    /// The unpacked bytes of a chunk; nil for one that was never written, which is the fill value.
    private func chunk(at place: [Int], _ indices: [[Int]: [Range<Int>?]]) async throws -> [UInt8]? {
        var object = place
        var part = ObjectPart.all
        if let shards = layout.shards {
            object = shards.shard(of: place)
            guard let index = indices[object], !index.isEmpty, let range = index[shards.number(of: place)] else { return nil }
            part = .range(range)
        }
        let key = key(object)
        let limit = layout.codecs.packedLimit(layout.chunkBytes)
        return try await located(key) {
            if case .range(let range) = part, range.count > limit {
                throw ZarrChunkError.damaged("the index of the shard claims a chunk of \(range.count) bytes, more than its pixels need")
            }
            guard let bytes = try await store.bytes(of: key, part, limit: limit) else {
                guard part == .all else { throw ZarrChunkError.damaged("its shard is gone") }
                return nil
            }
            return try layout.codecs.unpack(bytes, count: layout.chunkBytes)
        }
    }

    private func key(_ place: [Int]) -> String { ZarrPath.key(path, layout.keys.key(place)) }

    private func located<Result>(_ key: String, _ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as IDRError { throw error.at(store.name(of: key)) }
    }
}

extension Plane {
    /// Puts `tile`, row after row, at `rows` and `columns`.
    fileprivate mutating func paste(_ tile: [Pixel], _ rows: Range<Int>, _ columns: Range<Int>) {
        for (index, y) in rows.enumerated() {
            let row = tile[index * columns.count..<(index + 1) * columns.count]
            pixels.replaceSubrange(y * width + columns.lowerBound..<y * width + columns.upperBound, with: row)
        }
    }
}
