import Foundation

/// The Python that tests use to let the field's own programs write or read files: `make test-tools` makes it in `.build/test-python`.
package enum TestPython {
    private static var folder: URL { ExampleFrames.checkout.appending(path: ".build/test-python") }

    /// Whether it is there, with the packages that `Tools/test-requirements.txt` names now.
    package static var isAvailable: Bool {
        let wanted = try? Data(contentsOf: ExampleFrames.checkout.appending(path: "Tools/test-requirements.txt"))
        let installed = try? Data(contentsOf: folder.appending(path: "requirements.txt"))
        return wanted != nil && wanted == installed
    }

    /// What tests that are skipped say.
    package static let reason = "needs the Python packages in Tools/test-requirements.txt: run make test-tools"

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs a program and waits for it.
    /// - Parameter script: its path below the checkout, such as `Tools/make_zarr_arrays.py`.
    /// - Throws: ``Failure`` with what it printed where it fails.
    package static func run(script: String, arguments: [String]) throws {
        _ = try output(of: [ExampleFrames.checkout.appending(path: script).path] + arguments, called: script)
    }

    /// What `program`, a text, prints.
    package static func output(of program: String, _ arguments: String...) throws -> String {
        try output(of: ["-c", program] + arguments, called: "the program")
    }

    private static func output(of arguments: [String], called script: String) throws -> String {
        let process = Process()
        process.executableURL = folder.appending(path: "bin/python3")
        process.arguments = ["-B"] + arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let end = String(decoding: said.suffix(2000), as: UTF8.self)
            throw Failure(description: "\(script) ends with status \(process.terminationStatus): \(end)")
        }
        return String(decoding: said, as: UTF8.self)
    }
}
