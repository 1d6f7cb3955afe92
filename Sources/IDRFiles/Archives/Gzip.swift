package import CZlib
package import IDRPlan

/// Gzip files (RFC 1952) in memory.
package enum Gzip {
    /// `bytes` as a gzip file that says it holds a file called `name`; see ``GzipEncoder``.
    package static func compress(_ bytes: [UInt8], name: String) throws(IDRError) -> [UInt8] {
        var encoder = try GzipEncoder(name: name)
        let start = try bytes.withUnsafeBufferPointer { buffer throws(IDRError) in try encoder.append(UnsafeRawBufferPointer(buffer)) }
        return start + (try encoder.finish())
    }

    /// What the gzip file `bytes` holds, its members one after the other.
    ///
    /// - Parameters:
    ///   - limit: the most bytes that may come out; a file that holds more is refused as soon as this shows.
    ///   - what: how errors call the input.
    /// - Throws: ``IDRError`` where the input is not gzip, damaged, truncated, followed by something else, or holds more than `limit`.
    package static func decompress(_ bytes: [UInt8], limit: Int, called what: String = "the gzip data") throws(IDRError) -> [UInt8] {
        var decoder = try GzipDecoder(limit: limit, called: what)
        try bytes.withUnsafeBufferPointer { buffer throws(IDRError) in try decoder.append(UnsafeRawBufferPointer(buffer)) }
        return try decoder.finish()
    }

    /// What the gzip file at `path` holds; see ``decompress(_:limit:called:)``. The file is read in blocks.
    package static func decompress(file path: String, limit: Int) throws(IDRError) -> [UInt8] {
        var decoder = try GzipDecoder(limit: limit, called: path)
        try FileBlocks.forEach(of: path) { block throws(IDRError) in try decoder.append(block) }
        return try decoder.finish()
    }

    /// zlib counts what it is given in 32 bits.
    static let largestPiece = 1 << 30

    package static func newStream() -> UnsafeMutablePointer<z_stream> {
        // zlib keeps the stream's address, so it needs a place that never moves.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        return stream
    }
}
