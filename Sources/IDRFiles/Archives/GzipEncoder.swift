import CZlib
package import IDRPlan

/// A gzip file made piece by piece, with the header that Python's gzip module writes for pandas' `to_csv` with
/// `compression={"method": "gzip", "compresslevel": 1, "mtime": 1}`: the file's name, time stamp 1, "fastest", unknown system.
///
/// The same pieces give the same bytes. Memory does not grow with the file.
package struct GzipEncoder: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let block: UnsafeMutableRawBufferPointer
    private var packed: [UInt8]
    private var checksum: UInt
    private var byteCount: UInt64 = 0

    /// - Parameter name: the file's name before compression, such as `batch_0.csv`.
    package init(name: String) throws(IDRError) {
        stream = Gzip.newStream()
        block = .allocate(byteCount: 1 << 16, alignment: 16)
        checksum = crc32(0, nil, 0)
        packed = [0x1f, 0x8b, 8, 8, 1, 0, 0, 0, 4, 0xff] + name.utf8.filter { $0 != 0 } + [0]
        // Negative window bits: bare deflate, because zlib's own gzip header differs from Python's in two bytes.
        guard idr_deflateInit2(stream, 1, -15) == Z_OK else { throw IDRError(.system, "zlib cannot be used") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        block.deallocate()
    }

    /// Takes in the next `bytes` and returns those of the file that are ready, often none.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(IDRError) -> [UInt8] {
        checksum = crc32_z(checksum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        byteCount &+= UInt64(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Gzip.largestPiece))
            // zlib's input is not declared const, but zlib does not write to it.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(piece.count)
            try deflate(Z_NO_FLUSH)
            rest = rest.dropFirst(piece.count)
        }
        defer { packed = [] }
        return packed
    }

    /// The rest of the file.
    package consuming func finish() throws(IDRError) -> [UInt8] {
        try deflate(Z_FINISH)
        for word in [UInt32(truncatingIfNeeded: checksum), UInt32(truncatingIfNeeded: byteCount)] {
            for shift in [0, 8, 16, 24] { packed.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return packed
    }

    private mutating func deflate(_ flush: Int32) throws(IDRError) {
        repeat {
            stream.pointee.next_out = block.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(block.count)
            guard CZlib.deflate(stream, flush) != Z_STREAM_ERROR else { throw IDRError(.system, "gzip compression failed") }
            packed.append(contentsOf: block.dropLast(Int(stream.pointee.avail_out)))
        } while stream.pointee.avail_out == 0
    }
}

/// A gzip file on disk, written piece by piece and atomically: see ``GzipEncoder`` and ``AtomicFile``.
package struct GzipFile: ~Copyable {
    private var file: AtomicFile
    private var encoder: GzipEncoder

    /// Starts the file `path`; the name inside is the last part of `path` without `.gz`.
    package init(_ path: String) throws(IDRError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let encoder = try GzipEncoder(name: name.hasSuffix(".gz") ? String(name.dropLast(3)) : name)
        let file = try AtomicFile(path)
        self.encoder = encoder
        self.file = file
    }

    /// Writes `bytes`, before compression, after those already written.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(IDRError) {
        let packed = try encoder.append(bytes)
        if !packed.isEmpty { try file.append(packed) }
    }

    /// Finishes the file and gives it its name.
    package consuming func commit() throws(IDRError) {
        let packed = try encoder.finish()
        try file.append(packed)
        try file.commit()
    }
}
