import ArgumentParser
import IDRKit

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compile a script and run it.", usage: "idrscript run <script> [<options>] [-- <arguments> ...]",
        discussion: """
            The script is compiled once; an unchanged one starts at once. A run that was interrupted continues where it stopped:
            batches that are complete are skipped, and said so. Results of stages are kept for all scripts: a changed parameter runs its
            stage and those after it (idrscript why says what was reused; idrscript clean removes what was kept).
            A script names Swift packages that it needs at its top: // idrscript: package ADDRESS VERSION PRODUCT

            EXAMPLES
              idrscript run screen.swift --output results
              idrscript run screen.swift --batches 35,105,255
              idrscript run screen.swift --start-batch 100 --keep masks,frames
            """)

    @OptionGroup var script: ScriptArguments

    @Option(help: ArgumentHelp("Folder for the results.", discussion: "Default: runs/SCREEN-IDENTITY below the current folder.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("How many images are computed at the same time.", discussion: "Default: the machine's cores.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Only these batches, numbered from 0 as published: 35,105,255.", valueName: "numbers"), transform: NumberList.init)
    var batches: NumberList?

    @Option(help: ArgumentHelp("Begin with this batch, numbered from 0.", valueName: "number"))
    var startBatch: Int?

    @Option(
        help: ArgumentHelp("Keep intermediate files in each batch's folder: masks, frames.", valueName: "kinds"), transform: IntermediateList.init)
    var keep: IntermediateList?

    @Flag(name: .shortAndLong, help: "Say only what is wrong.")
    var quiet = false

    @Flag(help: "Compute every stage: keep and reuse no results of stages.")
    var noCache = false

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads takes a number from 1") }
        if let startBatch, startBatch < 0 { throw ValidationError("--start-batch takes a number from 0") }
    }

    func run() async throws {
        var options = try script.options()
        options.output = output
        options.threads = threads
        options.batches = batches?.values
        options.startBatch = startBatch
        options.isQuiet = quiet
        options.keep = keep?.values ?? []
        if noCache { options.stages = .off }
        try await script.execute(options)
    }
}

/// Whole numbers from 0, separated by commas.
struct NumberList {
    let values: [Int]

    init(_ text: String) throws {
        values = try text.split(separator: ",", omittingEmptySubsequences: false).map {
            guard let value = Int($0), value >= 0 else { throw ValidationError("'\($0)' is not a batch number; write them like 35,105,255") }
            return value
        }
    }
}

/// Kinds of intermediate files, separated by commas.
struct IntermediateList {
    let values: [Intermediate]

    init(_ text: String) throws {
        values = try text.split(separator: ",", omittingEmptySubsequences: false).map {
            guard let value = Intermediate(rawValue: String($0)) else {
                throw ValidationError("'\($0)' cannot be kept; choose from \(Intermediate.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return value
        }
    }
}
