import Foundation
package import IDRPlan

/// Where the ONNX Runtime library may be, in the order in which the places are asked.
///
/// 1. the setting `IDRKIT_ONNXRUNTIME`, the path of the library file. If it is set (and not empty) and wrong, that is an error: nothing else is tried;
/// 2. the install prefix: beside the binary that holds this code, then `../lib/idrkit/` of it;
/// 3. the set-up folder of a checkout: `.idrkit/lib` beside a `Package.swift` in a folder above that binary;
/// 4. `~/.local/lib/idrkit`, then `/usr/local/lib/idrkit`;
/// 5. the system's loader, with ``systemNames``.
package struct ONNXLibrarySearch: Sendable {
    package static let setting = "IDRKIT_ONNXRUNTIME"
    package static let systemNames = ["libonnxruntime.so.1", "libonnxruntime.so"]
    package static let advice = "run make setup, or set \(setting) to the path of a libonnxruntime.so"

    /// Value of the setting, or nil where it is not set.
    package var override: String?
    /// The binaries that may hold this code, absolute paths.
    package var binaries: [String]
    /// The user's home folder.
    package var home: String?
    /// Folders that belong to the whole machine.
    package var machineFolders: [String]

    package init(override: String?, binaries: [String], home: String?, machineFolders: [String] = ["/usr/local/lib/idrkit"]) {
        self.override = override
        self.binaries = binaries
        self.home = home
        self.machineFolders = machineFolders
    }

    /// Folders to look into, first to last, each once.
    package var folders: [String] {
        var found: [String] = []
        let beside = binaries.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent() }
        for folder in beside {
            found.append(folder.path)
            found.append(folder.deletingLastPathComponent().appendingPathComponent("lib/idrkit").path)
        }
        found += beside.flatMap(CodeLocation.checkouts).map { $0 + "/.idrkit/lib" }
        if let home, !home.isEmpty { found.append(URL(fileURLWithPath: home).appendingPathComponent(".local/lib/idrkit").path) }
        var seen = Set<String>()
        return (found + machineFolders).filter { seen.insert($0).inserted }
    }

    /// The file that the setting names or that the first folder with one holds; nil leaves the choice to the system's loader.
    package func file() throws(IDRError) -> String? {
        if let override {
            guard FileManager.default.fileExists(atPath: override) else {
                throw IDRError(
                    .missing, "the ONNX Runtime library named by \(Self.setting) does not exist", at: [override],
                    fix: "correct or unset \(Self.setting)")
            }
            return override
        }
        return folders.lazy.compactMap(newestLibrary).first
    }

    /// `libonnxruntime.so.1.32.0` before `libonnxruntime.so.1.9.0` before `libonnxruntime.so`.
    private func newestLibrary(in folder: String) -> String? {
        let prefix = "libonnxruntime.so"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let versions = names.filter { $0.hasPrefix(prefix) }.compactMap { name -> (name: String, version: [Int])? in
            let numbers = name.dropFirst(prefix.count).split(separator: ".").map { Int($0) }
            guard !numbers.contains(nil), name == ([prefix] + numbers.compactMap { $0.map(String.init) }).joined(separator: ".") else { return nil }
            return (name, numbers.compactMap { $0 })
        }
        let newest = versions.max { $0.version.lexicographicallyPrecedes($1.version) }
        return newest.map { folder + "/" + $0.name }
    }
}
