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
    private let format: ZarrFormat
    let layout: ZarrLayout

    package var shape: [Int] { layout.shape }
    package var pixelType: PixelType { layout.type.pixelType }

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
            throw IDRError(.missing, "the array has no metadata", at: [store.name(of: key)], because: store.absence)
        }
        self.store = store
        self.path = path
        self.format = format
        self.layout = layout
    }

    /// The keys of the objects that a plane is made of: the array's metadata, and chunks or shards.
    /// - Parameter position: as of ``planes(_:)``.
    func objects(of position: [Int]) throws(IDRError) -> [String] {
        let places = try layout.reads([position]).map { layout.shard(of: $0.place, 0) }
        return [ZarrPath.key(path, format.arrayKey)] + Set(places.map(key)).sorted()
    }

    /// Planes of the array, each at its position on all axes but the last two: from 0 and within the shape.
    ///
    /// Only the chunks that they touch are fetched, each once, several at a time; they are decoded as they arrive.
    package func planes(_ positions: [[Int]]) async throws -> [PixelPlane] { try await read(positions).planes }

    /// The same, with how many chunks of each plane are stored nowhere: these are read as the fill value.
    package func read(_ positions: [[Int]]) async throws -> PlaneReading {
        let type = layout.type
        return switch type {
        case .bool, .uint8: try await read(positions, as: UInt8.self, PixelPlane.uint8)
        case .int8: try await read(positions, as: Int8.self, type.plane)
        case .uint16: try await read(positions, as: UInt16.self, PixelPlane.uint16)
        case .int16: try await read(positions, as: Int16.self, type.plane)
        case .uint32: try await read(positions, as: UInt32.self, type.plane)
        case .int32: try await read(positions, as: Int32.self, type.plane)
        case .uint64: try await read(positions, as: UInt64.self, type.plane)
        case .int64: try await read(positions, as: Int64.self, type.plane)
        case .float16: try await read(positions, as: UInt16.self) { .float32($0.map(StoredType.half)) }
        case .float32: try await read(positions, as: Float.self, PixelPlane.float32)
        case .float64: try await read(positions, as: Double.self, type.plane)
        }
    }

    private func read<Pixel: ZarrPixel>(
        _ positions: [[Int]], as type: Pixel.Type, _ convert: (Plane<Pixel>) throws -> PixelPlane
    ) async throws -> PlaneReading {
        let leading = layout.shape.dropLast(2)
        guard positions.allSatisfy({ $0.count == leading.count && zip($0, leading).allSatisfy { (0..<$1).contains($0) } }) else {
            throw IDRError(.invalidPlan, "a plane that does not exist is asked for", at: [store.name(of: path)])
        }
        let reads = try layout.reads(positions)
        let shards = try await shardTables(reads)
        var planes = positions.map { _ in Plane(height: layout.height, width: layout.width, repeating: Pixel(fill: layout.fill)) }
        var counts = positions.map { _ in (total: 0, missing: 0, empty: 0) }
        try await Parallel.forEach(reads, atOnce: atOnce) { read in
            (read, try await self.chunk(at: read.place, shards).map { layout.tiles(read, of: $0, as: type) })
        } receive: { read, chunk in
            for use in read.uses { counts[use.plane].total += 1 }
            switch chunk {
            case .missing: for use in read.uses { counts[use.plane].missing += 1 }
            case .empty: for use in read.uses { counts[use.plane].empty += 1 }
            case .stored(let tiles): for (use, tile) in zip(read.uses, tiles) { planes[use.plane].paste(tile, read.rows, read.columns) }
            }
        }
        let gaps = counts.map { count in
            count.missing + count.empty == 0 ? nil : PlaneGaps(.chunks, missing: count.missing, empty: count.empty, of: count.total)
        }
        do {
            return PlaneReading(try planes.map(convert), gaps: gaps)
        } catch let error as IDRError {
            throw error.at(store.name(of: path))
        }
    }

    /// Some 256 MB of chunks at once (two of the largest), and no more requests than servers bear.
    private var atOnce: Int { min(16, max(2, (1 << 28) / layout.chunkBytes)) }

    /// What is known of every shard that is needed, by its place in the grid of shards; one table for each level of shards.
    private func shardTables(_ reads: [ZarrRead]) async throws -> [[[Int]: ZarrShard]] {
        var tables: [[[Int]: ZarrShard]] = []
        for level in layout.shards.indices {
            let outer = tables
            var table: [[Int]: ZarrShard] = [:]
            try await Parallel.forEach(Array(Set(reads.map { layout.shard(of: $0.place, level) })), atOnce: 16) { place in
                (place, try await self.shard(at: place, level, outer))
            } receive: { place, shard in
                table[place] = shard
            }
            tables.append(table)
        }
        return tables
    }

    private func shard(at place: [Int], _ level: Int, _ outer: [[[Int]: ZarrShard]]) async throws -> ZarrShard {
        let shards = layout.shards[level]
        guard level > 0 else {
            guard let bytes = try await object(at: place, shards.indexPart, limit: shards.indexBytes) else { return .missing }
            return .index(try located(key(place)) { () throws(IDRError) in try shards.index(bytes) }, object: place, within: 0..<Int.max)
        }
        switch try part(at: place, level, outer) {
        case .missing: return .missing
        case .empty: return .empty
        case .stored(let stored):
            guard stored.range.count >= shards.indexBytes else {
                throw ZarrChunkError.damaged("a shard in a shard is shorter than its index").at(store.name(of: key(stored.object)))
            }
            let part = shards.isIndexAtEnd ? stored.range.suffix(shards.indexBytes) : stored.range.prefix(shards.indexBytes)
            let bytes = try await object(at: stored.object, .range(part), limit: shards.indexBytes)
            guard let bytes else { throw ZarrChunkError.damaged("its shard is gone").at(store.name(of: key(stored.object))) }
            return .index(
                try located(key(stored.object)) { () throws(IDRError) in try shards.index(bytes) }, object: stored.object, within: stored.range)
        }
    }

    /// Where in its object the chunk, or the shard of level `level`, at `place` is, by the index of the shard around it.
    private func part(
        at place: [Int], _ level: Int, _ tables: [[[Int]: ZarrShard]]
    ) throws(IDRError) -> ZarrStored<(object: [Int], range: Range<Int>)> {
        let around = layout.shards[level - 1]
        switch tables[level - 1][around.shard(of: place)] {
        case nil, .missing: return .missing
        case .empty: return .empty
        case .index(let entries, let object, let whole):
            guard let range = entries[around.number(of: place)] else { return .empty }
            let (start, isBeyond) = range.lowerBound.addingReportingOverflow(whole.lowerBound)
            guard !isBeyond, range.count <= whole.upperBound - start else {
                throw ZarrChunkError.damaged("the index of the shard claims \(range.count) bytes beyond its end").at(store.name(of: key(object)))
            }
            return .stored((object, start..<start + range.count))
        }
    }

    /// The unpacked bytes of a chunk.
    private func chunk(at place: [Int], _ shards: [[[Int]: ZarrShard]]) async throws -> ZarrStored<[UInt8]> {
        let limit = layout.codecs.packedLimit(layout.chunkBytes)
        guard !layout.shards.isEmpty else {
            guard let bytes = try await object(at: place, .all, limit: limit) else { return .missing }
            return .stored(try located(key(place)) { () throws(IDRError) in try layout.codecs.unpack(bytes, count: layout.chunkBytes) })
        }
        let stored: (object: [Int], range: Range<Int>)
        switch try part(at: place, layout.shards.count, shards) {
        case .missing: return .missing
        case .empty: return .empty
        case .stored(let found): stored = found
        }
        guard stored.range.count <= limit else {
            throw ZarrChunkError.damaged("the index of the shard claims a chunk of \(stored.range.count) bytes, more than its pixels need")
                .at(store.name(of: key(stored.object)))
        }
        guard let bytes = try await object(at: stored.object, .range(stored.range), limit: limit) else {
            throw ZarrChunkError.damaged("its shard is gone").at(store.name(of: key(stored.object)))
        }
        return .stored(try located(key(stored.object)) { () throws(IDRError) in try layout.codecs.unpack(bytes, count: layout.chunkBytes) })
    }

    /// The bytes of the object at `place`, also where it has the name that the metadata's other separator would give it.
    private func object(at place: [Int], _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        if let bytes = try await bytes(of: key(place), part, limit) { return bytes }
        let other = ZarrPath.key(path, layout.keys.otherKey(place))
        return other == key(place) ? nil : try await bytes(of: other, part, limit)
    }

    private func bytes(of key: String, _ part: ObjectPart, _ limit: Int) async throws -> [UInt8]? {
        do { return try await store.bytes(of: key, part, limit: limit) } catch let error as IDRError { throw error.at(store.name(of: key)) }
    }

    private func key(_ place: [Int]) -> String { ZarrPath.key(path, layout.keys.key(place)) }

    private func located<Result>(_ key: String, _ body: () throws(IDRError) -> Result) throws(IDRError) -> Result {
        do throws(IDRError) { return try body() } catch { throw error.at(store.name(of: key)) }
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
