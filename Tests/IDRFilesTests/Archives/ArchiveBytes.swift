import CZlib
import Foundation

/// A ZIP archive made byte by byte, also as no program would write it.
struct ArchiveBytes {
    struct Entry {
        var name: [UInt8]
        var content: [UInt8] = []
        /// What the content unpacks to, where it is compressed.
        var plain: [UInt8]?
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// Made by: 3 is Unix.
        var system: UInt16 = 3
        var mode: UInt32 = 0o100644
        /// Bytes after unpacking and checksum that the archive declares, where they are not true.
        var declared: Int?
        var checksum: UInt32?
        /// The name in front of the content, where it is another.
        var localName: [UInt8]?

        init(_ name: String, _ content: String = "") { (self.name, self.content) = (Array(name.utf8), Array(content.utf8)) }
        init(bytes name: [UInt8]) { self.name = name }
    }

    static func make(_ entries: [Entry]) -> [UInt8] {
        var (body, directory): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            let plain = entry.plain ?? entry.content
            let sum = entry.checksum ?? UInt32(truncatingIfNeeded: crc32_z(0, plain, plain.count))
            let sizes = little(sum, UInt32(entry.content.count), UInt32(entry.declared ?? plain.count))
            let common = little(UInt16(20), entry.flags, entry.method, 0, 0x21) + sizes
            let local = entry.localName ?? entry.name
            directory += Array("PK\u{1}\u{2}".utf8) + little(entry.system << 8 | 20) + common + little(UInt16(entry.name.count), 0, 0, 0, 0)
            directory += little(entry.mode << 16, UInt32(body.count)) + entry.name
            body += Array("PK\u{3}\u{4}".utf8) + common + little(UInt16(local.count), 0) + local + entry.content
        }
        let count = UInt16(truncatingIfNeeded: entries.count)
        let end = little(UInt16(0), 0, count, count) + little(UInt32(directory.count), UInt32(body.count)) + little(UInt16(0))
        return body + directory + Array("PK\u{5}\u{6}".utf8) + end
    }

    /// An entry whose content is deflated.
    static func deflated(_ name: String, _ plain: [UInt8]) -> Entry {
        var entry = Entry(name)
        var size = compressBound(UInt(plain.count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        compress2(&packed, &size, plain, UInt(plain.count), 9)
        // zlib's own header and checksum are not part of a ZIP archive.
        (entry.content, entry.plain, entry.method) = (Array(packed[2..<Int(size) - 4]), plain, 8)
        return entry
    }

    private static func little<Value: FixedWidthInteger>(_ values: Value...) -> [UInt8] {
        values.flatMap { value in (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    }
}
