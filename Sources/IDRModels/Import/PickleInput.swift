import IDRPlan

/// A cursor over a pickle's bytes; every read is checked against the end.
struct PickleInput {
    private let bytes: ArraySlice<UInt8>
    /// Index of the next byte.
    private(set) var position: Int

    var remaining: Int { bytes.endIndex - position }

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    mutating func byte() throws(IDRError) -> UInt8 {
        guard position < bytes.endIndex else { throw ended() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func take(_ count: UInt64) throws(IDRError) -> ArraySlice<UInt8> {
        guard count <= UInt64(remaining) else { throw ended() }
        defer { position += Int(count) }
        return bytes[position..<position + Int(count)]
    }

    /// A little-endian number of `width` bytes (at most 8).
    mutating func unsigned(_ width: Int) throws(IDRError) -> UInt64 {
        try take(UInt64(width)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes up to the next line feed, without it.
    mutating func line() throws(IDRError) -> ArraySlice<UInt8> {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { throw ended() }
        defer { position = end + 1 }
        return bytes[position..<end]
    }

    /// The next line as ASCII, which every number and name of the text protocols is.
    mutating func lineText() throws(IDRError) -> String {
        let line = try line()
        guard line.count <= 512, line.allSatisfy({ $0 < 0x80 }) else { throw damaged("a line of text is not what it must be") }
        return String(decoding: line, as: UTF8.self)
    }

    func damaged(_ why: String) -> IDRError {
        IDRError(.invalidInput, "the pickled part of the file is damaged", because: "\(why), at byte \(position)")
    }

    private func ended() -> IDRError { damaged("it ends too early") }
}
