import CZlib
import IDRPlan

/// Inflates gzip members one after the other, up to a limit.
struct GzipDecoder: ~Copyable {
    private enum Position { case start, inMember, betweenMembers, padding }

    private let stream: UnsafeMutablePointer<z_stream>
    private let block: UnsafeMutableRawBufferPointer
    private let limit: Int
    private let what: String
    private var position = Position.start
    private var memberCount = 0
    private var result: [UInt8] = []
    /// Bytes that came out and were taken away.
    private var taken = 0

    init(limit: Int, called what: String) throws(IDRError) {
        stream = Gzip.newStream()
        block = .allocate(byteCount: 1 << 16, alignment: 16)
        self.limit = limit
        self.what = what
        // 16 more window bits: gzip header and trailer are read and checked by zlib.
        guard idr_inflateInit2(stream, 15 + 16) == Z_OK else { throw IDRError(.system, "zlib cannot be used") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        block.deallocate()
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(IDRError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if position == .betweenMembers {
                // Writers to tapes and blocks fill up with zeros.
                position = rest[rest.startIndex] == 0 ? .padding : .start
                inflateReset(stream)
            }
            if position == .padding {
                guard rest.allSatisfy({ $0 == 0 }) else { throw IDRError(.invalidInput, "\(what) has something else after its gzip data") }
                return
            }
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Gzip.largestPiece))
            let used = try inflate(piece)
            rest = rest.dropFirst(used)
        }
    }

    /// What came out since the last time.
    mutating func take() -> [UInt8] {
        taken += result.count
        defer { result = [] }
        return result
    }

    consuming func finish() throws(IDRError) -> [UInt8] {
        try checkEnd()
        return result
    }

    /// - Throws: where what was put in so far is not a whole file.
    func checkEnd() throws(IDRError) {
        guard position == .betweenMembers || position == .padding else {
            throw IDRError(
                .invalidInput, "\(what) is truncated", because: "its gzip data ends too early, after \(taken + result.count) bytes of content",
                fix: "fetch or write the file again")
        }
    }

    /// Inflates until `piece` is used up or a member ends; returns how many bytes of `piece` were used.
    private mutating func inflate(_ piece: UnsafeRawBufferPointer) throws(IDRError) -> Int {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(piece.count)
        repeat {
            stream.pointee.next_out = block.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(block.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                let problem = position != .start ? "is damaged" : memberCount == 0 ? "is not gzip data" : "has something else after its gzip data"
                throw IDRError(.invalidInput, "\(what) \(problem)", because: stream.pointee.msg.map { "zlib says: " + String(cString: $0) })
            }
            let count = block.count - Int(stream.pointee.avail_out)
            guard count <= limit - taken - result.count else {
                throw IDRError(
                    .refused, "\(what) holds too much", because: "it unpacks to more than the \(limit) bytes expected of it at most",
                    fix: "check where the file comes from")
            }
            result.append(contentsOf: block[..<count])
            position = status == Z_STREAM_END ? .betweenMembers : .inMember
            if status == Z_STREAM_END { memberCount += 1 }
        } while position == .inMember && (stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0)
        return piece.count - Int(stream.pointee.avail_in)
    }
}
