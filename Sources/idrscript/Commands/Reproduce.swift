import ArgumentParser
import Foundation
import IDRComparison
import IDRCrate
import IDRFiles
import IDRKit
import IDRNotebook
import IDRPlan
import IDRRecord
import IDRScripting

struct Reproduce: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a record again, from the record alone, and say how far the results agree.",
        usage: "idrscript reproduce <record> [<options>]",
        discussion: """
            The inputs are fetched and compared with the record's digests, models are found by theirs, the record's script is compiled
            with this IDRKit and run. What differs from the record's lock is named; with --locked it makes the record unverifiable.
            The output folder gets the rerun's own record, whose report shows the verdict, verdict.json and verdict.html.

            EXIT STATUS
              0   BIT           the same bytes
              10  CANONICAL     the same content, packed otherwise
              11  TOLERANCE     the same objects, numbers within the tolerance that the record fixed
              12  STATISTICAL   other objects, wells agree within the thresholds that the record fixed
              13  DIVERGED      less than that
              14  UNVERIFIABLE  something that is needed is gone; the verdict says what

            EXAMPLES
              idrscript reproduce provenance/mitocheck-controls --mirror example_files
              idrscript reproduce published.zip --batches 0,17 --locked
            """)

    @Argument(help: ArgumentHelp("The folder of a run, a published record, or a bundle (.zip).", valueName: "record"))
    var record: String

    @Option(help: ArgumentHelp("Only these batches, numbered from 0.", valueName: "numbers"), transform: NumberList.init)
    var batches: NumberList?

    @Option(
        help: ArgumentHelp(
            "Folder for the rerun and its verdict.", discussion: "Default: a new folder, reproductions/RUN-1; one that was stopped goes on.",
            valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("How many images are computed at the same time.", discussion: "Default: the machine's cores.", valueName: "n"))
    var threads: Int?

    @Flag(help: "Refuse other toolchains, libraries and models than the record's lock names.")
    var locked = false

    @Flag(help: "Run the record's script in the sandbox (bubblewrap): it needs no trust there.")
    var sandbox = false

    @Option(help: ArgumentHelp("The record's digest as it was published.", valueName: "sha256"))
    var digest: String?

    @Option(help: ArgumentHelp("Who may have signed the record; by default allowed_signers beside the configuration.", valueName: "file"))
    var allowedSigners: String?

    @OptionGroup var sources: SourceArguments

    @Flag(help: "Print the verdict as JSON.")
    var json = false

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads takes a number from 1") }
    }

    func run() async throws {
        let (verdict, folder, rerun) = try await judged()
        // Its JSON last: where it is, nothing is continued.
        try AtomicFile.write(Array(verdict.page.utf8), to: folder + "/verdict.html")
        try AtomicFile.write(CanonicalJSON.encode(verdict), to: "\(folder)/\(ReproductionFolder.verdict)")
        do {
            try addToReport(verdict, of: rerun)
        } catch {
            warn("the rerun's report does not show the verdict: \(error)")
        }
        if json { try printJSON(verdict) } else { print(verdict.text + "\nverdict: \(folder)/verdict.html") }
        if verdict.reached != .bit { throw ExitCode(verdict.reached.exitCode) }
    }

    /// The verdict, and the folders of the reproduction and of its rerun.
    private func judged() async throws -> (Verdict, String, String) {
        do {
            return try await RecordOpening.open(record) { opened in
                let name = URL(fileURLWithPath: record).deletingPathExtension().lastPathComponent
                let folder = try ReproductionFolder(output, named: name, of: try? Manifest.digest(in: opened))
                if folder.isContinued { StandardError.write("goes on in \(folder.path), where a reproduction of this record was stopped\n") }
                let reproduction = Reproduction(folder: opened, choices: choices, output: folder.path)
                return (try await reproduction.run(), folder.path, reproduction.rerunFolder)
            }
        } catch let stopped as ReproductionStopped {
            StandardError.write("stopped; complete batches are kept: the same command goes on with the others\n")
            throw ExitCode(128 + stopped.signal)
        }
    }

    private func addToReport(_ verdict: Verdict, of rerun: String) throws {
        guard var notebook = try Notebook(of: rerun) else { return }
        notebook.add(
            // The headline is the text's first line.
            RunSummary.Verdict(
                headline: verdict.headline, record: verdict.record,
                text: verdict.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).joined(separator: "\n")),
            toRun: Reproduction.runName)
        try notebook.write(to: rerun)
    }

    private var choices: Reproduction.Choices {
        var choices = Reproduction.Choices()
        choices.batches = batches?.values
        choices.threads = threads
        choices.access = sources.access
        choices.isLocked = locked
        choices.isSandboxed = sandbox
        choices.digest = digest
        choices.allowedSigners = allowedSigners ?? ScriptTrust.standardSigners()
        return choices
    }
}
