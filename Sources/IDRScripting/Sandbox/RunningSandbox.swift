import Foundation
import Synchronization

/// A sandbox that runs: it can be told to stop, and ended.
final class RunningSandbox: Sendable {
    private struct State {
        /// Walls and first process; nil before they are there and when they are gone.
        var walls: pid_t?
        var inner: pid_t?
        var isEnding = false
    }

    private let state = Mutex(State())
    /// How long a script has to close its record after it was told to stop.
    private static let grace = 10.0

    func began(_ walls: pid_t, inner: pid_t?) {
        state.withLock { state in
            (state.walls, state.inner) = (walls, inner)
            if state.isEnding { kill(walls, SIGKILL) }
        }
    }

    /// Passes `signal` on to the script; one that does not end within the grace is ended.
    func stop(_ signal: Int32) {
        state.withLock { state in
            guard let inner = state.inner, state.walls != nil else { return state.isEnding = true }
            kill(-inner, signal)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.grace) { self.end() }
    }

    /// Ends everything in the sandbox at once.
    func end() {
        state.withLock { state in
            state.isEnding = true
            if let walls = state.walls { kill(walls, SIGKILL) }
        }
    }

    /// Waits for the end. Called once, by the thread that started it.
    /// - Returns: the exit status; 128 and the signal's number where a signal ended it.
    func wait() -> Int32 {
        guard let walls = state.withLock({ $0.walls }) else { return 128 + SIGKILL }
        var info = siginfo_t()
        // Not reaped yet: until the lock is held, the number is nobody else's.
        while waitid(P_PID, id_t(walls), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return state.withLock { state in
            var status: Int32 = 0
            while waitpid(walls, &status, 0) < 0, errno == EINTR {}
            (state.walls, state.inner) = (nil, nil)
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        }
    }
}
