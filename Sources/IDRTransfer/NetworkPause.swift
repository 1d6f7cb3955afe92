import IDRFiles
package import IDRPlan

/// How a run waits for servers that had answered and cannot be reached any more: all requests wait together, at growing intervals, and when
/// ``patience`` is over they fail, and with them the run.
package struct NetworkPause: Sendable, Hashable {
    /// For so many seconds a network that is gone is waited for (two hours); 0 does not wait. `networkPatience` of the configuration sets it.
    package var patience = 7200.0
    /// For so many seconds a server is waited for that this process never had an answer of: it may not exist. A run that goes on where another one
    /// stopped begins so while the network is still gone. Never longer than ``patience``.
    package var firstPatience = 120.0
    /// Seconds until it is tried again; doubled each time.
    package var firstInterval = 10.0
    package var longestInterval = 300.0

    package init() {}

    /// Where one stands in a pause.
    struct Progress: Sendable {
        var interval: Double
        /// When it is tried again, in seconds of the monotonic clock.
        var next: Double
    }

    /// How long a server is waited for.
    func patience(hasAnswered: Bool) -> Double { hasAnswered ? patience : min(firstPatience, patience) }

    /// A pause that lasts until `end`, going on after `progress` or beginning; nil where it is over.
    func next(after progress: Progress?, until end: Double, now: Double) -> Progress? {
        guard now < end else { return nil }
        guard var progress else { return Progress(interval: firstInterval, next: min(now + firstInterval, end)) }
        // Of all that wait for the same moment, one decides on the next.
        if now >= progress.next {
            progress.interval = min(progress.interval * 2, longestInterval)
            progress.next = min(now + progress.interval, end)
        }
        return progress
    }
}

extension RemoteClient {
    /// Whether any server that `error` names was ever heard of.
    package func hasAnswered(_ error: IDRError) -> Bool {
        error.subject.compactMap { try? RemoteURL($0).host }.contains { hasAnswered(host: $0) }
    }

    /// Waits for another try after `error`, which says that a server is out of reach; all that wait do so until the same moment.
    /// - Throws: the error, with how long was waited, once patience is over; `CancellationError`.
    package func waitForNetwork(_ error: IDRError) async throws {
        let now = clock.now()
        switch pausing(now) {
        case .isBack: return
        case .until(let next, let patience, let isNew):
            if isNew {
                let what = patience == networkPause.patience(hasAnswered: true) ? "the network is gone" : "no server answers"
                notice(
                    "\(what) (\([error.subject.first, error.reason].compactMap(\.self).joined(separator: ": "))): "
                        + "the run pauses, tries again, and gives up after \(PeopleText.duration(patience))")
            }
            try await clock.sleep(next - now)
            tryAgain()
        case .over(let patience):
            guard patience > 0 else { throw error }
            var error = error
            error.reason = [error.reason, "and it was waited for \(PeopleText.duration(patience))"].compactMap(\.self).joined(separator: ", ")
            throw error
        }
    }
}
