import Foundation
public import IDRPlan

/// What the person who starts a script decides, as against what the script says. `idrscript` passes it on in the environment,
/// so that a script started as a plain executable and one started by `idrscript` run the same code.
public struct RunOptions: Codable, Sendable, Hashable {
    /// Whether runs are executed or only printed.
    public enum Mode: String, Codable, Sendable {
        /// Runs are executed.
        case run
        /// Each run prints a page about what it would do.
        case plan
        /// Each run prints its resolved plan as JSON.
        case planJSON
    }

    /// Whether runs are executed.
    public var mode = Mode.run
    /// Folder for the results; nil: `runs/SCREEN-IDENTITY` below the current folder.
    public var output: String?
    /// Images computed at the same time, from 1; nil: as many as the machine has cores.
    public var threads: Int?
    /// Wells per batch, from 1, instead of the script's.
    public var batchSize: Int?
    /// Only these batches, counted from 0.
    public var batches: [Int]?
    /// The first batch, counted from 0.
    public var startBatch: Int?
    /// Intermediate files to keep.
    public var keep: [Intermediate] = []
    /// Whether results of stages are kept and reused.
    public var stages = StageReuse.configured
    /// Where the screen is taken from, instead of the script's choice.
    public var access: Access?

    /// The script, where `idrscript` started it.
    public var script: StartedScript?
    /// A lock's file: only what it names may be used.
    public var lock: String?
    /// The folder of a record that is being reproduced: its wells and models are used, and the script ends when the recorded run is done.
    public var reproducing: String?
    /// Where the error of a run that could not begin or did not end well is written as JSON, for the process that started this one.
    public var failureReport: String?
    /// Whether only warnings and failures are said.
    public var isQuiet: Bool?
    /// A page that shows what the script has given out so far, written again and again.
    public var livePage: String?

    /// The choices of a person who makes none.
    public init() {}

    static let variable = "IDRKIT_RUN_OPTIONS"

    /// The variables that give these options to a program.
    public func environment() throws -> [String: String] { [Self.variable: String(decoding: try JSONEncoder().encode(self), as: UTF8.self)] }

    /// Makes these the options of the program that this process becomes.
    public func exportToEnvironment() throws {
        for (name, value) in try environment() { setenv(name, value, 1) }
    }

    /// The options that this process was started with.
    static func fromEnvironment() throws(IDRError) -> RunOptions {
        guard let text = ProcessInfo.processInfo.environment[variable] else { return RunOptions() }
        do {
            return try JSONDecoder().decode(RunOptions.self, from: Data(text.utf8))
        } catch {
            throw IDRError(.invalidPlan, "the environment variable \(variable) cannot be read", because: "\(error)", fix: "unset it")
        }
    }
}

/// Files of a batch that are normally gone when it is done.
public enum Intermediate: String, Codable, Sendable, Hashable, CaseIterable {
    /// Label images (TIFF) and nucleus locations (CSV).
    case masks
    /// Corrected frames (TIFF).
    case frames
}
