import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// The folder that a sandboxed script may write to. What it leaves there is looked at before anybody uses it.
struct WrittenFolder {
    let path: String

    private static let deepest = 8
    private static let shown = 10

    /// Opens the folder, or makes it.
    /// - Throws: where it is neither empty nor a run's: a script must not be let into other files.
    static func open(_ path: String) throws -> WrittenFolder {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw IDRError(
                .system, "the output folder cannot be made", at: [path], because: "\(error.localizedDescription)",
                fix: "choose another one with --output")
        }
        let folder = WrittenFolder(path: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        let names = try (OnDisk.names(in: folder.path) ?? []).filter { $0 != FileLock.name && !UnderWay.isName($0) }
        let isRun = { (folder: String) in FileManager.default.fileExists(atPath: "\(folder)/\(RecordLayout.run)") }
        guard isRun(folder.path) || names.allSatisfy({ isRun("\(folder.path)/\($0)") }) else {
            throw IDRError(
                .refused, "the output folder holds other files", at: [path], because: "the script may change everything in it",
                fix: "choose an empty or new folder with --output")
        }
        try folder.check("the output folder holds what no run leaves there")
        return folder
    }

    /// - Throws: `refused` where the folder holds anything but plain files and folders.
    func check(_ problem: String) throws(IDRError) {
        var found: [String] = []
        look(into: "", depth: 0, &found)
        guard !found.isEmpty else { return }
        throw IDRError(
            .refused, problem, at: [path], because: found.prefix(Self.shown).joined(separator: "; "),
            fix: "do not use what is in it; delete the folder")
    }

    private func look(into below: String, depth: Int, _ found: inout [String]) {
        guard depth <= Self.deepest else { return found.append("\(Self.shown(below)) is too deep") }
        guard let stream = opendir(path + below) else { return found.append("\(Self.shown(below)) cannot be read") }
        defer { closedir(stream) }
        while found.count <= Self.shown, let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            let name = String(decoding: bytes, as: UTF8.self)
            if name == "." || name == ".." { continue }
            let file = "\(below)/\(name)"
            var status = stat()
            guard Array(name.utf8) == bytes, name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
                found.append("\(Self.shown(file)) has a name that cannot be shown")
                continue
            }
            guard lstat(path + file, &status) == 0 else {
                found.append("\(Self.shown(file)) cannot be read")
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: look(into: file, depth: depth + 1, &found)
            case S_IFREG where status.st_mode & 0o6000 != 0: found.append("\(Self.shown(file)) would run as its owner for others")
            case S_IFREG: continue
            case S_IFLNK: found.append("\(Self.shown(file)) is a link")
            default: found.append("\(Self.shown(file)) is no file")
            }
        }
    }

    private static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.dropFirst().unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
