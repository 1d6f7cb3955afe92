import Foundation
import IDRPlan
import Synchronization

/// A program in a process group of its own, with nothing to read and its output kept in part; it and all it started end together.
///
/// swift-subprocess would bring C modules that every client of IDRKit's modules then needs; this little is enough.
package struct ChildProcess: Sendable {
    package enum End: Sendable, Hashable {
        /// The exit status, or minus the signal.
        case exited(Int32)
        case stalled, tooLong, cancelled
    }

    /// A path.
    package var program: String
    /// The program's name first.
    package var arguments: [String]
    package var environment: [String: String]
    /// A file that grows as long as all is well; files beside it whose names begin with its own count too.
    package var watched: String
    /// Seconds: without a sign of life, in all, and from the request to end until the end by force.
    package var stall: Double
    package var longest: Double
    package var grace: Double

    package init(
        program: String, arguments: [String], environment: [String: String], watched: String, stall: Double, longest: Double, grace: Double
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.watched = watched
        self.stall = stall
        self.longest = longest
        self.grace = grace
    }

    /// So much of the end of the output is kept, in bytes.
    package static let kept = 1 << 16

    /// Runs the program to its end on a thread of its own.
    package func run() async throws -> (end: End, output: [UInt8]) {
        let isCancelled = CancelFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread { continuation.resume(with: Result { () throws(IDRError) in try supervise(isCancelled) }) }
            }
        } onCancel: {
            isCancelled.value.store(true, ordering: .relaxed)
        }
    }

    private final class CancelFlag: Sendable { let value = Atomic(false) }

    private func supervise(_ isCancelled: CancelFlag) throws(IDRError) -> (end: End, output: [UInt8]) {
        var (process, pipe, code) = Self.starting.withLock { _ in start() }
        // A program that is being installed: its writer, or a child of that, still holds it open.
        for _ in 0..<20 where code == ETXTBSY {
            usleep(10_000)
            (process, pipe, code) = Self.starting.withLock { _ in start() }
        }
        guard code == 0 else { throw failure(code) }
        defer { close(pipe) }
        var output = OutputTail(limit: Self.kept)
        let end = watch(process, pipe, &output, isCancelled)
        // The leader is not reaped yet: its number still names the group, and no other.
        kill(-process, SIGKILL)
        _ = output.read(pipe)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let ended = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        return (end ?? .exited(ended), output.bytes)
    }

    /// One child at a time, so that none inherits another's pipe.
    private static let starting = Mutex(())

    /// The process, where its output can be read, and zero or why it was not started.
    private func start() -> (process: pid_t, pipe: Int32, code: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (0, -1, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        let (process, code) = spawn(output: ends[1])
        close(ends[1])
        if code != 0 { close(ends[0]) }
        return (process, ends[0], code)
    }

    /// Waits until the leader has ended; says why it was made to, or nil where it ended by itself.
    private func watch(_ process: pid_t, _ pipe: Int32, _ output: inout OutputTail, _ isCancelled: CancelFlag) -> End? {
        let start = Self.now()
        var (sign, growth) = (start, GrowthMark(of: watched))
        var stopped: (end: End, at: Double)?
        while !hasEnded(process) {
            var hasOutput = output.read(pipe)
            if !hasOutput { hasOutput = output.wait(pipe) }
            let mark = GrowthMark(of: watched)
            let now = Self.now()
            if hasOutput || mark != growth { (sign, growth) = (now, mark) }
            if let stopped {
                if now - stopped.at > grace { kill(-process, SIGKILL) }
                continue
            }
            let end: End? =
                if isCancelled.value.load(ordering: .relaxed) { .cancelled } else if now - start > longest { .tooLong } else if now - sign > stall {
                    .stalled
                } else { nil }
            if let end {
                stopped = (end, now)
                kill(-process, SIGTERM)
            }
        }
        return stopped?.end
    }

    private func hasEnded(_ process: pid_t) -> Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno != EINTR : info.si_signo != 0
    }

    private func spawn(output: Int32) -> (id: pid_t, code: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // Libraries open files without saying that no child needs them.
        let open = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap { Int32($0) }
        // Closing one that is not open does nothing, and another thread may open some more until the child starts.
        for descriptor in 3..<(open.max() ?? 3) + 64 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that are blocked or ignored here are not there.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var process: pid_t = 0
        let code = CStrings.with(arguments) { arguments in
            CStrings.with(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&process, program, &actions, &attributes, arguments, environment)
            }
        }
        return (process, code)
    }

    private func failure(_ code: Int32) -> IDRError {
        IDRError(.system, "\(program) cannot be started", because: SystemFailure.reason(code), fix: "check the program")
    }

    private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
}
