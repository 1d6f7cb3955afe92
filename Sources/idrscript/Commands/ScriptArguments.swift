import ArgumentParser
import Foundation
import IDRKit
import IDRPlan
import IDRRecord
import IDRScripting

/// What every command that executes a script takes.
struct ScriptArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The script, a .swift file.", valueName: "script"), completion: .file(extensions: ["swift"]))
    var script: String

    @Option(help: ArgumentHelp("Wells per batch; overrides the script's.", valueName: "n"))
    var batchSize: Int?

    @Option(
        name: .customLong("Xswiftc", withSingleDash: true), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Pass a flag to the compiler: -D<NAME>, -O, -Onone, -Osize, -Ounchecked.", valueName: "flag"))
    var compilerFlags: [String] = []

    @Flag(help: "Run only on what the idr.lock beside the script names: the same toolchain, libraries, models and packages.")
    var locked = false

    @Option(help: ArgumentHelp("Who may have signed a script from elsewhere.", valueName: "file"))
    var allowedSigners: String?

    @Flag(help: "Compile and run the script without network, home and files of yours (bubblewrap); images come through a broker. Needs no trust.")
    var sandbox = false

    @Option(help: ArgumentHelp("A file in the script's folder that it may read in the sandbox; may be repeated.", valueName: "file"))
    var expose: [String] = []

    @OptionGroup var sources: SourceArguments

    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments for the script itself, after --.", valueName: "arguments"))
    var arguments: [String] = []

    func validate() throws {
        if let batchSize, batchSize < 1 { throw ValidationError("--batch-size takes a number from 1") }
        if !expose.isEmpty, !sandbox { throw ValidationError("--expose goes with --sandbox") }
    }

    func options() throws -> RunOptions {
        var options = RunOptions()
        if locked { options.lock = try ScriptStart(script).lock() }
        options.batchSize = batchSize
        options.access = sources.access
        return options
    }

    /// Compiles the script where needed and becomes it: this function does not return on success.
    func execute(_ options: RunOptions) async throws { throw ExitCode(try await start().execute(options)) }

    func start() throws -> ScriptStart {
        var start = ScriptStart(script)
        start.arguments = arguments
        start.compilerFlags = compilerFlags
        start.allowedSigners = allowedSigners
        start.isOffline = try sources.complete().freshness == .offline
        start.isSandboxed = sandbox
        start.exposed = expose
        return start
    }
}
