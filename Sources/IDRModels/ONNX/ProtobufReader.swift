import IDRPlan

/// Reads protocol buffers field by field. The bytes may come from anywhere: every length is checked before it is believed.
struct ProtobufReader {
    enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
        /// Of a kind that no message of ours has.
        case other
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next field; nil at the end.
    mutating func next() throws(IDRError) -> (field: Int, value: Value)? {
        guard position < bytes.endIndex else { return nil }
        let tag = try varint()
        let field = Int(tag >> 3 & 0x1fff_ffff)
        switch tag & 7 {
        case 0: return (field, .number(try varint()))
        case 1: return (field, try skip(8))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.endIndex - position) else { throw Self.damaged }
            let start = position
            position += Int(length)
            return (field, .bytes(bytes[start..<position]))
        case 5: return (field, try skip(4))
        default: throw Self.damaged
        }
    }

    static let damaged = IDRError(.invalidInput, "the network's file is damaged", because: "it is no protocol buffer")

    private mutating func skip(_ count: Int) throws(IDRError) -> Value {
        guard bytes.endIndex - position >= count else { throw Self.damaged }
        position += count
        return .other
    }

    private mutating func varint() throws(IDRError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.endIndex else { throw Self.damaged }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw Self.damaged
    }
}
