import Foundation
import IDRFiles
package import IDRPlan

extension ProfileTable {
    /// Writes the table to `path` as gzip-compressed CSV, as IDR_stream writes `batch_<k>.csv.gz`: the same text byte for byte,
    /// an index column without a name first, and gzip's header of level 1 and time stamp 1.
    ///
    /// The text is made and compressed row by row; the file appears when it is complete.
    /// - Returns: SHA-256 of the text.
    @discardableResult
    package func writeCSV(to path: String) throws(IDRError) -> Digest {
        var file = try GzipFile(path)
        var digest = try SHA256()
        try forEachLine { line throws(IDRError) in
            try file.append(line)
            try digest.update(line)
        }
        try file.commit()
        return try digest.finish()
    }

    /// The text that ``writeCSV(to:)`` compresses.
    package func csv() throws(IDRError) -> [UInt8] {
        var text: [UInt8] = []
        try forEachLine { line in text.append(contentsOf: line) }
        return text
    }

    private func forEachLine(_ body: (UnsafeRawBufferPointer) throws(IDRError) -> Void) throws(IDRError) {
        func pass(_ bytes: [UInt8]) throws(IDRError) {
            try bytes.withUnsafeBufferPointer { buffer throws(IDRError) in try body(UnsafeRawBufferPointer(buffer)) }
        }
        var header: [UInt8] = []
        let outlineName = outlines == nil ? [] : ["Object_Outline"]
        for name in outlineName + ["Location_Center_X", "Location_Center_Y"] + metadata.map(\.name) + featureNames {
            header.append(UInt8(ascii: ","))
            CSVRows.append(name, to: &header)
        }
        try pass(header + [UInt8(ascii: "\n")])
        for row in 0..<rowCount {
            try pass(start(ofRow: row))
            try pass(featureText(ofRow: row))
        }
    }

    /// Everything before the features.
    private func start(ofRow row: Int) -> [UInt8] {
        var text = Array(String(row).utf8)
        if let outlines {
            text.append(UInt8(ascii: ","))
            CSVRows.append(outlines[row], to: &text)
        }
        text += ",\(PythonNumberText.of(locationX[row])),\(PythonNumberText.of(locationY[row]))".utf8
        for column in metadata {
            text.append(UInt8(ascii: ","))
            CSVRows.append(column.values[row], to: &text)
        }
        return text
    }

    /// `,0.25,-1.5` and the line end: nearly all of a table's text, so it goes straight into one piece of memory.
    private func featureText(ofRow row: Int) -> [UInt8] {
        let count = featureNames.count
        return [UInt8](unsafeUninitializedCapacity: count * (PythonNumberText.longest + 1) + 1) { buffer, used in
            guard let base = buffer.baseAddress else { return }
            var end = base
            features.withUnsafeBufferPointer { features in
                for value in features[row * count..<(row + 1) * count] {
                    end.pointee = UInt8(ascii: ",")
                    end += 1 + PythonNumberText.write(value, to: end + 1)
                }
            }
            end.pointee = UInt8(ascii: "\n")
            used = end - base + 1
        }
    }
}
