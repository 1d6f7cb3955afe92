import CONNXRuntime
import Foundation

/// Where everything that IDRKit ships is looked for: around the program or dynamic library that contains this code.
enum CodeLocation {
    /// The folder of that binary.
    static let folder: String = {
        guard let binary = idr_own_binary() else { return "." }
        return URL(fileURLWithPath: String(cString: binary)).resolvingSymlinksInPath().deletingLastPathComponent().path
    }()

    /// The package's checkout, where the code was built inside one: the nearest folder above with a `Package.swift`.
    static let checkout: String? = {
        var folder = URL(fileURLWithPath: CodeLocation.folder)
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) { return folder.path }
            folder.deleteLastPathComponent()
        }
        return nil
    }()
}
