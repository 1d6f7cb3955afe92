/// When a request that failed is made again: a pure rule, without clocks or sockets.
///
/// Time-outs, resets, 408, 429 and 5xx are tried again, ``attempts`` times in all after the first, with exponential back-off and jitter;
/// a server's `Retry-After` is honoured up to ``longestWait``.
package struct RetryPolicy: Sendable, Hashable {
    package var attempts = 7
    /// The same for a host that has never answered: it may not exist, or there may be no network.
    package var firstContactAttempts = 3
    /// Seconds before the first repetition; doubled each time.
    package var firstWait = 0.5
    package var longestBackOff = 60.0
    /// A server that asks for more patience than this many seconds is given up on.
    package var longestWait = 300.0

    package init() {}

    package static let standard = RetryPolicy()

    /// Whether an answer of this status may be better another time.
    package static func isPassing(status: Int) -> Bool { status == 408 || status == 429 || (500...599).contains(status) }

    /// Seconds to wait before repetition `number` (from 1), or nil to give up.
    /// - Parameters:
    ///   - retryAfter: what the server asked for, in seconds.
    ///   - jitter: 0..<1.
    ///   - isFirstContact: whether the host has never answered.
    package func wait(before number: Int, retryAfter: Double?, jitter: Double, isFirstContact: Bool = false) -> Double? {
        guard number <= (isFirstContact ? min(firstContactAttempts, attempts) : attempts) else { return nil }
        if let retryAfter { return retryAfter <= longestWait ? max(0, retryAfter) : nil }
        var wait = firstWait
        for _ in 1..<max(number, 1) { wait = min(wait * 2, longestBackOff) }
        return wait * (0.5 + 0.5 * jitter)
    }

    /// `Retry-After` in seconds: a number, or an HTTP date against `now` (seconds since 1970).
    package static func seconds(ofRetryAfter text: String, now: Double) -> Double? {
        if let seconds = Double(text), seconds.isFinite, seconds >= 0 { return seconds }
        return HTTPDate.seconds(text).map { max(0, $0 - now) }
    }
}

/// Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970, or nil where `text` is no such date.
    static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2]) else { return nil }
        // Days from civil date (H. Hinnant): March is the first month, so that the leap day is the last of its year.
        let shifted = month >= 2 ? year : year - 1
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = shifted / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Double(days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }
}
