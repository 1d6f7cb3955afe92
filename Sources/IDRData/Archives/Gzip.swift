internal import CZlib
public import IDRPlan

/// gzip streams.
public enum Gzip {
    /// Decompresses a gzip file, of one or several members.
    ///
    /// - Parameter limit: the largest result that is accepted, in bytes: a small file can claim to hold any amount.
    public static func decompress(_ data: [UInt8], limit: Int) throws(IDRError) -> [UInt8] {
        // zlib keeps the stream's address, so it needs a place that never moves.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard idr_inflateInit2(stream, 15 + 16) == Z_OK else { throw IDRError(.system, "zlib cannot start") }
        defer { inflateEnd(stream) }
        var output: [UInt8] = []
        output.reserveCapacity(min(limit, data.count * 4))
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var status = Z_OK
        var input = data
        input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(clamping: input.count)
            repeat {
                if status == Z_STREAM_END { inflateReset(stream) }
                status = buffer.withUnsafeMutableBufferPointer { space in
                    stream.pointee.next_out = space.baseAddress
                    stream.pointee.avail_out = UInt32(space.count)
                    return inflate(stream, Z_NO_FLUSH)
                }
                output.append(contentsOf: buffer.prefix(buffer.count - Int(stream.pointee.avail_out)))
            } while output.count <= limit && (status == Z_OK || status == Z_STREAM_END && stream.pointee.avail_in > 0)
        }
        guard output.count <= limit else { throw IDRError(.refused, "a gzip stream holds more than \(limit) bytes") }
        guard status == Z_STREAM_END else { throw IDRError(.invalidInput, "a gzip stream is damaged or cut off") }
        return output
    }
}
