import ArgumentParser
import Foundation
import IDRComparison
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord

struct Ls: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List runs with their state.", usage: "idrscript ls [<folder> ...] [--json]",
        discussion: """
            Looks at the folders given and one level below them; without any, at runs/ and this folder.

            EXAMPLES
              idrscript ls
              idrscript ls provenance --json
            """)

    @Argument(help: ArgumentHelp("Folders of runs, or with runs in them.", valueName: "folder"), completion: .directory)
    var folders: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    struct Line: Encodable {
        var folder: String
        var screen: String
        /// `complete`, `partial` (batches are left to run), `failed` (some batches failed), `interrupted`, or `unreadable`.
        var state: String
        var batches: Int
        var ofBatches: Int
        /// Images that complete batches lack: those that failed, which the next run tries again, and those that do not exist.
        var failedImages = 0
        var absentImages = 0
        var begun: Date?
        /// SHA-256 of the manifest.
        var record: Digest?
    }

    func run() throws {
        let lines = try places().compactMap(Self.line)
        if json {
            try printJSON(lines)
        } else if lines.isEmpty {
            print("no runs here: idrscript run makes them")
        } else {
            let rows = lines.map { line in
                [
                    line.folder, line.screen, Self.text(line), "\(line.batches)/\(line.ofBatches)", line.begun.map(PeopleText.time) ?? "-",
                    line.record?.short ?? "-",
                ]
            }
            for line in TextTable.lines(["run", "screen", "state", "batches", "begun (UTC)", "record"], rows) { print(line) }
        }
    }

    private func places() throws(IDRError) -> [String] {
        let roots = folders.isEmpty ? ["runs", "."] : folders
        var found: [String] = []
        for root in roots {
            let root = root == "/" ? root : String(root.reversed().drop { $0 == "/" }.reversed())
            let below = (try OnDisk.names(in: root) ?? []).map { root == "." ? $0 : "\(root)/\($0)" }
            found += ([root] + below).filter { FileManager.default.fileExists(atPath: "\($0)/\(RecordLayout.run)") && !found.contains($0) }
        }
        return found
    }

    private static func text(_ line: Line) -> String {
        let counts = [(line.failedImages, "failed"), (line.absentImages, "absent")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return line.state + (counts.isEmpty ? "" : ", images: " + counts.joined(separator: ", "))
    }

    private static func line(_ path: String) -> Line? {
        guard let record = try? RecordFolder(reading: path) else {
            return Line(folder: path, screen: "-", state: "unreadable", batches: 0, ofBatches: 0, begun: nil, record: nil)
        }
        let (complete, failed, journal) = (record.completeBatches.count, record.failedBatches.count, record.journal)
        let state =
            if !Journal.isClosed(journal) {
                "interrupted"
            } else if failed > 0 {
                "failed"
            } else {
                complete == record.run.batches ? "complete" : "partial"
            }
        let lacking = Journal.lackingImages(journal, in: record.completeBatches)
        return Line(
            folder: path, screen: record.plan.plan.screen, state: state, batches: complete, ofBatches: record.run.batches,
            failedImages: lacking.failed, absentImages: lacking.absent, begun: journal.first?.at,
            record: try? Manifest.digest(in: path))
    }
}
