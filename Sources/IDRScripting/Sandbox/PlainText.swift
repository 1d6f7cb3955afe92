/// Makes text that comes from a sandboxed script harmless for a terminal: control characters are shown and do nothing.
struct PlainText {
    /// The beginning of a character that has not come whole.
    private var rest: [UInt8] = []

    /// What can be shown of `bytes` and of what was kept before.
    mutating func plain(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        if rest.isEmpty, bytes.allSatisfy(Self.isPlain) { return Array(bytes) }
        let all = rest + bytes
        let whole = all.count - Self.unfinished(all)
        rest = Array(all[whole...])
        return Self.shown(all[..<whole])
    }

    /// What was still kept.
    mutating func end() -> [UInt8] {
        defer { rest = [] }
        return Self.shown(rest[...])
    }

    private static func isPlain(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) || byte == 0x0A || byte == 0x09 }

    /// Bytes at the end that begin a UTF-8 sequence without ending it.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: text.append(scalar)
            case 0..<0x20: text.append(contentsOf: ["^", Unicode.Scalar(UInt8(scalar.value) + 0x40)])
            case 0x7F: text.append(contentsOf: "^?".unicodeScalars)
            // Control characters of eight bits, and those that turn the direction of writing.
            case 0x80..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return Array(String(text).utf8)
    }
}
