import Foundation
import IDRFiles
import IDRKit
import IDRPlan

/// A compiled script, ready to be started.
package struct ScriptRun {
    package let script: CompiledScript
    /// As a person calls it: the first word of its arguments.
    package let path: String
    package let arguments: [String]
    package let symbolizer: String

    /// The process becomes the script: this function does not return on success.
    package func become() throws -> Never {
        for (name, value) in settings { setenv(name, value.value, value.overrides ? 1 : 0) }
        var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        execv(script.binary, &pointers)
        let reason = SystemFailure.reason(errno)
        for pointer in pointers { free(pointer) }
        throw IDRError(.system, "the compiled script cannot be started", at: [script.binary], because: reason, fix: "delete that file and run again")
    }

    /// Runs the script as a child, which ends where this process does; what it prints goes to stderr.
    /// - Parameter stop: ends it from elsewhere.
    /// - Returns: whether it ended with status 0.
    func runAsChild(_ options: RunOptions, stop: ChildStop = ChildStop()) async throws -> Bool {
        var child = ChildProcess(script.binary, arguments, named: path)
        child.environment.merge(try options.environment()) { $1 }
        for (name, value) in settings where value.overrides || child.environment[name] == nil { child.environment[name] = value.value }
        child.environment[Self.parent] = "\(getpid())"
        (child.output, child.errors) = (.descriptor(STDERR_FILENO), nil)
        // For the run to close its record.
        child.deadline.grace = 30
        return try await child.run(stop).isSuccess
    }

    /// Where a script traps, the toolchain's backtracer names its line; a setting of the user's own stays.
    private var settings: [String: (value: String, overrides: Bool)] {
        [
            "IDRKIT_SYMBOLIZER": (symbolizer, true),
            "SWIFT_BACKTRACE": (Self.backtrace, false),
        ]
    }

    /// See the constructor of CReader.
    private static let parent = "IDRKIT_PARENT"

    package static let backtrace = "enable=yes,color=no,interactive=no,threads=crashed,registers=none,images=none,limit=16"
}
