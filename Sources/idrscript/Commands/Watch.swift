import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRScripting

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a script each time it is saved, with a live report in the browser.",
        usage: "idrscript watch <script> [<options>] [-- <arguments> ...]",
        discussion: """
            The report is served on this machine only and loads itself anew. A save while the script runs stops the run and begins again:
            complete batches are kept. Ctrl-C ends it.

            EXAMPLES
              idrscript watch screen.swift --output results
            """)

    @OptionGroup var script: ScriptArguments

    @Option(help: ArgumentHelp("Folder for the results.", discussion: "Default: runs/SCREEN-IDENTITY below the current folder.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("The port of the report.", discussion: "Default: a free one.", valueName: "n"))
    var port: UInt16 = 0

    func validate() throws {
        if script.sandbox { throw ValidationError("watch runs scripts of your own; --sandbox goes with run") }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "idrscript-watch-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = try script.options()
        options.output = output
        options.livePage = folder + "/report.html"
        let live = try await LivePage(path: folder + "/report.html", port: port)
        let watched = WatchedScript(script: try script.start(), options: options, page: folder + "/report.html")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await live.serve() }
            print("report  \(try await live.address())")
            fflush(nil)
            group.addTask { try await watched.watch() }
            group.addTask { await Self.untilInterrupted() }
            // Whichever ends first ends the others.
            try await group.next()
            group.cancelAll()
        }
    }

    /// Until Ctrl-C or a request to end, which then leave nothing behind. The second one ends the program at once.
    private static func untilInterrupted() async {
        let (stops, stop) = AsyncStream.makeStream(of: Int32.self)
        let signals = StopSignals { stop.yield($0) }
        for await _ in stops { break }
        signals.end()
    }
}
