import Foundation
import IDRFiles
import IDRPlan
import Synchronization

/// Asks servers for things, patiently and politely: failures that may pass are tried again (``RetryPolicy``), and a host that says
/// it has too much to do (429, 503) is left alone by all requests for as long as it asks.
package final class RemoteClient: Sendable {
    /// An answer with its body in memory.
    package struct Answer: Sendable {
        /// 200, 206, or 404 where a missing object was allowed.
        package let status: Int
        package let body: [UInt8]
        let fields: [String: String]

        package var entityTag: String? { fields["etag"] }
    }

    private let engine: CurlEngine
    private let policy: RetryPolicy
    let clock: WaitClock
    let networkPause: NetworkPause
    /// Tells a person about pauses.
    let notice: @Sendable (String) -> Void
    let limits: ExchangeLimits
    private struct Host {
        /// Until when it is left alone, in seconds of the monotonic clock.
        var pausedUntil = 0.0
        /// When it last answered; nil before it ever did.
        var answered: Double?
        /// Since when it is out of reach.
        var goneSince: Double?
        /// Until when it is taken to be out of reach, and why.
        var silent: (until: Double, reason: String)?
    }
    private let hosts = Mutex<[String: Host]>([:])
    /// The pause that all requests share.
    private let paused = Mutex<NetworkPause.Progress?>(nil)
    /// For so many seconds a host that did not answer at all is not tried again.
    private static let silence = 60.0

    package convenience init(policy: RetryPolicy = .standard, pause: NetworkPause = NetworkPause()) {
        self.init(policy: policy, limits: ExchangeLimits(), pause: pause)
    }

    package init(
        policy: RetryPolicy, limits: ExchangeLimits, clock: WaitClock = .system, pause: NetworkPause = NetworkPause(),
        notice: @escaping @Sendable (String) -> Void = NetworkNotice.say
    ) {
        engine = .shared
        self.clock = clock
        networkPause = pause
        self.notice = notice
        self.policy = policy
        self.limits = limits
    }

    /// The whole body at `url`.
    /// - Parameters:
    ///   - limit: more bytes than this are refused.
    ///   - missing: whether 404 is an answer (with an empty body) instead of an error.
    /// - Throws: an ``IDRError`` with the address and what the server said.
    package func get(_ url: RemoteURL, limit: Int, missing: Bool = false, tally: TransferTally? = nil) async throws -> Answer {
        let body = Gathering(limit: limit, url: url)
        let head = try await retrying(url, tally: tally) {
            body.reset()
            return Exchange(url: url, limits: self.limits) { head, bytes throws(IDRError) in try body.append(head, bytes) }
        }
        tally?.add { $0.bytes += body.bytes.count }
        if head.status == 404, missing { return Answer(status: 404, body: [], fields: head.fields) }
        try Self.check(head, url, url.scheme == "ftp" ? [226, 250, 0] : [200], body: body.bytes)
        return Answer(status: 200, body: try Self.decoded(body.bytes, head, url, limit: limit), fields: head.fields)
    }

    /// Servers pack bodies also where nobody asked for it.
    private static func decoded(_ bytes: [UInt8], _ head: AnswerHead, _ url: RemoteURL, limit: Int) throws(IDRError) -> [UInt8] {
        switch head.fields["content-encoding"]?.lowercased() {
        case nil, "", "identity": return bytes
        case "gzip", "x-gzip": return try Gzip.decompress(bytes, limit: limit, called: "the body of \(url), which the server sent as gzip,")
        case let other?: throw Self.encoded(url, other)
        }
    }

    /// - Parameter encoding: a content encoding that is not read.
    static func encoded(_ url: RemoteURL, _ encoding: String) -> IDRError {
        failure(
            url, "the server sends it in the content encoding \"\(encoding.prefix(40))\", which was not asked for",
            fix: "use another server, or a mirror")
    }

    /// How the reason of a refusal by 403 begins.
    static let forbidden = "it answers 403"

    /// Performs what `make` makes until it ends in something other than a passing failure. A fresh exchange each time.
    /// - Parameters:
    ///   - progressed: asked after a passing failure: whether it brought the work on, so that patience starts anew.
    ///   - fault: why an answer, or what its receiver made of it, is none: as good as one that was cut off. nil where it is one.
    /// - Throws: of code `unreachable` where a server cannot be reached, or not any more.
    func retrying(
        _ url: RemoteURL, tally: TransferTally?, progressed: () -> Bool = { false },
        fault: (Result<AnswerHead, IDRError>) -> String? = { _ in nil }, _ make: () -> Exchange
    ) async throws -> AnswerHead {
        var repetition = 0
        // Since when this request hears nothing.
        var quietSince: Double?
        while true {
            try await respectPause(of: url.host)
            if let (reason, isUnreachable) = silence(of: url.host) {
                throw isUnreachable ? Self.unreachable(url, reason) : Self.failure(url, reason, fix: Self.checkConnection)
            }
            tally?.add { $0.requests += 1 }
            var reason = ""
            var retryAfter: Double?
            var isUnreachable = false
            do {
                let head = try await engine.perform(make())
                answered(url.host)
                quietSince = clock.now()
                guard url.scheme != "ftp", RetryPolicy.isPassing(status: head.status) else {
                    guard let text = fault(.success(head)) else { return head }
                    throw ExchangeFailure(kind: .passing, reason: text, hasBegun: true)
                }
                reason = "the server answers \(head.status)"
                retryAfter = head.fields["retry-after"].flatMap { RetryPolicy.seconds(ofRetryAfter: $0, now: Date().timeIntervalSince1970) }
            } catch let failure as ExchangeFailure {
                switch failure.kind {
                case .passing:
                    reason = failure.reason
                    isUnreachable = failure.isUnreachable
                    if failure.hasBegun {
                        answered(url.host, isCut: true)
                        quietSince = clock.now()
                    }
                case .final: throw Self.failure(url, failure.reason)
                case .absent: throw IDRError(.missing, "the server does not have it", at: [url.description], because: failure.reason)
                case .denied: throw IDRError(.refused, "the server refuses it", at: [url.description], because: failure.reason)
                case .beyondEnd: throw Self.failure(url, Self.beyondEnd)
                case .cancelled: throw CancellationError()
                case .receiver(let error):
                    answered(url.host)
                    quietSince = clock.now()
                    guard let text = fault(.failure(error)) else { throw error }
                    reason = text
                }
            }
            let quiet = quietSince ?? clock.now()
            quietSince = quiet
            repetition = progressed() ? 1 : repetition + 1
            let host = hosts.withLock { $0[url.host] ?? Host() }
            let isFirstContact = host.answered == nil
            // While a host is known to be gone, one try is enough.
            guard !isUnreachable || host.goneSince == nil,
                let wait = policy.wait(
                    before: repetition, retryAfter: retryAfter, jitter: Double.random(in: 0..<1), isFirstContact: isFirstContact)
            else {
                if let retryAfter, retryAfter > policy.longestWait {
                    throw Self.failure(url, "\(reason) and asks to wait \(Int(retryAfter)) s", fix: "run again later")
                }
                // Where others were answered meanwhile, it is this request that fails.
                let isGone = isUnreachable && (host.goneSince != nil || host.answered.map { $0 <= quiet } ?? true)
                if isGone { hosts.withLock { $0[url.host, default: Host()].goneSince = host.goneSince ?? clock.now() } }
                if isFirstContact { hosts.withLock { $0[url.host, default: Host()].silent = (clock.now() + Self.silence, reason) } }
                if isGone { throw Self.unreachable(url, reason) }
                throw Self.failure(url, "\(reason), after \(repetition.counted("try", "tries"))", fix: Self.checkConnection)
            }
            tally?.add { $0.retries += 1 }
            if retryAfter != nil { pause(url.host, for: wait) } else { try await clock.sleep(wait) }
        }
    }

    /// Notes that a host answers, and ends the pause where it was waited for.
    /// - Parameter isCut: whether the answer had no end: then it says nothing against others that fail.
    private func answered(_ host: String, isCut: Bool = false) {
        let now = clock.now()
        let since = hosts.withLock { hosts in
            var own = hosts[host] ?? Host()
            defer { hosts[host] = own }
            let since = own.goneSince
            (own.answered, own.goneSince) = (isCut ? own.answered ?? now : now, nil)
            return since
        }
        guard let since, paused.withLock({ $0.take() }) != nil else { return }
        notice("the network is back after \(PeopleText.duration(now - since)): the run goes on")
    }

    enum Pausing {
        case isBack
        case until(Double, patience: Double, isNew: Bool)
        case over(patience: Double)
    }

    /// Until when whoever finds a host out of reach is to wait.
    func pausing(_ now: Double) -> Pausing {
        let gone = hosts.withLock { hosts in
            hosts.values.compactMap { host in
                host.goneSince.map { (since: $0, patience: networkPause.patience(hasAnswered: host.answered != nil)) }
            }
        }
        guard let last = gone.max(by: { $0.since + $0.patience < $1.since + $1.patience }) else { return .isBack }
        return paused.withLock { paused in
            let isNew = paused == nil
            guard let next = networkPause.next(after: paused, until: last.since + last.patience, now: now) else {
                return .over(patience: last.patience)
            }
            paused = next
            return .until(next.next, patience: last.patience, isNew: isNew)
        }
    }

    /// Lets hosts be tried that were left alone because they did not answer.
    func tryAgain() {
        hosts.withLock { hosts in
            for name in hosts.keys { hosts[name]?.silent = nil }
        }
    }

    /// Whether a host ever answered.
    func hasAnswered(host: String) -> Bool { hosts.withLock { $0[host]?.answered != nil } }

    /// Why an FTP server could not go on with a file.
    static let beyondEnd = "the file ends before the part that is here"

    static func check(_ head: AnswerHead, _ url: RemoteURL, _ good: [Int], body: [UInt8] = []) throws(IDRError) {
        guard !good.contains(head.status) else { return }
        let said = String(decoding: body.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
        switch head.status {
        case 404, 410, 550: throw IDRError(.missing, "the server does not have it", at: [url.description], because: "it answers \(head.status)")
        case 401, 403, 530: throw IDRError(.refused, "the server refuses it", at: [url.description], because: "it answers \(head.status)\(said)")
        default: throw failure(url, "the server answers \(head.status)\(said)")
        }
    }

    static func failure(_ url: RemoteURL, _ reason: String, fix advice: String? = nil) -> IDRError {
        IDRError(.transfer, "it could not be fetched", at: [url.description], because: reason, fix: advice)
    }

    private static func unreachable(_ url: RemoteURL, _ reason: String) -> IDRError {
        IDRError(.unreachable, "the server cannot be reached", at: [url.description], because: reason, fix: checkConnection)
    }

    private static let checkConnection = "check the connection, or run again later"

    /// Why the host did not answer a moment ago, and whether it could not even be reached.
    private func silence(of host: String) -> (reason: String, isUnreachable: Bool)? {
        guard let host = hosts.withLock({ $0[host] }), let silent = host.silent, silent.until > clock.now() else { return nil }
        return (silent.reason, host.goneSince != nil)
    }

    private func pause(_ host: String, for seconds: Double) {
        let until = clock.now() + seconds
        hosts.withLock { $0[host, default: Host()].pausedUntil = max($0[host]?.pausedUntil ?? 0, until) }
    }

    private func respectPause(of host: String) async throws {
        while let until = hosts.withLock({ $0[host]?.pausedUntil }), case let wait = until - clock.now(), wait > 0 { try await clock.sleep(wait) }
    }
}

/// A body that is gathered in memory, up to a limit. Bodies of failures are kept short.
final class Gathering: Sendable {
    private let limit: Int
    private let url: RemoteURL
    private let state = Mutex<[UInt8]>([])

    init(limit: Int, url: RemoteURL) {
        self.limit = limit
        self.url = url
    }

    var bytes: [UInt8] { state.withLock { $0 } }

    func reset() { state.withLock { $0.removeAll(keepingCapacity: true) } }

    func append(_ head: AnswerHead, _ piece: UnsafeRawBufferPointer) throws(IDRError) {
        let isGood = head.status < 300
        let count = state.withLock { bytes in
            if isGood || bytes.count < 4096 { bytes.append(contentsOf: piece) }
            return bytes.count
        }
        if isGood, count > limit {
            throw IDRError(.refused, "the answer is too large", at: [url.description], because: "it has more than \(limit) bytes")
        }
    }
}
