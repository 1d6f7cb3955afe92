import IDRFiles
import IDRPlan

/// A batch's `batch_k.csv.gz`, row by row: only the row at hand and the piece of the file that it came in are held.
final class TableReader {
    /// No table of a batch is larger, and no row: what unpacks to more is refused.
    private static let largest = (table: 1 << 35, row: 1 << 27)

    private let path: String
    private var source: GzipReader
    private var text: [UInt8] = []
    private var next = 0
    private var isWhole = false
    /// Fields of the row at hand in ``text``.
    private(set) var fields: [Range<Int>] = []

    init(_ path: String) throws(IDRError) {
        self.path = path
        source = try GzipReader(file: path, limit: Self.largest.table)
    }

    /// Goes to the next row; false after the last.
    func advance() throws(IDRError) -> Bool {
        while true {
            if next < text.count {
                var found = fields
                fields = []
                let end = text.withUnsafeBufferPointer { CSVRows.next(of: $0, at: next, isWhole: isWhole, &found) }
                fields = found
                if let end {
                    next = end
                    return true
                }
            }
            if isWhole {
                guard next < text.count else { return false }
                throw IDRError(.invalidInput, "a table is malformed", at: [path], because: "its last row is no CSV")
            }
            text.removeSubrange(..<next)
            next = 0
            guard text.count < Self.largest.row else { throw IDRError(.refused, "a table has a row of over \(Self.largest.row) bytes", at: [path]) }
            if let piece = try source.next() { text += piece } else { isWhole = true }
        }
    }

    /// The row's texts, doubled quotes made single.
    var texts: [String] { fields.map { String(decoding: text[$0], as: UTF8.self).replacing("\"\"", with: "\"") } }

    func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result { text.withUnsafeBufferPointer(body) }
}
