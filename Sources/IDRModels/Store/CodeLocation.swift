import CONNXRuntime
import Foundation

/// The folder of the program or dynamic library that contains this code: everything that IDRKit ships is looked for from there.
enum CodeLocation {
    static let folder: String = {
        var info = Dl_info()
        let here: @convention(c) () -> Void = {}
        guard dladdr(unsafeBitCast(here, to: UnsafeRawPointer.self), &info) != 0, let name = info.dli_fname else { return "." }
        return URL(fileURLWithPath: String(cString: name)).resolvingSymlinksInPath().deletingLastPathComponent().path
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
