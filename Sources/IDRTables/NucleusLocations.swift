import IDRFiles
package import IDRPlan

/// Where the nuclei of one image are, and optionally their outlines: the content of a DeepProfiler locations file
/// (`<well>-<site>-Nuclei.csv`).
package struct NucleusLocations: Sendable, Equatable {
    /// How numbers in a locations file are read.
    package enum Reading: Sendable {
        /// To the nearest value: what was written comes back.
        case exact
        /// As pandas reads them (``PandasNumberReading``), for agreement with the published tables.
        case pandas
    }

    /// Centres in pixels from the left; NaN where a nucleus has no outline to take the mean of.
    package var x: [Double]
    /// Centres in pixels from the top; NaN as in ``x``.
    package var y: [Double]
    /// One text per nucleus (``NumPyText/pairs(_:isAbbreviated:)``), or nil where outlines are not kept.
    package var outlines: [String]?

    /// How many nuclei there are.
    package var count: Int { x.count }

    /// - Precondition: the arrays have one element per nucleus.
    package init(x: [Double] = [], y: [Double] = [], outlines: [String]? = nil) {
        precondition(x.count == y.count && x.count == outlines?.count ?? x.count, "one x, one y and one outline per nucleus")
        self.x = x
        self.y = y
        self.outlines = outlines
    }

    private static let header = (x: "Nuclei_Location_Center_X", y: "Nuclei_Location_Center_Y", outline: "object_outline")

    /// Reads the text of a locations file. A file without rows, or without anything (as written where there are no nuclei), has none.
    ///
    /// - Parameter what: how errors call the text.
    /// - Throws: ``IDRError`` where a column is missing, a row is too short or a centre is not a number.
    package init(csv: some Sequence<UInt8>, reading: Reading = .exact, called what: String = "the locations file") throws(IDRError) {
        let rows = try CSVRows.all(csv, called: what)
        self.init()
        guard let names = rows.first else { return }
        let header = NucleusLocations.header
        guard let xColumn = names.firstIndex(of: header.x), let yColumn = names.firstIndex(of: header.y) else {
            throw IDRError(
                .invalidInput, "\(what) has no columns of centres", because: "its columns are \(names.joined(separator: ", "))",
                fix: "it needs \(header.x) and \(header.y)")
        }
        let outlineColumn = names.firstIndex(of: header.outline)
        if outlineColumn != nil { outlines = [] }
        for (index, row) in rows.dropFirst().enumerated() {
            guard row.count == names.count, let x = reading.value(of: row[xColumn]), let y = reading.value(of: row[yColumn]) else {
                throw IDRError(
                    .invalidInput, "row \(index + 1) of \(what) is not a location", because: "it reads \(row.joined(separator: ",").prefix(80))")
            }
            self.x.append(x)
            self.y.append(y)
            if let outlineColumn { outlines?.append(row[outlineColumn]) }
        }
    }

    /// The text of the locations file that Cellpose and pandas write: a header and a row per nucleus, NaN as nothing;
    /// one empty line where there are no nuclei.
    package var csv: String {
        if count == 0 { return "\n" }
        let header = NucleusLocations.header
        var text = Array("\(header.x),\(header.y)\(outlines == nil ? "" : "," + header.outline)\n".utf8)
        for row in 0..<count {
            text += "\(PythonNumberText.of(x[row])),\(PythonNumberText.of(y[row]))".utf8
            if let outlines {
                text.append(UInt8(ascii: ","))
                CSVRows.append(outlines[row], to: &text)
            }
            text.append(UInt8(ascii: "\n"))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// These locations after a way through a file and pandas: the centres that DeepProfiler crops around and that the published tables hold.
    package func asReadByPandas() -> NucleusLocations {
        func read(_ values: [Double]) -> [Double] { values.map { PandasNumberReading.value(of: PythonNumberText.of($0)) ?? $0 } }
        return NucleusLocations(x: read(x), y: read(y), outlines: outlines)
    }
}

extension NucleusLocations.Reading {
    fileprivate func value(of text: String) -> Double? {
        switch self {
        case .pandas: PandasNumberReading.value(of: text)
        case .exact: text.isEmpty ? .nan : Double(text)
        }
    }
}
