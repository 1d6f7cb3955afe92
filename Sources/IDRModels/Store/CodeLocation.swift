import CONNXRuntime
import Foundation

/// Where everything that IDRKit ships is looked for: around the program or dynamic library that contains this code.
package enum CodeLocation {
    /// That binary.
    package static let binary: String = {
        let own = idr_own_binary().map { String(cString: $0) }
        // A program's own name is kept as it was called, so only an absolute path says where it is.
        return URL(fileURLWithPath: own?.hasPrefix("/") == true ? own ?? "" : "/proc/self/exe").resolvingSymlinksInPath().path
    }()

    /// The folder of that binary.
    static let folder = URL(fileURLWithPath: binary).deletingLastPathComponent().path

    /// The package's checkout, where the code was built inside one.
    static let checkout: String? = checkouts(above: URL(fileURLWithPath: folder)).first

    /// Folders with a `Package.swift`, `folder` or above it, nearest first: a package may be a dependency inside another's build folder.
    static func checkouts(above folder: URL) -> [String] {
        var found: [String] = []
        var current = folder
        while current.path != "/" {
            if FileManager.default.fileExists(atPath: current.appending(path: "Package.swift").path) { found.append(current.path) }
            let parent = current.deletingLastPathComponent()
            // A relative path would never reach the root.
            guard parent.path.count < current.path.count else { break }
            current = parent
        }
        return found
    }
}
