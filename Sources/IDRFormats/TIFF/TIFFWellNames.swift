import IDRFiles
package import IDRPlan

/// Which of the files in a list hold which planes of a well: a ``TIFFPattern`` held against their names, with nothing opened.
package struct TIFFWellNames: Sendable, Hashable {
    package let pattern: TIFFPattern
    package let plate: String
    package let well: WellName
    /// The name of each file by the plane it holds; 1 stands for axes that lie in the pages of the files.
    package let names: [PlaneIndex: String]
    /// How many numbers each axis of the pattern has; no entry for axes in the files.
    let counts: [PlaneAxis: Int]

    /// Chooses among `names`, whose parts are parted by `/`.
    /// - Parameters:
    ///   - names: of all files of a folder or server, as many as there are; those that do not fit are passed over.
    ///   - columns: how many the plate has, for `{number}`.
    /// - Throws: ``IDRError``: no name fits, two are of the same plane, or a plane between others has none.
    package init(
        pattern: TIFFPattern, plate: String, well: WellName, names all: [String], columns: Int = WellName.standardColumns
    ) throws(IDRError) {
        (self.pattern, self.plate, self.well) = (pattern, plate, well)
        let matcher = TIFFNameMatcher(pattern, plate: plate, well: well, number: well.number(columns: columns))
        var found: [PlaneIndex: String] = [:]
        let fitting = all.compactMap { name in matcher.match(name).map { (name: name, index: $0) } }
        for (name, index) in fitting.sorted(by: { $0.name < $1.name }) where found[index] != name {
            for part in name.split(separator: "/", omittingEmptySubsequences: false) {
                try PathPart.checked(String(part), called: "a part of the file name")
            }
            if let other = found.updateValue(name, forKey: index) {
                throw IDRError(
                    .invalidInput, "two files are of the same plane", at: [plate, "well \(well)"],
                    because: "\"\(other)\" and \"\(name)\" are of \(index)",
                    fix: "make the pattern \"\(pattern.template)\" fit one of them only")
            }
        }
        guard !found.isEmpty else {
            throw IDRError(
                .missing, "no file fits the pattern \"\(pattern.template)\"", at: [plate, "well \(well)"],
                because: all.isEmpty ? "there are no files" : "there are \(all.count) files, such as \(NearNames.list(all.prefix(2)))",
                fix: "check the plate and the well, or correct the pattern")
        }
        self.names = found
        var counts: [PlaneAxis: Int] = [:]
        for axis in pattern.axes { counts[axis] = found.keys.map { $0[axis] }.max() }
        self.counts = counts
        if let missing = TIFFWellNames.firstGap(in: found, counts) {
            throw IDRError(
                .missing, "no file holds \(missing)", at: [plate, "well \(well)"],
                because: "\(found.count) files fit the pattern \"\(pattern.template)\", and they are numbered up to \(TIFFWellNames.listed(counts))",
                fix: "fetch the file, or correct the pattern")
        }
    }

    /// The name of the file that holds the plane of `index`; nil where there is none.
    package func name(of index: PlaneIndex) -> String? { names[key(index)] }

    /// `index` with 1 for the axes that lie in the pages of files.
    package func key(_ index: PlaneIndex) -> PlaneIndex {
        var key = index
        for axis in PlaneAxis.allCases where !pattern.axes.contains(axis) { key[axis] = 1 }
        return key
    }

    /// The first plane without a file, by field, frame, channel and z. Among so many planes and one more there is one, if at all.
    private static func firstGap(in names: [PlaneIndex: String], _ counts: [PlaneAxis: Int]) -> PlaneIndex? {
        func numbers(_ axis: PlaneAxis) -> ClosedRange<Int> { 1...max(1, counts[axis] ?? 1) }
        for field in numbers(.field) {
            for frame in numbers(.frame) {
                for channel in numbers(.channel) {
                    for z in numbers(.z) {
                        let index = PlaneIndex(field: field, frame: frame, channel: channel, z: z)
                        if names[index] == nil { return index }
                    }
                }
            }
        }
        return nil
    }

    private static func listed(_ counts: [PlaneAxis: Int]) -> String {
        PlaneAxis.allCases.compactMap { axis in counts[axis].map { "\(axis.rawValue) \($0)" } }.joined(separator: ", ")
    }
}
