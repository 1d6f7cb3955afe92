/// Writes ZIP archives of stored entries, also ones that lie about themselves.
struct ZipWriter {
    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// - Parameters:
    ///   - content: the bytes as they stand in the archive.
    ///   - unpacked: what they unpack to, where `method` is not 0.
    ///   - declared: the unpacked size that the directory declares, where it is not true.
    mutating func add(_ name: String, _ content: [UInt8], method: UInt16 = 0, flags: UInt16 = 0, unpacked: [UInt8]? = nil, declared: Int? = nil) {
        let plain = unpacked ?? content
        let size = UInt32(declared ?? plain.count)
        let name = Array(name.utf8)
        let common = Self.short(20, flags, method, 0, 0x21) + Self.long(Self.checksum(plain), UInt32(content.count), size)
        directory += Array("PK\u{1}\u{2}".utf8) + Self.short(20) + common + Self.short(UInt16(name.count), 0, 0, 0, 0)
        directory += Self.long(0, UInt32(body.count)) + name
        body += Array("PK\u{3}\u{4}".utf8) + common + Self.short(UInt16(name.count), 0) + name + content
        count += 1
    }

    func finish() -> [UInt8] {
        let end = Self.short(0, 0, count, count) + Self.long(UInt32(directory.count), UInt32(body.count)) + Self.short(0)
        return body + directory + Array("PK\u{5}\u{6}".utf8) + end
    }

    /// Deflate's simplest form: one block that is not compressed.
    static func deflateStored(_ content: [UInt8]) -> [UInt8] {
        [1] + short(UInt16(content.count), ~UInt16(content.count)) + content
    }

    private static func short(_ values: UInt16...) -> [UInt8] { ImportSupport.littleEndian(values) }
    private static func long(_ values: UInt32...) -> [UInt8] { ImportSupport.littleEndian(values) }

    private static func checksum(_ content: [UInt8]) -> UInt32 {
        ~content.reduce(~0 as UInt32) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xedb8_8320) }
        }
    }
}
