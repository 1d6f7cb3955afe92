import IDRImaging

/// Writes small TIFF files field by field, so that each may be wrong: little-endian, each page one strip and its directory.
struct TIFFBuilder {
    struct Page {
        var fields: [UInt16: UInt32]
        var data: [UInt8]
        var description: String?
        /// Fields of several 16-bit numbers: how many, and where they are in the file.
        var shorts: [UInt16: (count: UInt32, offset: UInt32)] = [:]
        /// Fields of text, which is written behind the pixels.
        var texts: [UInt16: [UInt8]] = [:]
    }

    var pages: [Page]
    /// Where the list goes on after its last page; 0 is the end.
    var next: UInt32 = 0

    /// Pages of 8 bits, each filled with its number, counted from 0 and modulo 256.
    init(count: Int, height: Int = 5, width: Int = 7, description: String? = nil) {
        pages = (0..<count).map { number in
            Page(
                fields: [256: UInt32(width), 257: UInt32(height), 258: 8, 259: 1, 262: 1, 277: 1, 278: UInt32(height)],
                data: Array(repeating: UInt8(truncatingIfNeeded: number), count: height * width), description: number == 0 ? description : nil)
        }
    }

    static func plane(_ number: Int, height: Int = 5, width: Int = 7) -> Plane<UInt8> {
        Plane(height: height, width: width, repeating: UInt8(number))
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 0, 0, 0, 0]
        var link = 4
        func number(_ value: UInt32, _ count: Int = 4) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) } }
        for page in pages {
            var fields = page.fields.mapValues { (type: UInt32(4), count: UInt32(1), value: $0) }
            for (tag, field) in page.shorts { fields[tag] = (3, field.count, field.offset) }
            if fields[273] == nil { fields[273] = (4, 1, UInt32(bytes.count)) }
            if fields[279] == nil { fields[279] = (4, 1, UInt32(page.data.count)) }
            bytes += page.data
            if let description = page.description {
                let text = Array(description.utf8) + [0, 0, 0, 0]
                fields[270] = (2, UInt32(text.count), UInt32(bytes.count))
                bytes += text
            }
            for (tag, text) in page.texts.sorted(by: { $0.key < $1.key }) {
                fields[tag] = (2, UInt32(text.count), UInt32(bytes.count))
                bytes += text
            }
            if bytes.count % 2 == 1 { bytes.append(0) }
            bytes.replaceSubrange(link..<link + 4, with: number(UInt32(bytes.count)))
            bytes += number(UInt32(fields.count), 2)
            for (tag, field) in fields.sorted(by: { $0.key < $1.key }) {
                bytes += number(UInt32(tag), 2) + number(field.type, 2) + number(field.count) + number(field.value)
            }
            link = bytes.count
            bytes += number(next)
        }
        return bytes
    }
}
