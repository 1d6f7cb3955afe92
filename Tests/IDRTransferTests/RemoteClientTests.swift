import Foundation
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// Requests against servers that behave badly: each ends in success after a retry, or in one clear error.
@Suite struct RemoteClientTests {
    static let body = Array("the plates table\n".utf8)

    private func get(
        _ server: LoopbackServer, limit: Int = 1 << 20, tally: TransferTally? = nil, stall: Double = 60
    ) async throws -> [UInt8] {
        try await RemoteClient.impatient(stall: stall).get(RemoteURL(server.base + "/table"), limit: limit, tally: tally).body
    }

    @Test func aGoodAnswerIsTakenAtOnce() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(200, body: Self.body) }
        let tally = TransferTally()
        #expect(try await get(server, tally: tally) == Self.body)
        #expect(tally.counts.requests == 1 && tally.counts.retries == 0 && tally.counts.bytes == Self.body.count)
        #expect(server.requests[0].fields["user-agent"]?.hasPrefix("IDRKit/") == true && server.requests[0].method == "GET")
    }

    @Test(arguments: [408, 429, 500, 502, 503])
    func passingAnswersAreTriedAgain(status: Int) async throws {
        let server = try LoopbackServer { request in
            request.earlier < 2 ? LoopbackServer.answer(status, body: Array("busy".utf8)) : LoopbackServer.answer(200, body: Self.body)
        }
        let tally = TransferTally()
        #expect(try await get(server, tally: tally) == Self.body)
        #expect(tally.counts.requests == 3 && tally.counts.retries == 2)
    }

    @Test(arguments: [(404, "does not have it"), (403, "refuses it"), (400, "could not be fetched")])
    func finalAnswersAreNotTriedAgain(status: Int, problem: String) async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(status, body: Array("no such thing".utf8)) }
        let error = await #expect(throws: IDRError.self) { try await get(server) }
        #expect(
            error?.problem.contains(problem) == true && error?.subject == [server.base + "/table"] && error?.reason?.contains("\(status)") == true)
        #expect(server.requests.count == 1)
    }

    /// A host that never answered is soon given up, and then not asked at all for a while.
    @Test func aHostOutOfReachIsSoonGivenUp() async throws {
        let port: UInt16
        do { port = try LoopbackServer { _ in [] }.port }
        let client = RemoteClient.impatient()
        let tally = TransferTally()
        for turn in 0..<2 {
            let error = await #expect(throws: IDRError.self) {
                try await client.get(RemoteURL("http://127.0.0.1:\(port)/\(turn)"), limit: 10, tally: tally)
            }
            #expect(error?.code == .unreachable && error?.reason?.contains("connect") == true, "\(String(describing: error))")
            #expect(tally.counts.requests == 4)
        }
    }

    /// One that has answered is waited for as long as any.
    @Test func aHostThatHasAnsweredIsWaitedFor() async throws {
        let server = try LoopbackServer { $0.path == "/good" ? LoopbackServer.answer(200, body: Self.body) : [.reset] }
        let client = RemoteClient.impatient()
        _ = try await client.get(RemoteURL(server.base + "/good"), limit: 100)
        _ = try? await client.get(RemoteURL(server.base + "/bad"), limit: 100)
        #expect(server.requests.count == 9)
        #expect(try await client.get(RemoteURL(server.base + "/good"), limit: 100).body == Self.body)
    }

    @Test func itGivesUpAfterSevenRepetitions() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(503) }
        let error = await #expect(throws: IDRError.self) { try await get(server) }
        #expect(error?.code == .transfer && error?.reason == "the server answers 503, after 8 tries" && server.requests.count == 8)
    }

    /// Cut, reset and short answers; the good one comes at last.
    @Test(arguments: ["cut", "reset", "short", "stall", "nothing"])
    func brokenAnswersAreTriedAgain(kind: String) async throws {
        let server = try LoopbackServer { request in
            guard request.earlier == 0 else { return LoopbackServer.answer(200, body: Self.body) }
            let head = Array("HTTP/1.1 200 OK\r\nContent-Length: \(Self.body.count)\r\n\r\n".utf8)
            switch kind {
            case "cut", "short": return [.send(head + Self.body.prefix(5))]
            case "reset": return [.send(head + Self.body.prefix(5)), .wait(seconds: 0.05), .reset]
            case "stall": return [.send(head + Self.body.prefix(5)), .wait(seconds: 300)]
            default: return []
            }
        }
        #expect(try await get(server, stall: kind == "stall" ? 1 : 60) == Self.body)
        #expect(kind == "stall" ? server.requests.count >= 2 : server.requests.count == 2)
    }

    @Test func aSlowDripIsPatientlyTaken() async throws {
        let server = try LoopbackServer { _ in
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(Self.body.count)\r\n\r\n".utf8))]
                + Self.body.flatMap { [.wait(seconds: 0.02), .send([$0])] }
        }
        #expect(try await get(server) == Self.body && server.requests.count == 1)
    }

    @Test func retryAfterIsHonouredForTheWholeHost() async throws {
        let server = try LoopbackServer { request in
            request.path == "/table" && request.earlier == 0
                ? LoopbackServer.answer(429, ["Retry-After": "30"]) : LoopbackServer.answer(200, body: Self.body)
        }
        let time = ManualClock()
        let client = RemoteClient.impatient(clock: time.clock)
        async let first = client.get(RemoteURL(server.base + "/table"), limit: 100).body
        try await eventually("the first waits") { time.waits == [30] }
        // Another request to the host waits too.
        async let other = client.get(RemoteURL(server.base + "/other"), limit: 100).body
        try await eventually("both wait") { time.waits == [30, 30] }
        time.advance(by: 29)
        #expect(time.waits == [1, 1] && server.requests.count == 1)
        time.advance(by: 1)
        #expect(try await first == Self.body)
        #expect(try await other == Self.body && server.requests.count == 3)
    }

    /// A host that does not answer is left alone for a minute, and then asked again.
    @Test func aSilentHostIsAskedAgainAfterAMinute() async throws {
        let time = ManualClock()
        let client = RemoteClient.impatient(clock: time.clock)
        let server = try LoopbackServer { _ in [] }
        let url = try RemoteURL(server.base + "/table")
        func refused() async throws -> Int {
            let (before, answers) = (server.requests.count, Count())
            let answer = Task {
                defer { answers.add() }
                _ = try await client.get(url, limit: 100)
            }
            try await eventually("an answer") {
                time.advance(by: 0.01)
                return answers.now > 0
            }
            await #expect(throws: IDRError.self) { try await answer.value }
            return server.requests.count - before
        }
        #expect(try await refused() > 1)
        #expect(try await refused() == 0)
        time.advance(by: 61)
        #expect(try await refused() > 1)
    }

    @Test func absurdPatienceIsNotHad() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(503, ["Retry-After": "86400"]) }
        let error = await #expect(throws: IDRError.self) { try await get(server) }
        #expect(error?.reason == "the server answers 503 and asks to wait 86400 s" && server.requests.count == 1)
    }

    @Test func redirectsAreFollowedButNotForEver() async throws {
        let other = try LoopbackServer { _ in LoopbackServer.answer(200, body: Self.body) }
        let target = other.base + "/table"
        let server = try LoopbackServer { _ in LoopbackServer.answer(302, ["Location": target]) }
        #expect(try await get(server) == Self.body)
        let loop = try LoopbackServer { _ in LoopbackServer.answer(302, ["Location": "/table"]) }
        let error = await #expect(throws: IDRError.self) { try await get(loop) }
        #expect(error?.reason?.lowercased().contains("redirect") == true && loop.requests.count == 6)
        let escape = try LoopbackServer { _ in LoopbackServer.answer(302, ["Location": "file:///etc/passwd"]) }
        await #expect(throws: IDRError.self) { try await get(escape) }
    }

    @Test func aHugeAnswerIsStopped() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(200, body: [UInt8](repeating: 1, count: 1 << 20)) }
        let error = await #expect(throws: IDRError.self) { try await get(server, limit: 1000) }
        #expect(error?.code == .refused && error?.problem == "the answer is too large" && server.requests.count == 1)
    }

    @Test func cancellingATaskEndsItsTransfer() async throws {
        let server = try LoopbackServer { _ in [.wait(seconds: 300)] }
        let url = try RemoteURL(server.base + "/table")
        let task = Task { try await RemoteClient.impatient(stall: 600).get(url, limit: 100) }
        try await eventually("a request") { !server.requests.isEmpty }
        let start = Date()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(Date().timeIntervalSince(start) < 200)
    }

    @Test func atMostFourConnectionsGoToAHost() async throws {
        let most = Peak()
        let server = try LoopbackServer { _ in
            most.enter()
            defer { most.leave() }
            Thread.sleep(forTimeInterval: 0.05)
            return LoopbackServer.answer(200, body: Self.body)
        }
        let client = RemoteClient.impatient()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<16 { group.addTask { _ = try await client.get(RemoteURL(server.base + "/\(index)"), limit: 100) } }
            try await group.waitForAll()
        }
        #expect(most.value <= 4 && most.value >= 2)
    }

    private final class Peak: @unchecked Sendable {  // under its lock
        private let lock = NSLock()
        private var (now, most) = (0, 0)
        var value: Int { lock.withLock { most } }
        func enter() { lock.withLock { (now, most) = (now + 1, max(most, now + 1)) } }
        func leave() { lock.withLock { now -= 1 } }
    }
}

@Suite struct RetryPolicyTests {
    @Test func waitsDoubleUpToTheirLimit() {
        var policy = RetryPolicy()
        policy.attempts = 9
        let waits = (1...10).map { policy.wait(before: $0, retryAfter: nil, jitter: 1) }
        #expect(waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, nil])
        #expect(policy.wait(before: 3, retryAfter: nil, jitter: 0) == 1)
        #expect(policy.wait(before: 1, retryAfter: 17, jitter: 0.3) == 17 && policy.wait(before: 1, retryAfter: 301, jitter: 0) == nil)
    }

    @Test(arguments: [
        ("120", 120.0), ("0", 0), ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sun, 06 Nov 1994 08:49:00 GMT", 0), ("soon", nil), ("-3", nil),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400 - 784_111_777),
    ])
    func retryAfterIsANumberOrADate(text: String, seconds: Double?) {
        #expect(RetryPolicy.seconds(ofRetryAfter: text, now: 784_111_777) == seconds)
    }
}

@Suite struct RemoteURLTests {
    @Test func partsAreEncodedEach() throws {
        let base = try RemoteURL("https://ftp.ebi.ac.uk/pub/databases/IDR")
        #expect(
            try base.appending("idr0013 x/[a]#1/é?.ch5").description
                == "https://ftp.ebi.ac.uk/pub/databases/IDR/idr0013%20x/%5Ba%5D%231/%C3%A9%3F.ch5")
        #expect(try base.appending("a/").appending("b").description == "https://ftp.ebi.ac.uk/pub/databases/IDR/a/b")
        #expect(try base.query([("q", "Well-1 &"), ("n", "2")]).description.hasSuffix("IDR?q=Well-1%20%26&n=2"))
    }

    @Test(arguments: ["../x", "a/../b", "a\u{0}b", "a\n", "a\\b"])
    func partsThatLeadAwayAreRefused(path: String) throws {
        let base = try RemoteURL("https://host/x")
        #expect(throws: IDRError.self) { try base.appending(path) }
    }

    @Test(arguments: [
        "http://ftp.ebi.ac.uk/", "file:///etc/passwd", "https://", "gopher://host/", "host/path", "https://user:secret@host/", "https://host/a b",
        "http://localhost.evil.org/", "http://127.0.0.1.evil.org/",
    ])
    func otherAddressesAreRefusedAndSecretsNotShown(text: String) {
        let error = #expect(throws: IDRError.self) { try RemoteURL(text) }
        #expect(error?.code == .refused && !"\(String(describing: error))".contains("secret"))
    }

    @Test func thisMachineMayBeAskedWithoutTLS() throws {
        for host in ["localhost", "127.0.0.1:8080", "[::1]:80"] { #expect(try RemoteURL("http://\(host)/x").host == host) }
    }
}
