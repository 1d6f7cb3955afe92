internal import Foundation
public import IDRPlan

/// A folder that holds studies' tables and movies as the IDR lays them out: `<root>/<study>/screenA/...`,
/// where `<study>` is a folder whose name begins with the accession, such as `idr0013-neumann-mitocheck`.
public struct ScreenMirror: Sendable, Hashable {
    public let root: String

    public init(root: String) { self.root = root }

    /// More than any study's annotation holds (MitoCheck's has about 60 MB).
    static let largestTable = 1 << 30

    /// The study's folder.
    /// - Throws: ``IDRError`` where there is none, or more than one.
    public func studyFolder(of screen: ScreenName) throws(IDRError) -> String {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        } catch {
            throw IDRError(.missing, "there is no folder \(root) to take the study from", fix: "give the folder of the local mirror")
        }
        let folders = names.filter { $0.hasPrefix(screen.study + "-") && ScreenMirror.isFolder("\(root)/\($0)") }
        guard let folder = folders.first else {
            let studies = names.filter { $0.hasPrefix("idr") }
            throw IDRError(
                .missing, "the mirror holds no study \(screen.study)", at: [root],
                because: studies.isEmpty ? "no folder's name begins with \"\(screen.study)-\"" : "its studies are \(NearNames.list(studies))")
        }
        guard folders.count == 1 else {
            throw IDRError(.invalidInput, "the mirror holds \(screen.study) more than once", at: [root], because: NearNames.list(folders))
        }
        return "\(root)/\(folder)"
    }

    /// Reads the screen's plates and annotation tables.
    public func tables(
        of screen: ScreenName, conventions: ScreenConventions? = nil, controlWords: ControlWords = ControlWords()
    ) throws(IDRError) -> ScreenTables {
        let paths = try tablePaths(of: screen)
        return try ScreenTables(
            screen: screen,
            plates: PlatesTable(ScreenMirror.read(paths.plates), called: paths.plates),
            annotation: CSVTable(ScreenMirror.read(paths.annotation), called: paths.annotation),
            conventions: conventions, controlWords: controlWords)
    }

    /// Where the screen's two tables are.
    public func tablePaths(of screen: ScreenName) throws(IDRError) -> (plates: String, annotation: String) {
        let stem = "\(try studyFolder(of: screen))/screen\(screen.letter)/\(screen.study)-screen\(screen.letter)"
        let plain = stem + "-annotation.csv"
        return (stem + "-plates.tsv", FileManager.default.fileExists(atPath: plain) ? plain : plain + ".gz")
    }

    private static func read(_ path: String) throws(IDRError) -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw IDRError(.missing, "there is no table \(path)", fix: "put the study's own table there")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IDRError(.system, "\(path) cannot be read", fix: "check the file's permissions")
        }
        guard path.hasSuffix(".gz") else { return [UInt8](data) }
        do throws(IDRError) {
            return try Gzip.decompress([UInt8](data), limit: largestTable)
        } catch {
            throw error.at([path])
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}

extension ScreenTables {
    /// Path of the movie of `well` below the study's folder, the same in a mirror and on the IDR's servers.
    public func moviePath(of well: ScreenWell) throws(IDRError) -> String {
        try conventions.moviePath(of: well, screen: plates[well.plate]?.screenFolder)
    }
}
