/// Rows of CSV text as ranges of its bytes: nothing is copied.
package enum CSVScanner {
    /// Finds the fields of the row that begins at `start`, each without the quotes around it; quotes that are doubled inside stay so.
    /// - Parameter isWhole: whether `text` ends where the file ends, so that its end also ends a row.
    /// - Returns: where the next row begins; nil where `text` ends first, or the row is malformed.
    package static func row(of text: UnsafeBufferPointer<UInt8>, at start: Int, isWhole: Bool, _ fields: inout [Range<Int>]) -> Int? {
        fields.removeAll(keepingCapacity: true)
        var position = start
        while true {
            let isQuoted = position < text.count && text[position] == UInt8(ascii: "\"")
            let begin = isQuoted ? position + 1 : position
            guard let end = isQuoted ? closingQuote(in: text, from: begin, isWhole) : plainEnd(in: text, from: begin, isWhole) else { return nil }
            fields.append(begin..<end)
            position = isQuoted ? end + 1 : end
            if position >= text.count { return isWhole ? text.count : nil }
            if text[position] == UInt8(ascii: "\n") { return position + 1 }
            guard text[position] == UInt8(ascii: ",") else { return nil }
            position += 1
        }
    }

    @inline(__always)
    private static func plainEnd(in text: UnsafeBufferPointer<UInt8>, from begin: Int, _ isWhole: Bool) -> Int? {
        var position = begin
        while position < text.count, text[position] != UInt8(ascii: ","), text[position] != UInt8(ascii: "\n") { position &+= 1 }
        return position < text.count || isWhole ? position : nil
    }

    private static func closingQuote(in text: UnsafeBufferPointer<UInt8>, from begin: Int, _ isWhole: Bool) -> Int? {
        var position = begin
        while position < text.count {
            if text[position] == UInt8(ascii: "\"") {
                guard position + 1 < text.count else { return isWhole ? position : nil }
                if text[position + 1] != UInt8(ascii: "\"") { return position }
                position += 1
            }
            position += 1
        }
        return nil
    }
}
