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

    @Test func hangUpCountsWhereItIsAskedFor() async {
        await #expect(processExitsWith: .signal(SIGHUP)) {
            let signals = StopSignals { _ in exit(0) }
            kill(getpid(), SIGHUP)
            withExtendedLifetime(signals) {}
        }
        await #expect(processExitsWith: .exitCode(SIGHUP)) {
            let signals = StopSignals(includingHangUp: true) { exit($0) }
            kill(getpid(), SIGHUP)
            // It ends long before; a signal that is lost ends it as well, with another status.
            try await Task.sleep(for: .seconds(60))
            withExtendedLifetime(signals) {}
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
