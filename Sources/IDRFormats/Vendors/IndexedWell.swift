package import IDRPlan

/// A well of a plate whose index says where its planes are.
package struct IndexedWell: WellFiles {
    /// By plane; 1 stands for axes that lie in the files. Files are named by their paths below the folder of all studies.
    let places: [PlaneIndex: Place]
    /// The largest number on each axis; no entry for axes in the files.
    let counts: [PlaneAxis: Int]
    let channelNames: [String]?
    /// What pages are that say nothing of themselves.
    let told: TIFFPages?
    /// Looks at a file before its planes are used.
    let check: @Sendable (_ file: TIFFFile) throws(IDRError) -> Void

    struct Place: Sendable, Hashable {
        let file: String
        /// From 1; nil where the file says it.
        let page: Int?
    }

    /// - Parameters:
    ///   - folder: the index's, below the folder of all studies.
    ///   - told: what pages of a file are that says nothing of them.
    ///   - check: looks at a file before its planes are used.
    /// - Throws: ``IDRError`` with code `missing` where the index names no images of the well; one where they are of a format that is not read.
    package init(
        _ well: WellName, of index: PlateIndex, in folder: String, pages told: TIFFPages? = nil,
        check: @escaping @Sendable (_ file: TIFFFile) throws(IDRError) -> Void = { _ in }
    ) throws(IDRError) {
        guard let planes = index.wells[well], let first = planes.min(by: { $0.key.order < $1.key.order }) else {
            throw IDRError(
                .missing, "the plate's index names no images of well \(well)", at: [folder], because: "it names those of \(index.wells.count) wells",
                fix: "leave the well out")
        }
        if let format = UnreadFormat(fileName: first.value.file) {
            throw format.refusal(try PlatePath.joined(first.value.file, in: folder))
        }
        var places: [PlaneIndex: Place] = [:]
        for (plane, place) in planes { places[plane] = Place(file: try PlatePath.joined(place.file, in: folder), page: place.page) }
        self.places = places
        var counts: [PlaneAxis: Int] = [:]
        for axis in PlaneAxis.allCases { counts[axis] = planes.keys.map { $0[axis] }.max() }
        if planes.values.contains(where: { $0.page == nil }) {
            for axis in index.axesInFiles where counts[axis] == 1 { counts[axis] = nil }
        }
        // A plane that is missing in this well leaves the channel where it is.
        if let count = counts[.channel] { counts[.channel] = max(count, index.channelNames.count) }
        self.counts = counts
        let names = index.channelNames.enumerated().map { $0.element ?? "channel \($0.offset + 1)" }
        channelNames = names.isEmpty || names.count < counts[.channel] ?? 0 ? nil : names
        (self.told, self.check) = (told, check)
    }

    package var firstFile: String? { places.min { $0.key.order < $1.key.order }?.value.file }

    package func name(of index: PlaneIndex) -> String? {
        var key = index
        for axis in PlaneAxis.allCases where counts[axis] == nil { key[axis] = 1 }
        return places[key]?.file
    }

    /// Names of all files of the well, sorted.
    package var files: [String] { Set(places.values.map(\.file)).sorted() }

    package func well(paths: [String: String], of subject: [String]) throws(IDRError) -> TIFFWell {
        try TIFFWell(self, paths: places.compactMapValues { paths[$0.file] }, of: subject)
    }
}
