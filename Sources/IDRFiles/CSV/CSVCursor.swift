/// Walks over the fields of a CSV text as RFC 4180 describes it, and as lenient as pandas where it is silent:
/// rows end at LF, CRLF or CR; a quote counts only at a field's beginning; text after a closing quote is kept.
struct CSVCursor {
    /// One field: its bytes, and how to read them.
    struct Field {
        let start: Int
        let end: Int
        let isQuoted: Bool
        let endsRow: Bool
        /// False where a quote was never closed, or the text may go on.
        let isComplete: Bool
        /// Where the closing quote is.
        let close: Int

        var isEmpty: Bool { start == end }

        /// What is in it, without the quotes around it; nil where text follows the closing quote.
        var content: Range<Int>? { !isQuoted ? start..<end : close == end - 1 ? start + 1..<close : nil }
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let separator: UInt8
    /// Where the next field begins.
    var position: Int
    /// Whether the text ends where ``bytes`` do, so that their end also ends a row.
    var isWhole = true

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    var isAtEnd: Bool { position >= bytes.count }

    /// The field at `position`, which moves behind the separator or line end that closes it.
    @inline(__always)
    mutating func next() -> Field {
        let start = position
        let count = bytes.count
        var i = start
        let isQuoted = i < count && bytes[i] == CSVCursor.quote
        var close = i
        if isQuoted {
            close = closingQuote(from: i + 1)
            i = min(close + 1, count)
        }
        var isComplete = !isQuoted || close < count
        // One comparison for most characters of most tables: digits and letters come after all that end a field.
        let last = max(separator, CSVCursor.carriageReturn)
        while i < count {
            let byte = bytes[i]
            if byte <= last, byte == separator || byte == CSVCursor.lineFeed || byte == CSVCursor.carriageReturn { break }
            i &+= 1
        }
        let end = i
        var endsRow = true
        if i < count {
            endsRow = bytes[i] != separator
            let isReturn = bytes[i] == CSVCursor.carriageReturn && endsRow
            if isReturn, i + 1 == count { isComplete = isComplete && isWhole }
            i += isReturn && i + 1 < count && bytes[i + 1] == CSVCursor.lineFeed ? 2 : 1
        } else if !isWhole {
            isComplete = false
        }
        position = i
        return Field(start: start, end: end, isQuoted: isQuoted, endsRow: endsRow, isComplete: isComplete, close: close)
    }

    /// Where the quote is that ends a field, two in a row being one character; the end where there is none.
    private func closingQuote(from start: Int) -> Int {
        var i = start
        while i < bytes.count {
            if bytes[i] == CSVCursor.quote {
                guard i + 1 < bytes.count, bytes[i + 1] == CSVCursor.quote else { return i }
                i += 1
            }
            i += 1
        }
        return bytes.count
    }

    /// The text of `field` with its quotes taken off.
    func text(_ field: Field, isLatin1: Bool) -> String {
        let raw = UnsafeBufferPointer(rebasing: bytes[field.start..<field.end])
        guard field.isQuoted else { return CSVCursor.decode(raw, isLatin1) }
        var plain: [UInt8] = []
        plain.reserveCapacity(raw.count)
        var isInside = true
        var i = 1
        while i < raw.count {
            if isInside, raw[i] == CSVCursor.quote {
                if i + 1 < raw.count, raw[i + 1] == CSVCursor.quote {
                    plain.append(CSVCursor.quote)
                    i += 2
                    continue
                }
                isInside = false
            } else {
                plain.append(raw[i])
            }
            i += 1
        }
        return plain.withUnsafeBufferPointer { CSVCursor.decode($0, isLatin1) }
    }

    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ isLatin1: Bool) -> String {
        // Latin-1's values are the first 256 code points.
        isLatin1 ? String(decoding: bytes.map(UInt16.init), as: UTF16.self) : String(decoding: bytes, as: UTF8.self)
    }
}
