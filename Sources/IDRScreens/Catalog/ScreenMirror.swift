import Foundation
import IDRFiles
import IDRFormats
package import IDRPlan

/// A folder that holds studies' tables and movies as the IDR lays them out: `<root>/<study>/screenA/...`,
/// where `<study>` is a folder whose name begins with the accession, such as `idr0013-neumann-mitocheck`.
package struct ScreenMirror: Sendable, Hashable {
    package let root: String

    package init(root: String) { self.root = root }

    /// The study's folder.
    /// - Throws: ``IDRError`` where there is none, or more than one.
    package func studyFolder(of screen: ScreenName) throws(IDRError) -> String {
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

    /// Every screen whose tables are here, sorted: a folder `<study>/screen<letter>`.
    package func screens() -> [ScreenName] {
        var screens: [ScreenName] = []
        for study in ((try? OnDisk.names(in: root)) ?? nil)?.sorted() ?? [] {
            guard let accession = study.split(separator: "-").first else { continue }
            for folder in ((try? OnDisk.names(in: "\(root)/\(study)")) ?? nil)?.sorted() ?? [] {
                // "screens" has files of plates.
                guard folder.hasPrefix("screen"), folder.dropFirst("screen".count).first?.isUppercase == true,
                    let name = try? ScreenName("\(accession)\(folder.dropFirst("screen".count))"), !screens.contains(name)
                else { continue }
                screens.append(name)
            }
        }
        return screens
    }

    /// The screen's tables.
    package func screen(_ name: ScreenName, conventions: ScreenConventions = ScreenConventions()) throws(IDRError) -> ScreenCatalog {
        let paths = try tablePaths(of: name)
        let plates = try table("plates", paths.plates)
        let annotation = try table("annotation", paths.annotation)
        let further = try settings(of: name)
        let settings = StudySettings(further.map { (name: $0.file.address, bytes: $0.text) })
        let tables = try ScreenTables(
            screen: name, plates: PlatesTable(plates.text, called: paths.plates, columns: settings.plateColumns),
            annotation: CSVTable(annotation.text, called: paths.annotation), conventions: conventions, settings: settings)
        let study = try studyFolder(of: name).split(separator: "/").last ?? ""
        return ScreenCatalog(
            tables: tables, settings: settings, study: String(study), files: [annotation.file, plates.file], settingsFiles: further.map(\.file),
            notes: tables.notes + settings.notes)
    }

    /// What the study says of its tables in files beside them, and in those that these include.
    private func settings(of screen: ScreenName) throws(IDRError) -> [(text: [UInt8], file: CatalogFile)] {
        let folder = "\(try studyFolder(of: screen))/screen\(screen.letter)"
        let names = try OnDisk.names(in: folder) ?? []
        var files: [(text: [UInt8], file: CatalogFile)] = []
        for name in names.sorted() where StudySettings.isSettings(name, of: screen) { files.append(try table("settings", "\(folder)/\(name)")) }
        // The study's own and that of all studies, which the screen's includes. What is read later counts: the nearest.
        for name in ["../bulk.yml", "../../bulk.yml"] where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            files.insert(try table("settings", "\(folder)/\(name)"), at: 0)
        }
        return files
    }

    /// What `.screen` files beside the tables call the channels of a plate; nil where there is none that says so.
    package func channelNames(of screen: ScreenCatalog) -> [String]? {
        for entry in screen.tables.plates.entries {
            guard let location = try? screen.tables.location(ofPlate: entry.plate), case .tables(let path) = location,
                path.lowercased().hasSuffix(".screen"),
                let bytes = try? FileBytes.read("\(root)/\(screen.study)/\(path)", limit: IndexFiles.limit),
                let plate = try? ScreenFilePlate(bytes, called: path)
            else { continue }
            return plate.wells.lazy.compactMap(\.channelNames).first
        }
        return nil
    }

    /// Where the screen's two tables are.
    package func tablePaths(of screen: ScreenName) throws(IDRError) -> (plates: String, annotation: String) {
        let stem = "\(try studyFolder(of: screen))/screen\(screen.letter)/\(screen.study)-screen\(screen.letter)"
        let endings = ["-annotation.csv", "-annotation.csv.gz", "-annotation.zip", "-annotation.csv.zip"]
        let annotation = endings.map { stem + $0 }.first { FileManager.default.fileExists(atPath: $0) }
        return (stem + "-plates.tsv", annotation ?? stem + endings[0])
    }

    private func table(_ role: String, _ path: String) throws(IDRError) -> (text: [UInt8], file: CatalogFile) {
        guard let bytes = try FileBytes.read(path, limit: TableText.largest) else {
            throw IDRError(.missing, "there is no table \(path)", fix: "put the study's own table there")
        }
        let name = String(path.split(separator: "/").last ?? "")
        let file = ContentFile(role: role, name: name, bytes: bytes.count, sha256: try SHA256.digest(of: bytes))
        return (try TableText.unpacked(bytes, called: path), CatalogFile(file: file, address: name, fetchedAt: nil))
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
