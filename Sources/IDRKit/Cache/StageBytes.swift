import Foundation

/// A stage's result as bytes: facts as JSON and arrays of numbers, little-endian, each with its length in front.
///
/// The cache compares all of it with its SHA-256 before it is read. What is read is checked nevertheless: a length that does not fit makes it
/// unreadable, and nothing in it is run.
struct StageBytes {
    /// Changes with the form: what has another one is computed again.
    fileprivate static let head = Array("IDRKit stage 1\n".utf8)

    private(set) var all = head

    mutating func append<Number: BitwiseCopyable>(_ numbers: [Number]) {
        numbers.withUnsafeBytes { append(raw: $0) }
    }

    mutating func append(facts: some Encodable) throws { append([UInt8](try JSONEncoder().encode(facts))) }

    mutating func append(raw bytes: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { all.append(contentsOf: $0) }
        all.append(contentsOf: bytes)
    }
}

/// Reads what ``StageBytes`` has put together, in its order; nil where something does not fit.
struct StageBytesReader {
    private var rest: ArraySlice<UInt8>

    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: StageBytes.head) else { return nil }
        rest = bytes.dropFirst(StageBytes.head.count)
    }

    /// Whether everything was read.
    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes() -> ArraySlice<UInt8>? {
        guard rest.count >= 8 else { return nil }
        let length = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(8)
        guard length <= UInt64(rest.count) else { return nil }
        defer { rest = rest.dropFirst(Int(length)) }
        return rest.prefix(Int(length))
    }

    mutating func facts<Facts: Decodable>(_ type: Facts.Type) -> Facts? {
        bytes().flatMap { try? JSONDecoder().decode(type, from: Data($0)) }
    }

    /// - Parameter zero: a number of the wanted type.
    mutating func numbers<Number: BitwiseCopyable>(like zero: Number) -> [Number]? {
        guard let bytes = bytes(), bytes.count % MemoryLayout<Number>.size == 0 else { return nil }
        var numbers = [Number](repeating: zero, count: bytes.count / MemoryLayout<Number>.size)
        numbers.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
        return numbers
    }
}
