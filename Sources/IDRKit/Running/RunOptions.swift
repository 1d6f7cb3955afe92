import Foundation
package import IDRPlan

/// What the person who starts a script decides, as against what the script says. `idrscript` passes it on in the environment,
/// so that a script started as a plain executable and one started by `idrscript` run the same code.
package struct RunOptions: Codable, Sendable, Hashable {
    /// Whether runs are executed or only printed.
    package enum Mode: String, Codable, Sendable {
        /// Runs are executed.
        case run
        /// Each run prints a page about what it would do.
        case plan
        /// Each run prints its resolved plan as JSON.
        case planJSON
    }

    /// Whether runs are executed.
    package var mode = Mode.run
    /// Folder for the results; nil: `runs/SCREEN-IDENTITY` below the current folder.
    package var output: String?
    /// Images computed at the same time, from 1; nil: as many as the machine has cores.
    package var threads: Int?
    /// Wells per batch, from 1, instead of the script's.
    package var batchSize: Int?
    /// Only these batches, counted from 0.
    package var batches: [Int]?
    /// The first batch, counted from 0.
    package var startBatch: Int?
    /// Intermediate files to keep.
    package var keep: [Intermediate] = []
    /// Whether results of stages are kept and reused; nil: as the settings say.
    package var stages: StageReuse?
    /// Where the screen is taken from, instead of the script's choice.
    package var access: Access?

    /// The script, where `idrscript` started it.
    package var script: StartedScript?
    /// A lock's file: only what it names may be used.
    package var lock: String?
    /// The folder of a record that is being reproduced: its wells and models are used, and the script ends when the recorded run is done.
    package var reproducing: String?
    /// Where the error of a run that could not begin or did not end well is written as JSON, for the process that started this one.
    package var failureReport: String?
    /// Whether only warnings and failures are said.
    package var isQuiet: Bool?
    /// A page that shows what the script has given out so far, written again and again.
    package var livePage: String?

    /// The choices of a person who makes none.
    package init() {}

    static let variable = "IDRKIT_RUN_OPTIONS"

    /// The variables that give these options to a program.
    package func environment() throws -> [String: String] { [Self.variable: String(decoding: try JSONEncoder().encode(self), as: UTF8.self)] }

    /// Makes these the options of the program that this process becomes.
    package func exportToEnvironment() throws {
        for (name, value) in try environment() { setenv(name, value, 1) }
    }

    /// The options that this process was started with.
    static func fromEnvironment() throws(IDRError) -> RunOptions {
        guard let text = ProcessInfo.processInfo.environment[variable] else { return RunOptions() }
        let options: RunOptions
        do {
            options = try JSONDecoder().decode(RunOptions.self, from: Data(text.utf8))
        } catch {
            throw IDRError(.invalidPlan, "the environment variable \(variable) cannot be read", because: "\(error)", fix: "unset it")
        }
        try options.check()
        return options
    }
}

/// Files of a batch that are normally gone when it is done.
package enum Intermediate: String, Codable, Sendable, Hashable, CaseIterable {
    /// Label images (TIFF) and nucleus locations (CSV).
    case masks
    /// Corrected frames (TIFF).
    case frames
}
