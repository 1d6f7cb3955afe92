import IDRPlan

/// The checksum of RFC 3720 (Castagnoli's polynomial), which Zarr 3 puts behind chunks and shard indices. zlib has only the other CRC-32.
enum CRC32C {
    static let byteCount = 4

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x82F6_3B78 }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    /// `bytes` without the checksum that ends them.
    /// - Throws: an ``IDRError`` where it is not theirs.
    static func checked(_ bytes: [UInt8]) throws(IDRError) -> [UInt8] {
        guard bytes.count >= byteCount else {
            throw ZarrChunkError.damaged("it is truncated: it has \(bytes.count) bytes and should end in a checksum")
        }
        let content = bytes.dropLast(byteCount)
        let stored = bytes.suffix(byteCount).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard checksum(content) == stored else { throw ZarrChunkError.damaged("its crc32c checksum does not match: it was damaged on its way") }
        return Array(content)
    }
}
