/// How wide text will be, roughly: the fonts of whoever looks at it are unknown.
enum TextWidth {
    /// In pixels, for a font of `size` pixels; rather too much than too little.
    static func of(_ text: some StringProtocol, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 0.6 : 1.05) } * size
    }

    /// `text`, its middle replaced by "…" where it is wider than `width`: names differ at both ends.
    static func shortened(_ text: String, to width: Double, size: Double) -> String {
        guard of(text, size: size) > width else { return text }
        var room = (width - 0.6 * size) / 2
        func fits(_ character: Character) -> Bool {
            room -= of(String(character), size: size)
            return room >= 0
        }
        let head = text.prefix(while: fits)
        room = (width - 0.6 * size) / 2
        let tail = text.reversed().prefix(while: fits).reversed()
        return head + "…" + tail
    }

    /// `text` in lines of at most `width` pixels, broken at spaces; words that are wider are cut.
    static func lines(_ text: String, width: Double, size: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            let word = shortened(String(word), to: width, size: size)
            if let last = lines.last, of(last + " " + word, size: size) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}
