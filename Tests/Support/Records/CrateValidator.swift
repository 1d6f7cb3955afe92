import Foundation

/// The field's validator of crates, where `Tools/validate_crate.sh --setup` put it.
package enum CrateValidator {
    private static var tools: URL { ExampleFrames.checkout.appending(path: "Tools") }

    /// Whether it is there, of the versions that are wanted now.
    package static var isAvailable: Bool {
        let wanted = try? Data(contentsOf: tools.appending(path: "validator-requirements.txt"))
        let installed = try? Data(contentsOf: ExampleFrames.checkout.appending(path: ".build/roc-validator/requirements.txt"))
        return wanted != nil && wanted == installed
    }

    /// What tests that are skipped say.
    package static let reason = "needs the crate validator: run Tools/validate_crate.sh --setup"

    /// What it says of the crates in `folders`, and whether all conform.
    package static func judge(_ folders: [String]) throws -> (conforms: Bool, report: String) {
        let process = Process()
        process.executableURL = tools.appending(path: "validate_crate.sh")
        process.arguments = folders
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus == 0, String(decoding: said, as: UTF8.self))
    }
}
