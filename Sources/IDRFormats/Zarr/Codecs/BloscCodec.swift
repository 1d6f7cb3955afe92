import CBlosc
package import IDRPlan

/// Blosc 1 containers: <https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst>.
package enum BloscCodec {
    /// Only functions without global state are called: any number of threads may decode at once.
    package static func decode(_ bytes: [UInt8], _ size: ZarrDecodedSize) throws(IDRError) -> [UInt8] {
        guard bytes.count >= Int(BLOSC_MIN_HEADER_LENGTH) else {
            throw ZarrChunkError.damaged("it is truncated: \(bytes.count) bytes are less than the header of blosc")
        }
        // The upper three bits of the flags say what compressed the blocks; a plain copy (bit 1) says nothing.
        let format = bytes[2] >> 5
        if bytes[2] & UInt8(BLOSC_MEMCPYED) == 0, !(0...4).contains(format) || format == UInt8(BLOSC_SNAPPY_FORMAT) {
            let name = format == UInt8(BLOSC_SNAPPY_FORMAT) ? "snappy" : "number \(format)"
            throw ZarrChunkError.damaged("blosc's compressor \(name) is not known; known are blosclz, lz4, lz4hc, zlib and zstd")
        }
        var declared = 0
        guard bytes.withUnsafeBytes({ blosc_cbuffer_validate($0.baseAddress, $0.count, &declared) }) == 0 else {
            throw ZarrChunkError.damaged("it is truncated or damaged: its \(bytes.count) bytes do not fit blosc's header")
        }
        try size.check(declared, "blosc")
        var result = [UInt8](repeating: 0, count: declared)
        let count = bytes.withUnsafeBytes { source in
            result.withUnsafeMutableBytes { blosc_decompress_ctx(source.baseAddress, $0.baseAddress, $0.count, 1) }
        }
        guard Int(count) == declared else { throw ZarrChunkError.damaged("its blosc data is damaged") }
        return result
    }

    /// Shuffled and compressed with LZ4: as fast as the disk.
    package static func encode(_ bytes: UnsafeRawBufferPointer, elementSize: Int) throws(IDRError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: bytes.count + Int(BLOSC_MAX_OVERHEAD))
        let count = result.withUnsafeMutableBytes {
            blosc_compress_ctx(1, Int32(BLOSC_SHUFFLE), elementSize, bytes.count, bytes.baseAddress, $0.baseAddress, $0.count, "lz4", 0, 1)
        }
        guard count > 0 else { throw IDRError(.system, "a plane cannot be compressed", because: "Blosc answers \(count)") }
        return Array(result.prefix(Int(count)))
    }
}
