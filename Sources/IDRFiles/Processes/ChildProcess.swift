import Foundation
package import IDRPlan
import Synchronization

/// A program that is started without a shell, with no open file of this process but those it is given and with no signal blocked or ignored,
/// watched until its end, and ended where it goes on for too long.
///
/// Who is to end is asked first, with a signal; after ``Deadline/grace`` the kernel ends it.
package struct ChildProcess: Sendable {
    /// What the program reads.
    package enum Input: Sendable {
        case nothing
        /// What this process reads: the terminal.
        case inherited
        case bytes([UInt8])
    }

    /// Where the program writes to.
    package enum Output: Sendable {
        case nothing
        /// An open file of this process.
        case descriptor(Int32)
        /// Here: so many bytes of the end of it at least, from the beginning of a line on.
        case kept(Int)
    }

    package enum Group: Sendable {
        /// A process group of its own: Ctrl-C does not reach it, and all it started ends with it.
        case own
        /// This process's: Ctrl-C reaches it, it may ask at the terminal, and what it started may go on.
        case shared
    }

    /// How long it may go on, in seconds; nil is for ever.
    package struct Deadline: Sendable {
        /// In all.
        package var longest: Double?
        /// Without a sign of life: output, or growth of ``growing``.
        package var stall: Double?
        /// A file that grows as long as all is well; files beside it whose names begin with its own count too.
        package var growing: String?
        /// From the request to end until the end by force.
        package var grace = 10.0

        package init() {}
    }

    /// How it ended.
    package struct End: Sendable, Hashable {
        package enum Reason: Sendable, Hashable { case stalled, tooLong, stopped }

        /// The exit status; 128 and the signal's number where a signal ended it.
        package var status: Int32
        /// The signal that ended it.
        package var signal: Int32?
        /// Why it was asked to end; nil where it ended by itself.
        package var reason: Reason?
        /// What was kept of its output and errors; one after another where both go to the same place.
        package var output: [UInt8] = []
        package var errors: [UInt8] = []

        package var isSuccess: Bool { status == 0 && reason == nil }
    }

    /// A path.
    package var program: String
    /// The program's name first.
    package var arguments: [String]
    package var environment: [String: String]
    /// Where it works; nil is where this process does.
    package var folder: String?
    package var input = Input.nothing
    package var output = Output.nothing
    /// nil is where the output goes.
    package var errors: Output? = .nothing
    /// More open files of this process, by the number that they have in the program.
    package var handed: [Int32: Int32] = [:]
    package var group = Group.own
    package var deadline = Deadline()
    /// How it is asked to end; nil sends it and its group the signal. Called with its process number, which is nobody else's meanwhile.
    package var asking: (@Sendable (_ process: Int32, _ signal: Int32) -> Void)?

    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - name: what the program is told that it is called; nil is its path.
    package init(
        _ program: String, _ arguments: [String] = [], named name: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.program = program
        self.arguments = [name ?? program] + arguments
        self.environment = environment
    }

    /// The path of the program `name` on the PATH; a name with `/` is one.
    package static func find(_ name: String, environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        let folders = name.contains("/") ? [""] : (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/" }
        return folders.lazy.map { $0 + name }.first { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }

    /// Runs the program to its end on a thread of its own.
    /// - Parameters:
    ///   - stop: ends it from elsewhere. Cancelling the task does so too.
    ///   - started: called with the process's number once it is there.
    /// - Throws: an ``IDRError`` where it cannot be started; `CancellationError`, once it has ended, where the task is cancelled.
    package func run(_ stop: ChildStop = ChildStop(), started: @escaping @Sendable (Int32) -> Void = { _ in }) async throws -> End {
        let end = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread { continuation.resume(with: Result { () throws(IDRError) in try runHere(stop, started: started) }) }
            }
        } onCancel: {
            stop.ask()
        }
        try Task.checkCancellation()
        return end
    }

    /// Runs the program to its end on this thread.
    package func runHere(_ stop: ChildStop = ChildStop(), started: (Int32) -> Void = { _ in }) throws(IDRError) -> End {
        let child = try ChildStart(self).start()
        started(child.process)
        var watch = ChildWatch(self, child, stop)
        return try watch.untilEnd()
    }
}

/// Ends a program from elsewhere than its task.
package final class ChildStop: Sendable {
    private let state = Mutex((signal: Int32?.none, isEnding: false))

    package init() {}

    /// Asks it to end; after the grace it is ended.
    package func ask(_ signal: Int32 = SIGTERM) { state.withLock { $0.signal = signal } }

    /// Ends it at once.
    package func end() { state.withLock { $0.isEnding = true } }

    /// What is asked since this was last called.
    func next() -> (signal: Int32?, isEnding: Bool) {
        state.withLock { state in
            defer { state.signal = nil }
            return state
        }
    }
}
