/// Writes protocol buffers: only what an ONNX model needs, fields in the order of the calls, so the same calls give the same bytes.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func varint(_ field: Int, _ value: Int64) {
        tag(field, wire: 0)
        append(varint: UInt64(bitPattern: value))
    }

    package mutating func float(_ field: Int, _ value: Float) {
        tag(field, wire: 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func string(_ field: Int, _ value: String) {
        tag(field, wire: 2)
        append(varint: UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// The elements of `values` as little-endian bytes.
    package mutating func raw<Element: BitwiseCopyable>(_ field: Int, _ values: [Element]) {
        #if _endian(big)
            #error("raw tensors are little endian")
        #endif
        tag(field, wire: 2)
        values.withUnsafeBytes {
            append(varint: UInt64($0.count))
            bytes.append(contentsOf: $0)
        }
    }

    /// A nested message whose fields `body` writes.
    package mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        tag(field, wire: 2)
        let start = bytes.count
        body(&self)
        var length = ProtobufWriter()
        length.append(varint: UInt64(bytes.count - start))
        // The length goes in front once it is known: moving the body costs less than building it apart and copying it.
        bytes.insert(contentsOf: length.bytes, at: start)
    }

    private mutating func tag(_ field: Int, wire: Int) { append(varint: UInt64(field << 3 | wire)) }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
