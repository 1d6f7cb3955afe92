import Foundation
import IDRFiles
import IDRPlan

/// A new folder that is removed with the value.
package final class ScratchFolder: Sendable {
    package let path: String

    package init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("idrkit-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in the folder.
    package func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Names of everything in the folder, hidden files too.
    package var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    package func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: self(name)))) }

    /// Digests of the files of a run's folder but those that hold times, by name.
    package func runContents(of output: String) throws -> [String: String] {
        let timed = ["record.json", "ro-crate-metadata.json", "manifest.json", "journal.jsonl", ".lock", "report.html", "notebook.json"]
        let names = files(below: output).filter { !timed.contains(URL(fileURLWithPath: $0).lastPathComponent) }
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try SHA256.digest(ofFile: self("\(output)/\($0)")).hex) })
    }

    /// Paths of all files below the folder, relative to it and sorted.
    package func files(below folder: String = "") -> [String] {
        let root = folder.isEmpty ? path : self(folder)
        let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return all.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }
}
