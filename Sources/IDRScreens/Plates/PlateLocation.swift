import IDRFormats
package import IDRPlan

/// Where the plates table says that a plate's images are.
package enum PlateLocation: Sendable, Hashable {
    /// Among the studies' files: an index, a file or a folder, below the folder of all studies ("idr0006-.../x/plate.HTD").
    case files(String)
    /// Among the study's tables, below the study's folder there ("screens/x.screen").
    case tables(String)
    /// An OME-Zarr plate, as the table writes it.
    case zarr(String)

    /// - Parameters:
    ///   - source: as the table writes it: "/uod/idr/filesets/idr0006-.../x", "/uod/idr/metadata/idr0090-.../screens/x.screen", or from the
    ///     screen's folder on "../screens/x.screen".
    ///   - screen: whose table it is.
    /// - Throws: ``IDRError`` where it is no such place.
    package init(_ source: String, of screen: ScreenName) throws(IDRError) {
        let path = try PlatePath.checked(source, called: "the plate's place")
        let parts = path.split(separator: "/").map(String.init)
        if parts.contains(where: { $0.lowercased().hasSuffix(".zarr") }) {
            self = .zarr(path)
        } else if !path.hasPrefix("/") {
            // Written in the screen's own folder.
            let climbs = parts.prefix { $0 == ".." }.count
            guard climbs <= 1 else { throw Self.outside(source) }
            self = .tables(((climbs == 1 ? [] : ["screen\(screen.letter)"]) + parts.dropFirst(climbs)).joined(separator: "/"))
        } else {
            guard let below = PlatePath.belowStudies(path) else { throw Self.outside(source) }
            let own = parts.firstIndex { $0.hasPrefix(screen.study + "-") } ?? 0
            let isOfTables = own > 0 && parts[own - 1] == "metadata"
            self = isOfTables ? .tables(parts[(own + 1)...].joined(separator: "/")) : .files(below)
        }
    }

    private static func outside(_ source: String) -> IDRError {
        IDRError(
            .invalidInput, "the plates table says that a plate lies at \"\(source.prefix(120))\"", because: "that is not in a study's folder",
            fix: "correct the table, or put the plate in a mirror as OME-Zarr")
    }

    /// Of the last part of the path.
    private var fileName: String {
        switch self {
        case .files(let path), .tables(let path), .zarr(let path): path.split(separator: "/").last.map(String.init) ?? ""
        }
    }

    /// What the place is, by its name alone, for people: "Harmony", "MetaXpress", "OME-Zarr", "folder", or a format that is not read.
    package var layout: String {
        if case .zarr = self { return "OME-Zarr" }
        if let format = PlateIndexFormats.format(of: fileName) { return format.name }
        if let format = UnreadFormat(fileName: fileName) { return "not read: \(format.name)" }
        return "folder"
    }
}

extension ScreenTables {
    /// Where a plate's images are; nil where the plates table does not say.
    package func location(ofPlate plate: String) throws(IDRError) -> PlateLocation? {
        guard let source = plates[plate]?.source else { return nil }
        do throws(IDRError) { return try PlateLocation(source, of: screen) } catch { throw error.at("plate \(plate)") }
    }
}
