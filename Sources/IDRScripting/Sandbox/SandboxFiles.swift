import Foundation
import IDRKit
import IDRModels
import IDRPlan
import IDRRecord

/// The files that a script has in the sandbox: where they are outside and inside.
struct SandboxFiles {
    /// bubblewrap's words for them.
    private(set) var words: [String] = []
    /// Those that a plan can name.
    private(set) var models = BrokerFiles()

    mutating func add(_ path: String, as place: String) { words += ["--ro-bind", path, place] }

    mutating func addWritable(_ path: String, as place: String) { words += ["--bind", path, place] }

    /// The weights and cards of the models that can be named. Only files that are models' go in, wherever `IDRKIT_MODELS` may lead.
    mutating func addStore(_ store: ModelStore = .standard) {
        for model in store.list() {
            for file in model.files {
                let place = "\(Inside.models)/\(model.name)/\(URL(fileURLWithPath: file).lastPathComponent)"
                add(file, as: place)
                models.add(file, inside: place)
            }
        }
    }

    /// ONNX Runtime's library.
    /// - Returns: its path inside; nil leaves it to the system's libraries.
    mutating func addRuntime(besides library: String) throws -> String? {
        let environment = ProcessInfo.processInfo.environment
        let search = ONNXLibrarySearch(
            override: environment[ONNXLibrarySearch.setting].flatMap { $0.isEmpty ? nil : $0 }, binaries: [library], home: environment["HOME"])
        guard let file = try search.file() else { return nil }
        let place = "\(Inside.runtime)/\(URL(fileURLWithPath: file).lastPathComponent)"
        add(file, as: place)
        return place
    }

    /// A file that the person lets the script have.
    /// - Parameters:
    ///   - script: the script's own path.
    ///   - written: the folder that the script may write to.
    mutating func expose(_ path: String, besides script: String, written: String?) throws(IDRError) {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let folder = URL(fileURLWithPath: script).resolvingSymlinksInPath().deletingLastPathComponent().path
        func refused(_ reason: String) -> IDRError {
            IDRError(.refused, "the file cannot be exposed to the script", at: [path], because: reason, fix: "copy it into the script's folder")
        }
        var status = stat()
        guard lstat(file, &status) == 0 else { throw IDRError(.missing, "there is no file \(path) to expose", fix: "check the path") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw refused("it is no plain file") }
        guard file.hasPrefix(folder == "/" ? folder : folder + "/") else { throw refused("it does not lie in \(folder)") }
        if let written, file.hasPrefix(written + "/") { throw refused("it lies in the output folder, where the script could change it") }
        let place = "\(Inside.exposed)/\(file.dropFirst(folder.count).drop { $0 == "/" })"
        add(file, as: place)
        models.add(file, inside: place, isNamed: true)
    }

    /// A record that is repeated, with the models in it.
    mutating func addRecord(_ folder: String) {
        add(folder, as: Inside.record)
        let all = FileManager.default.enumerator(atPath: "\(folder)/\(RecordLayout.models)")
        while let name = all?.nextObject() as? String {
            guard all?.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            models.add("\(folder)/\(RecordLayout.models)/\(name)", inside: "\(Inside.record)/\(RecordLayout.models)/\(name)")
        }
    }
}
