import IDRFiles
import IDRPlan

/// Shards: objects that hold many chunks and an index of them, `[chunks, 2]` of offset and byte count.
/// <https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/index.html>.
struct ZarrShards: Sendable, Hashable {
    /// How many chunks a shard has along each axis.
    let chunks: [Int]
    let isIndexAtEnd: Bool
    let codecs: ZarrCodecs

    /// - Parameter shape: of a shard, in pixels.
    init(_ codec: ZarrCodecV3, shape: [Int]) throws(IDRError) {
        let inner = try codec.required(\.chunkShape, "chunk_shape")
        guard inner.count == shape.count, zip(shape, inner).allSatisfy({ $0 >= 1 && $1 >= 1 && $0 % $1 == 0 }) else {
            throw ZarrLayout.unusable("its shards have the shape \(shape)", because: "they are not made of whole chunks of \(inner)")
        }
        chunks = zip(shape, inner).map { $0 / $1 }
        guard ZarrLayout.product(chunks + [Self.entryBytes], limit: ZarrLayout.indexLimit) != nil else {
            throw ZarrLayout.unusable("its shards have \(chunks) chunks", because: "their index takes more than \(ZarrLayout.indexLimit) bytes")
        }
        switch codec.configuration?.indexLocation ?? "end" {
        case "end": isIndexAtEnd = true
        case "start": isIndexAtEnd = false
        case let other: throw ZarrLayout.unknown("place of shard indices", other, known: "\"start\" and \"end\"")
        }
        codecs = try ZarrCodecV3.chain(codec.required(\.indexCodecs, "index_codecs"), rank: shape.count + 1, byteCount: 8)
        guard codecs.packing.allSatisfy({ $0 == .crc32c }), codecs.axisOrder == Array(0...shape.count) else {
            throw ZarrLayout.unusable("the index of its shards is packed", because: "its size must be known: only bytes and crc32c are read")
        }
    }

    private static let entryBytes = 16
    private var count: Int { chunks.reduce(1, *) }

    /// Bytes of an index as it is stored.
    var indexBytes: Int { count * Self.entryBytes + codecs.packing.count * CRC32C.byteCount }
    var indexPart: ObjectPart { isIndexAtEnd ? .suffix(indexBytes) : .range(0..<indexBytes) }

    /// Where the chunks of one shard lie in it, in the order of ``number(of:)``; nil for chunks that were never written.
    func index(_ bytes: [UInt8]) throws(IDRError) -> [Range<Int>?] {
        guard bytes.count == indexBytes else {
            throw ZarrChunkError.damaged("the shard is truncated: its index has \(indexBytes) bytes, and \(bytes.count) came")
        }
        let plain = try codecs.unpack(bytes, count: count * Self.entryBytes)
        let isBigEndian = codecs.isBigEndian
        func word(_ index: Int) -> UInt64 {
            let bytes = plain[index * 8..<index * 8 + 8]
            return isBigEndian ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var ranges: [Range<Int>?] = []
        ranges.reserveCapacity(count)
        for entry in 0..<count {
            let (offset, length) = (word(2 * entry), word(2 * entry + 1))
            if offset == .max && length == .max {
                ranges.append(nil)
                continue
            }
            guard let start = Int(exactly: offset), let size = Int(exactly: length), size <= Int.max - start else {
                throw ZarrChunkError.damaged("the index of the shard claims a chunk of \(length) bytes at \(offset)")
            }
            ranges.append(start..<start + size)
        }
        return ranges
    }

    /// The shard that the chunk at `place` in the array's grid is in.
    func shard(of place: [Int]) -> [Int] { zip(place, chunks).map { $0 / $1 } }

    /// The number of the chunk at `place` in its shard.
    func number(of place: [Int]) -> Int { zip(place, chunks).reduce(0) { $0 * $1.1 + $1.0 % $1.1 } }
}

/// What is known of a shard.
enum ZarrShard: Sendable {
    /// There is no such object.
    case missing
    /// The shard around it says that nothing of it was written.
    case empty
    /// Where its parts lie in it, in which object it is, and in which bytes of that.
    case index([Range<Int>?], object: [Int], within: Range<Int>)
}

/// What is stored of a chunk.
enum ZarrStored<Value: Sendable>: Sendable {
    /// It is in no object.
    case missing
    /// Its shard is there, and says that nothing of it was written.
    case empty
    case stored(Value)

    func map<Other: Sendable>(_ body: (Value) -> Other) -> ZarrStored<Other> {
        switch self {
        case .missing: .missing
        case .empty: .empty
        case .stored(let value): .stored(body(value))
        }
    }
}

extension ZarrLayout {
    /// The place of the shard of `level` that the chunk at `place` is in; level 0 are the stored objects.
    func shard(of place: [Int], _ level: Int) -> [Int] {
        shards[level...].reversed().reduce(place) { place, shards in shards.shard(of: place) }
    }
}
