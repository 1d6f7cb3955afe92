package import IDRPlan

/// Where the planes of a plate lie, as the plate's index (a vendor's, or a study's own) says.
package struct PlateIndex: Sendable, Equatable {
    /// Of the plate; nil where the index does not say.
    package var rows: Int?
    package var columns: Int?
    /// Of the channels in the order of their numbers; empty where the index names none, and nil for a channel that it gives no name.
    package var channelNames: [String?] = []
    /// Every well of which the index names images, with where each plane is. What an index calls by numbers from 0 is counted from 1 here.
    package var wells: [WellName: [PlaneIndex: PlanePlace]] = [:]
    /// What files may have several of that say themselves where their planes are, if the index has 1.
    package var axesInFiles: [PlaneAxis] = [.frame, .channel, .z]
    /// What a person should know of it: wells without images that were said, planes that it lists twice.
    package var notes: [String] = []

    package init(rows: Int? = nil, columns: Int? = nil, channelNames: [String?] = []) {
        (self.rows, self.columns, self.channelNames) = (rows, columns, channelNames)
    }
}

/// The file that holds a plane.
package struct PlanePlace: Sendable, Hashable {
    /// Its path with "/" between parts, each of which can be one part of a path and nothing else. It begins in the index's folder, and may begin
    /// with ".." parts, by which it must not leave the study; where it begins with "/", one
    /// of its parts must be a study's folder ("/uod/idr/filesets/idr0035-.../x.tif"), and what stands before that does not count.
    package let file: String
    /// The page of the file, from 1; nil where the file itself says where its planes are. Then the place is of all its planes, and the axes that
    /// the index has only 1 of are the file's.
    package let page: Int?

    /// - Parameter file: separated by "/" or "\\"; "." parts and empty ones are dropped.
    /// - Throws: ``IDRError`` with code `refused` where a part cannot be one, or ".." stands behind a folder.
    package init(file: String, page: Int? = 1) throws(IDRError) {
        self.file = try PlatePath.checked(file, called: "the file that the plate's index names,")
        self.page = page
    }
}

/// Makes a ``PlateIndex`` of what a file says, within limits.
package struct PlateIndexBuilder: Sendable {
    package private(set) var index: PlateIndex
    /// The file that says it, for errors.
    private let file: String
    private var count = 0
    private var doubles = 0

    /// No plate has more rows or columns, and no index names more planes.
    private static let mostRows = 64
    private static let mostColumns = 96
    private static let mostPlanes = 1 << 22
    private static let largestNumber = 1 << 20

    package init(_ file: String, rows: Int? = nil, columns: Int? = nil, channelNames: [String?] = [], axesInFiles: [PlaneAxis]? = nil) {
        self.file = file
        index = PlateIndex(rows: rows, columns: columns, channelNames: channelNames)
        if let axesInFiles { index.axesInFiles = axesInFiles }
    }

    /// Takes in a plane; of two that have the same index, the first stays and a note says how many there were.
    /// - Parameters:
    ///   - row: from 0.
    ///   - column: from 0.
    package mutating func add(_ place: PlanePlace, at plane: PlaneIndex, row: Int, column: Int) throws(IDRError) {
        guard row >= 0, column >= 0, row < Self.mostRows, column < Self.mostColumns else {
            throw failure("it has a well in row \(row) and column \(column), counted from 0")
        }
        guard PlaneAxis.allCases.allSatisfy({ (1...Self.largestNumber).contains(plane[$0]) }), (place.page ?? 1) >= 1 else {
            throw failure("it names \(plane) on page \(place.page ?? 1)")
        }
        count += 1
        guard count <= Self.mostPlanes else { throw failure("it names more than \(Self.mostPlanes) planes") }
        let isNew = { (known: inout PlanePlace?) in
            defer { known = known ?? place }
            return known == nil || known == place
        }(&index.wells[WellName(row: row, column: column), default: [:]][plane])
        if !isNew { doubles += 1 }
    }

    package mutating func note(_ note: String) { index.notes.append(note) }

    /// - Throws: ``IDRError`` where there is no plane at all.
    package consuming func finished() throws(IDRError) -> PlateIndex {
        guard !index.wells.isEmpty else { throw failure("it names no images") }
        if doubles > 0 { index.notes.append("\(file) names \(doubles) planes a second time; the first are used") }
        return index
    }

    /// What is wrong with the file.
    package func failure(_ reason: String) -> IDRError { PlateIndexFormats.error(file, reason) }
}
