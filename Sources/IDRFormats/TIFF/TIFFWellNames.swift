import IDRFiles
package import IDRPlan

/// Which of the files in a list hold which planes of a well: a ``TIFFPattern`` held against their names, with nothing opened.
package struct TIFFWellNames: Sendable, Hashable {
    package let pattern: TIFFPattern
    package let plate: String
    package let well: WellName
    /// The name of each file by the plane it holds; 1 stands for axes that lie in the pages of the files.
    package let names: [PlaneIndex: String]
    /// The largest number on each axis of the pattern, whether or not there are files for all; no entry for axes in the files.
    let counts: [PlaneAxis: Int]
    /// What pages are that say nothing of themselves.
    let pages: TIFFPages?
    /// Numbers beyond this are no counts of planes, such as dates that a pattern takes for frames.
    private static let largestCount = 1 << 16

    /// Chooses among `names`, whose parts are parted by `/`.
    /// - Parameters:
    ///   - names: of all files of a folder or server, as many as there are; those that do not fit are passed over.
    ///   - columns: how many the plate has, for `{number}`.
    ///   - pages: what pages of a file are that say nothing of themselves.
    /// - Throws: ``IDRError``: no name fits, or two are of the same plane. Planes between others may have no file: then they do not exist.
    package init(
        pattern: TIFFPattern, plate: String, well: WellName, names all: [String], columns: Int = WellName.standardColumns,
        pages: TIFFPages? = nil
    ) throws(IDRError) {
        (self.pattern, self.plate, self.well, self.pages) = (pattern, plate, well, pages)
        let matcher = TIFFNameMatcher(pattern, plate: plate, well: well, number: well.number(columns: columns))
        var found: [PlaneIndex: String] = [:]
        // The microscope's own previews of its images have names like theirs.
        let all = pattern.template.lowercased().contains("thumb") ? all : all.filter { !Self.isPreview($0) }
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
        if let (axis, count) = counts.first(where: { $0.value > Self.largestCount }) {
            throw IDRError(
                .invalidInput, "the files' names count the \(axis.rawValue) up to \(count)", at: [plate, "well \(well)"],
                because: "at most \(Self.largestCount) are read", fix: "correct the pattern \"\(pattern.template)\"")
        }
    }

    /// Whether ImageXpress and others mark the file as a small copy: "..._w1_thumb<GUID>.tif", "thumbs/...".
    private static func isPreview(_ name: String) -> Bool {
        let file = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
        return file.contains("_thumb") || file.hasPrefix("thumb_")
    }

    /// The name of the file that holds the plane of `index`; nil where there is none.
    package func name(of index: PlaneIndex) -> String? { names[key(index)] }

    /// `index` with 1 for the axes that lie in the pages of files.
    package func key(_ index: PlaneIndex) -> PlaneIndex {
        var key = index
        for axis in PlaneAxis.allCases where !pattern.axes.contains(axis) { key[axis] = 1 }
        return key
    }
}
