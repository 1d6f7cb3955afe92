import IDRFiles
package import IDRPlan

/// How a run waits for servers that had answered and cannot be reached any more: all requests wait together, at growing intervals, and when
/// ``patience`` is over they fail, and with them the run.
package struct NetworkPause: Sendable, Hashable {
    /// For so many seconds a network that is gone is waited for (two hours); 0 does not wait. `networkPatience` of the configuration sets it.
    package var patience = 7200.0
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

    /// The pause of servers that are out of reach since `since`, going on after `progress` or beginning; nil where patience is over.
    func next(after progress: Progress?, since: Double, now: Double) -> Progress? {
        let end = since + patience
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
    /// Waits for another try after `error`, which says that a server is out of reach; all that wait do so until the same moment.
    /// - Throws: the error, with how long was waited, once patience is over; `CancellationError`.
    package func waitForNetwork(_ error: IDRError) async throws {
        let now = clock.now()
        switch pausing(now) {
        case .isBack: return
        case .until(let next, let isNew):
            if isNew {
                notice(
                    "the network is gone (\([error.subject.first, error.reason].compactMap(\.self).joined(separator: ": "))): "
                        + "the run pauses, tries again, and gives up after \(PeopleText.duration(networkPause.patience))")
            }
            try await clock.sleep(next - now)
        case .over:
            guard networkPause.patience > 0 else { throw error }
            var error = error
            error.reason = [error.reason, "and it was waited for \(PeopleText.duration(networkPause.patience))"].compactMap(\.self).joined(
                separator: ", ")
            throw error
        }
    }
}
