import CZlib
import IDRFiles
import IDRPlan

/// Chunks that zlib packed, as zlib streams (RFC 1950) or gzip files (RFC 1952).
enum DeflateCodec {
    static func decodeGzip(_ bytes: [UInt8], _ size: ZarrDecodedSize) throws(IDRError) -> [UInt8] {
        let result: [UInt8]
        do throws(IDRError) {
            result = try Gzip.decompress(bytes, limit: size.limit, called: "it")
        } catch {
            if error.code == .refused { throw ZarrChunkError.tooLarge("gzip", size) }
            throw ZarrChunkError.damaged([error.problem, error.reason].compactMap(\.self).joined(separator: "; "))
        }
        try size.check(result.count, "gzip")
        return result
    }

    static func decodeZlib(_ bytes: [UInt8], _ size: ZarrDecodedSize) throws(IDRError) -> [UInt8] {
        // zlib counts in 32 bits; chunks are far smaller.
        guard let available = UInt32(exactly: bytes.count), let room = UInt32(exactly: size.limit) else {
            throw ZarrChunkError.damaged("it has \(bytes.count) bytes, more than zlib takes at once")
        }
        let stream = Gzip.newStream()
        defer {
            inflateEnd(stream)
            stream.deallocate()
        }
        guard idr_inflateInit2(stream, 15) == Z_OK else { throw IDRError(.system, "zlib cannot be used") }
        var result = [UInt8](repeating: 0, count: size.limit)
        let status = bytes.withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                // zlib's input is not declared const, but zlib does not write to it.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
                stream.pointee.avail_in = available
                stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = room
                return inflate(stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else {
            if status == Z_DATA_ERROR || status == Z_NEED_DICT { throw ZarrChunkError.damaged("its zlib data is damaged") }
            if stream.pointee.avail_out == 0 && stream.pointee.avail_in > 0 { throw ZarrChunkError.tooLarge("zlib", size) }
            throw ZarrChunkError.damaged("its zlib data is truncated")
        }
        guard stream.pointee.avail_in == 0 else { throw ZarrChunkError.damaged("something else follows its zlib data") }
        let count = Int(room - stream.pointee.avail_out)
        try size.check(count, "zlib")
        result.removeLast(result.count - count)
        return result
    }
}
