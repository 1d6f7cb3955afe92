import IDRPlan

/// A codec from bytes to bytes.
enum ZarrBytesCodec: String, Sendable, Hashable, CaseIterable {
    case blosc, gzip, zlib, zstd, crc32c

    func decode(_ bytes: [UInt8], _ size: ZarrDecodedSize) throws(IDRError) -> [UInt8] {
        switch self {
        case .blosc: return try BloscCodec.decodeForeign(bytes, size)
        case .gzip: return try DeflateCodec.decodeGzip(bytes, size)
        case .zlib: return try DeflateCodec.decodeZlib(bytes, size)
        case .zstd: return try ZstdCodec.decode(bytes, size)
        case .crc32c:
            let content = try CRC32C.checked(bytes)
            try size.check(content.count, "checksummed")
            return content
        }
    }
}

/// What an array's chunks went through when they were written: transposed, put in a row as bytes, packed.
struct ZarrCodecs: Sendable, Hashable {
    /// The stored axes in the order of the array's: stored axis i is axis `axisOrder[i]` of the array.
    let axisOrder: [Int]
    let isBigEndian: Bool
    /// In the order of writing.
    let packing: [ZarrBytesCodec]

    /// The most bytes a packed chunk of `count` bytes may have. All formats grow what they cannot pack by much less.
    func packedLimit(_ count: Int) -> Int { count + count / 4 + (1 << 16) }

    /// The `count` bytes of a chunk, as they were before packing.
    func unpack(_ bytes: [UInt8], count: Int) throws(IDRError) -> [UInt8] {
        var bytes = bytes
        for index in packing.indices.reversed() {
            let earlier = packing[..<index]
            // A checksum adds what it always does; how much other codecs leave is not known before.
            let size: ZarrDecodedSize =
                earlier.allSatisfy { $0 == .crc32c } ? .exactly(count + CRC32C.byteCount * earlier.count) : .atMost(packedLimit(count))
            bytes = try packing[index].decode(bytes, size)
        }
        guard bytes.count == count else {
            throw ZarrChunkError.damaged("it \(bytes.count < count ? "is truncated: it " : "")has \(bytes.count) bytes, and a chunk has \(count)")
        }
        return bytes
    }
}
