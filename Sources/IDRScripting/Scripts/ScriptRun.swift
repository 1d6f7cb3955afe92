import Foundation
import IDRFiles
package import IDRKit
import IDRPlan
import Subprocess
import SystemPackage

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

    /// Runs the script as a child; what it prints goes to stderr.
    /// - Returns: whether it ended with status 0.
    package func runAsChild(_ options: RunOptions) async throws -> Bool {
        var variables: [Environment.Key: String?] = [:]
        for (name, value) in try options.environment() { variables[Environment.Key(stringLiteral: name)] = value }
        for (name, value) in settings where value.overrides || ProcessInfo.processInfo.environment[name] == nil {
            variables[Environment.Key(stringLiteral: name)] = value.value
        }
        // As Ctrl-C would: the run closes its record.
        var platform = PlatformOptions()
        platform.teardownSequence = [.send(signal: .interrupt, allowedDurationToNextStep: .seconds(30))]
        let result = try await Subprocess.run(
            .path(FilePath(script.binary)), arguments: Arguments(executablePathOverride: path, remainingValues: arguments),
            environment: .inherit.updating(variables), platformOptions: platform, input: .none, output: .currentStandardError,
            error: .currentStandardError)
        try Task.checkCancellation()
        return result.terminationStatus.isSuccess
    }

    /// Where a script traps, the toolchain's backtracer names its line; a setting of the user's own stays.
    private var settings: [String: (value: String, overrides: Bool)] {
        [
            "IDRKIT_SYMBOLIZER": (symbolizer, true),
            "SWIFT_BACKTRACE": (Self.backtrace, false),
        ]
    }

    package static let backtrace = "enable=yes,color=no,interactive=no,threads=crashed,registers=none,images=none,limit=16"
}
