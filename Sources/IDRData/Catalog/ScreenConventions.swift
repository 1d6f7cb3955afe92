public import IDRPlan

/// What must be known about a screen beyond its tables: where its movies lie and how its tables are meant.
/// A wrong fact is corrected here, or in a value of one's own, and not in code.
public struct ScreenConventions: Sendable, Hashable, Codable {
    /// Path of a movie below the study's folder, with the placeholders `{screen}` (folder from the plates table),
    /// `{plate}`, `{well}` (name), `{number}` and `{number:5}` (zero-padded); nil where it is not known.
    public var moviePath: String?
    /// Columns that name the perturbed gene or compound; the first that the table has is used.
    public var targetColumns: [String]
    /// Wells that are no controls whatever the table says.
    public var excludedControls: [String]
    /// Columns of a plate, for wells without a number of their own in the table.
    public var plateColumns: Int

    public init(
        moviePath: String? = nil, targetColumns: [String] = ["Original Gene Target", "Gene Symbol", "Gene Identifier", "Compound Name"],
        excludedControls: [String] = [], plateColumns: Int = WellName.standardColumns
    ) {
        self.moviePath = moviePath
        self.targetColumns = targetColumns
        self.excludedControls = excludedControls
        self.plateColumns = plateColumns
    }

    /// The conventions of a screen that is known by name, or the general ones.
    ///
    /// MitoCheck (idr0013): the published run leaves out well A1 of every plate, whose illumination is irregular.
    public static func of(_ screen: ScreenName) -> ScreenConventions {
        let movies = [
            "idr0013A": "20150916-mitocheck-analysis/mitocheck/{screen}/hdf5/{number:5}_01.ch5",
            "idr0013B": "20150916-mitocheck-analysis/analysis/mitocheck/{screen}/hdf5/{number:5}_01.ch5",
        ]
        return ScreenConventions(moviePath: movies[screen.description], excludedControls: screen.study == "idr0013" ? ["A1"] : [])
    }

    /// Path of the movie of `well` below the study's folder.
    ///
    /// - Parameter screen: the plate's folder from the plates table, where it has one.
    /// - Throws: ``IDRError`` where the path is not known, or a name cannot be part of one.
    public func moviePath(of well: ScreenWell, screen: String?) throws(IDRError) -> String {
        let subject = ["plate \(well.plate)", "well \(well.name)"]
        guard let moviePath else {
            throw IDRError(
                .missing, "it is not known where this screen's movies lie", at: subject, fix: "give their path in the screen's conventions")
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

    private func value(of placeholder: Substring, _ well: ScreenWell, _ screen: String?) throws(IDRError) -> String {
        switch placeholder {
        case "screen":
            guard let screen else {
                throw IDRError(
                    .missing, "the plates table names no folder for plate \(well.plate)", fix: "check the second column of the plates table")
            }
            return try PathPart.checked(screen, called: "the plate's folder")
        case "plate": return try PathPart.checked(well.plate, called: "the plate's name")
        case "well": return try PathPart.checked(well.name, called: "the well's name")
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
