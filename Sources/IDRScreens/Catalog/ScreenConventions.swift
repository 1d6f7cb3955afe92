import IDRFiles
package import IDRPlan

extension ScreenConventions {
    /// The conventions of a screen that is known by name, or the general ones.
    ///
    /// MitoCheck (idr0013): the published run of screen A leaves out well A1 of every plate, whose illumination is irregular.
    /// Cell Health (idr0080): one TIFF a field and channel, as PerkinElmer's Opera Phenix names them.
    package static func of(_ screen: ScreenName) -> ScreenConventions {
        var facts = ScreenConventions(
            targetColumns: ["Original Gene Target", "Gene Symbol", "Gene Identifier", "Compound Name"], excludedControls: [],
            controlWords: .standard)
        switch screen.description {
        case "idr0013A", "idr0013B":
            let folder = screen.letter == "A" ? "mitocheck" : "analysis/mitocheck"
            facts.study = "idr0013-neumann-mitocheck"
            facts.moviePath = "20150916-mitocheck-analysis/\(folder)/{screen}/hdf5/{number:5}_01.ch5"
            facts.plateColumns = WellName.standardColumns
            // The published run of screen A leaves it out.
            if screen.letter == "A" { facts.excludedControls = ["A1"] }
        case "idr0080A":
            facts.study = "idr0080-way-perturbation"
            facts.tiffPattern = "Images/r{row:2}c{column:2}f{field:2}p{z:2}-ch{channel}sk{frame}fk1fl1.tiff"
        default: break
        }
        return facts
    }

    /// Path of the movie of `well` below the study's folder.
    ///
    /// - Parameter screen: the plate's folder from the plates table, where it has one.
    /// - Throws: ``IDRError`` where the path is not known, or a name cannot be part of one.
    package func moviePath(of well: WellAddress, screen: String?) throws(IDRError) -> String {
        let subject = ["plate \(well.plate)", "well \(well.well)"]
        guard let moviePath else {
            throw IDRError(
                .missing, "it is not known where this screen's movies lie", at: subject,
                fix: "give their path in the configuration, screens > moviePath")
        }
        var path = ""
        var rest = Substring(moviePath)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            path += rest[..<open]
            do throws(IDRError) {
                path += try value(of: rest[rest.index(after: open)..<close], well, screen)
            } catch {
                throw error.at(subject)
            }
            rest = rest[rest.index(after: close)...]
        }
        return path + rest
    }

    private func value(of placeholder: Substring, _ well: WellAddress, _ screen: String?) throws(IDRError) -> String {
        switch placeholder {
        case "screen":
            guard let screen else {
                throw IDRError(
                    .missing, "the plates table names no folder for plate \(well.plate)", fix: "check the second column of the plates table")
            }
            return try PathPart.checked(screen, called: "the plate's folder")
        case "plate": return PathPart.escaped(well.plate)
        case "well": return try PathPart.checked(well.well, called: "the well's name")
        case "number": return String(well.number)
        default:
            let parts = placeholder.split(separator: ":")
            guard parts.count == 2, parts[0] == "number", let digits = Int(parts[1]), (1...20).contains(digits) else {
                throw IDRError(.invalidPlan, "the movies' path has a placeholder {\(placeholder)} that does not exist")
            }
            let number = String(well.number)
            return String(repeating: "0", count: max(0, digits - number.count)) + number
        }
    }
}

extension ScreenTables {
    /// Path of the movie of `well` below the study's folder, the same in a mirror and on the IDR's servers.
    package func moviePath(of well: WellAddress) throws(IDRError) -> String {
        try conventions.moviePath(of: well, screen: plates[well.plate]?.screenFolder)
    }
}
