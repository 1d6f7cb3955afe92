import Foundation
import IDRFiles
package import IDRPlan

extension Fingerprint {
    /// No batch's files are larger: what comes from others is read up to here.
    private static let largest = 1 << 30

    /// Reads what ``write(to:)`` wrote.
    /// - Throws: an ``IDRError`` where a file is missing or has another form.
    package init(reading folder: String) throws(IDRError) {
        cells = []
        wells = []
        featureNames = []
        var cells: [Cell] = []
        try Self.forEachRow(of: "\(folder)/\(RecordLayout.cells)", atLeast: 4) { text, fields, isHeader in
            if isHeader { return true }
            guard let x = NumberReading.value(text[fields[1]]), let y = NumberReading.value(text[fields[2]]) else { return false }
            guard let projection = Self.numbers(text, fields[4...]) else { return false }
            cells.append(Cell(id: Self.text(text[fields[0]]), x: x, y: y, features: Self.text(text[fields[3]]), projection: projection))
            return true
        }
        var (wells, names) = ([Well](), [String]())
        try Self.forEachRow(of: "\(folder)/\(RecordLayout.wells)", atLeast: 2) { text, fields, isHeader in
            if isHeader {
                names = fields.dropFirst(2).map { Self.text(text[$0]) }
                return true
            }
            guard let count = Int(Self.text(text[fields[1]])), count >= 0, let means = Self.numbers(text, fields[2...]) else { return false }
            wells.append(Well(image: Self.text(text[fields[0]]), cells: count, means: means))
            return true
        }
        guard wells.reduce(0, { $0 &+ $1.cells }) == cells.count else {
            throw IDRError(.invalidInput, "a fingerprint does not fit together", at: [folder], because: "its wells and cells have different counts")
        }
        (self.cells, self.wells, featureNames) = (cells, wells, names)
    }

    private static func numbers(_ text: UnsafeBufferPointer<UInt8>, _ fields: ArraySlice<Range<Int>>) -> [Float]? {
        var values: [Float] = []
        values.reserveCapacity(fields.count)
        for field in fields {
            guard let value = NumberReading.value(text[field]) else { return nil }
            values.append(Float(value))
        }
        return values
    }

    private static func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// - Parameter body: takes a row's fields, whether it is the first; false where it is not what it must be.
    private static func forEachRow(
        of path: String, atLeast columns: Int, _ body: (UnsafeBufferPointer<UInt8>, [Range<Int>], Bool) -> Bool
    ) throws(IDRError) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= largest else { throw IDRError(.refused, "\(path) is too large for what it is", because: "it has \(size) bytes") }
        guard let data = FileManager.default.contents(atPath: path) else { throw IDRError(.missing, "the record has no \(path)") }
        let wrong = [UInt8](data).withUnsafeBufferPointer { text -> Int? in
            var (fields, position, row, width) = ([Range<Int>](), 0, 0, 0)
            while position < text.count {
                guard let next = CSVRows.next(of: text, at: position, isWhole: true, &fields) else { return row }
                if row == 0 { width = fields.count }
                guard fields.count == width, width >= columns, body(text, fields, row == 0) else { return row }
                (position, row) = (next, row + 1)
            }
            return row == 0 ? 0 : nil
        }
        if let wrong { throw IDRError(.invalidInput, "\(path) is not what a record holds", because: "its row \(wrong + 1) has another form") }
    }
}
