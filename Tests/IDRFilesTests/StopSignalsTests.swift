import Foundation
import IDRFiles
import Testing

/// Each in a process of its own: signals are the whole process's.
@Suite struct StopSignalsTests {
    @Test func aSignalReachesTheBodyAtOnce() async {
        await #expect(processExitsWith: .exitCode(128 + SIGTERM)) {
            let signals = StopSignals { exit(128 + $0) }
            kill(getpid(), SIGTERM)
            // It ends long before; a signal that is lost ends it as well, with another status.
            try await Task.sleep(for: .seconds(60))
            withExtendedLifetime(signals) {}
        }
    }

    /// Except where it was ignored at the start, as by `nohup`.
    @Test func theEndOfTheTerminalCounts() async {
        await #expect(processExitsWith: .exitCode(SIGHUP)) {
            let signals = StopSignals { exit($0) }
            kill(getpid(), SIGHUP)
            // It ends long before; a signal that is lost ends it as well, with another status.
            try await Task.sleep(for: .seconds(60))
            withExtendedLifetime(signals) {}
        }
        await #expect(processExitsWith: .exitCode(128 + SIGTERM)) {
            signal(SIGHUP, SIG_IGN)
            let signals = StopSignals { exit(128 + $0) }
            kill(getpid(), SIGHUP)
            kill(getpid(), SIGTERM)
            try await Task.sleep(for: .seconds(60))
            withExtendedLifetime(signals) {}
        }
        await #expect(processExitsWith: .exitCode(0)) {
            signal(SIGHUP, SIG_IGN)
            StopSignals { exit(128 + $0) }.end()
            kill(getpid(), SIGHUP)
            exit(0)
        }
    }

    @Test func theSignalsAreGivenBack() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            let signals = StopSignals { _ in exit(0) }
            signals.end()
            kill(getpid(), SIGINT)
        }
    }
}
