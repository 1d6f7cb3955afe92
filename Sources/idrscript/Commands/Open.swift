import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord

struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a run's report in the browser.", usage: "idrscript open <run> [--print]",
        discussion: """
            EXAMPLES
              idrscript open runs/idr0013A-6cab01a03b53
            """)

    @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"), completion: .directory)
    var folder: String

    @Flag(help: "Only print where the report is.")
    var print = false

    func run() async throws {
        let path = URL(fileURLWithPath: "\(folder)/\(RecordLayout.report)").path
        guard FileManager.default.fileExists(atPath: path) else {
            throw IDRError(
                .missing, "there is no report", at: [path],
                because: "the run has not ended, its report could not be written, or the folder is a copy of its record",
                fix: "run its script again: complete batches are skipped")
        }
        guard !self.print, ProcessInfo.processInfo.environment["DISPLAY"] != nil || ProcessInfo.processInfo.environment["WAYLAND_DISPLAY"] != nil
        else {
            return Swift.print(path)
        }
        if try await !Self.show(path) { Swift.print(path) }
    }

    /// Whether a browser was found that shows `path`: it goes on by itself.
    private static func show(_ path: String) async throws -> Bool {
        guard let program = ChildProcess.find("xdg-open") else { return false }
        var opener = ChildProcess(program, [path])
        opener.group = .shared
        return try await opener.run().isSuccess
    }
}
