import CZstd
import IDRPlan

/// Zstandard frames (RFC 8878).
enum ZstdCodec {
    static func decode(_ bytes: [UInt8], _ size: ZarrDecodedSize) throws(IDRError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: size.limit)
        let count = bytes.withUnsafeBytes { source in
            result.withUnsafeMutableBytes { ZSTD_decompress($0.baseAddress, $0.count, source.baseAddress, source.count) }
        }
        guard ZSTD_isError(count) == 0 else {
            let reason = String(cString: ZSTD_getErrorName(count))
            // The library's number for it is in a header that is not part of its stable interface.
            if reason.contains("Destination buffer is too small") { throw ZarrChunkError.tooLarge("zstd", size) }
            throw ZarrChunkError.damaged("its zstd data is damaged or truncated; zstd says: \(reason)")
        }
        try size.check(count, "zstd")
        result.removeLast(result.count - count)
        return result
    }
}
