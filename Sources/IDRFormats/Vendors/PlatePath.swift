import IDRFiles
package import IDRPlan

/// Paths of images as plates' indices write them.
package enum PlatePath {
    /// No path of an image is deeper.
    private static let mostParts = 64

    /// `path` with "/" between its parts, each of which can be one part of a path and nothing else; it may begin with "/" or with ".." parts.
    package static func checked(_ path: String, called what: String) throws(IDRError) -> String {
        let isAbsolute = path.hasPrefix("/") || path.hasPrefix("\\")
        let parts = path.split { $0 == "/" || $0 == "\\" }.map(String.init).filter { $0 != "." }
        let climbs = isAbsolute ? 0 : parts.prefix { $0 == ".." }.count
        guard parts.count > climbs, parts.count <= mostParts else {
            throw IDRError(
                .refused, "\(what) \"\(path.prefix(80))\" cannot be a path", because: parts.count > mostParts ? "it is too deep" : "it names no file",
                fix: "correct the index")
        }
        for part in parts.dropFirst(climbs) { try PathPart.checked(part, called: what) }
        return (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    }

    /// The path below the folder of all studies of what the index in `folder` calls `file`.
    /// - Parameters:
    ///   - file: as ``checked(_:called:)`` gives it.
    ///   - folder: of the index, below the folder of all studies; its first part is the study's own folder.
    /// - Throws: ``IDRError`` with code `refused` where a relative path leaves the study, or an absolute one leads to none.
    package static func joined(_ file: String, in folder: String) throws(IDRError) -> String {
        let home = folder.split(separator: "/")
        let parts = file.split(separator: "/")
        if file.hasPrefix("/") {
            guard let path = belowStudies(file) else { throw outside(file, folder) }
            return path
        }
        let climbs = parts.prefix { $0 == ".." }.count
        guard climbs < home.count else { throw outside(file, folder) }
        return (home.dropLast(climbs) + parts.dropFirst(climbs)).joined(separator: "/")
    }

    /// The part of an absolute path that begins with a study's folder; nil where there is none, or nothing in it is named. What stands before
    /// ("/uod/idr/filesets/") is where the IDR keeps its files. Some plates lie in the folder of an earlier study.
    package static func belowStudies(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let study = parts.firstIndex(where: isStudy), study + 1 < parts.count else { return nil }
        return parts[study...].joined(separator: "/")
    }

    /// "idr0011-ledesmafernandez-dad4".
    private static func isStudy(_ folder: Substring) -> Bool {
        let digits = folder.dropFirst(3).prefix { ("0"..."9").contains($0) }
        return folder.hasPrefix("idr") && digits.count >= 4 && folder.dropFirst(3 + digits.count).hasPrefix("-")
    }

    private static func outside(_ file: String, _ folder: String) -> IDRError {
        IDRError(
            .refused, "the plate's index names \"\(file.prefix(120))\"", at: [folder], because: "that is not in a study's folder",
            fix: "correct the index")
    }
}
