import Foundation
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// A network that is gone after it had answered: all requests wait together, and give up together.
@Suite struct NetworkPauseTests {
    private static let body = Array("here".utf8)
    private let time = ManualClock()
    private let said = Said()
    private let server: GoneServer

    init() throws { server = try GoneServer { _ in LoopbackServer.answer(200, body: Self.body) } }

    /// The waits between the repetitions of one request pass at once.
    private func client(patience: Double) -> RemoteClient {
        let base = time.clock
        var pause = NetworkPause()
        pause.patience = patience
        let clock = WaitClock(now: base.now, sleep: { if $0 >= 1 { try await base.sleep($0) } })
        return RemoteClient.impatient(clock: clock, pause: pause, notice: said.say)
    }

    private static func get(_ client: RemoteClient, _ address: String) async throws -> [UInt8] {
        while true {
            do { return try await client.get(RemoteURL(address), limit: 100).body } catch let error as IDRError where error.code == .unreachable {
                try await client.waitForNetwork(error)
            }
        }
    }

    @Test func allWaitAtGrowingIntervalsAndGoOn() async throws {
        let client = client(patience: 7200)
        let base = server.base
        #expect(try await Self.get(client, base + "/0") == Self.body)
        server.goAway()
        let tasks = (1...3).map { number in Task { try await Self.get(client, base + "/\(number)") } }
        for wait in [10.0, 20, 40, 80, 160, 300, 300] {
            try await eventually("all wait \(wait) s") { time.waits == [wait, wait, wait] }
            time.advance(by: wait)
        }
        try await eventually("all wait") { time.waits.count == 3 }
        try await server.comeBack()
        time.advance(by: 300)
        for task in tasks { #expect(try await task.value == Self.body) }
        #expect(said.all.count == 2, "\(said.all)")
        #expect(said.all.first?.hasPrefix("the network is gone (\(base)/") == true && said.all.first?.hasSuffix("gives up after 2 h 0 min") == true)
        #expect(said.all.last?.hasPrefix("the network is back after ") == true)
    }

    @Test func afterTheStatedTimeAllGiveUp() async throws {
        let client = client(patience: 60)
        let base = server.base
        _ = try await Self.get(client, base + "/0")
        server.goAway()
        let tasks = (1...2).map { number in Task { try await Self.get(client, base + "/\(number)") } }
        for wait in [10.0, 20, 30] {
            try await eventually("all wait \(wait) s") { time.waits == [wait, wait] }
            time.advance(by: wait)
        }
        for task in tasks {
            let error = await #expect(throws: IDRError.self) { try await task.value }
            #expect(error?.code == .unreachable && error?.endsRun == true && error?.problem == "the server cannot be reached", "\(error as Any)")
            #expect(error?.reason?.hasSuffix("and it was waited for 1 min 0 s") == true && error?.advice != nil)
        }
        // Who comes later tries once, and does not wait again; and nobody is told twice.
        let error = await #expect(throws: IDRError.self) { try await Self.get(client, base + "/3") }
        #expect(error?.code == .unreachable && time.waits.isEmpty && said.all.count == 1)
        try await server.comeBack()
        #expect(try await Self.get(client, base + "/4") == Self.body)
    }

    /// The connection ends in the middle of an answer, and there is no other one.
    @Test func anAnswerThatIsCutWhenTheNetworkGoesWaitsToo() async throws {
        let asked = Said()
        let server = try GoneServer { request in
            guard request.path == "/long" else { return LoopbackServer.answer(200, body: Self.body) }
            asked.say(request.path)
            return [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8)), .wait(seconds: 0.3)]
        }
        let client = client(patience: 7200)
        let base = server.base
        _ = try await Self.get(client, base + "/0")
        let tasks = (1...2).map { _ in Task { try await Self.get(client, base + "/long") } }
        try await eventually("both are answered in part") { asked.all.count >= 2 }
        time.advance(by: 5)
        server.goAway()
        try await eventually("both wait") { time.waits == [10, 10] }
        #expect(said.all.count == 1 && said.all.first?.hasPrefix("the network is gone") == true, "\(said.all)")
        for task in tasks { task.cancel() }
    }

    /// As at the beginning of a run that goes on where another one stopped.
    @Test func aServerThatNeverAnsweredIsWaitedForToo() async throws {
        let client = client(patience: 7200)
        let base = server.base
        server.goAway()
        let tasks = (1...2).map { number in Task { try await Self.get(client, base + "/\(number)") } }
        for wait in [10.0, 20, 40] {
            try await eventually("all wait \(wait) s") { time.waits == [wait, wait] }
            time.advance(by: wait)
        }
        try await eventually("all wait for the rest") { time.waits == [50, 50] }
        #expect(said.all.count == 1 && said.all[0].hasPrefix("no server answers (\(base)/") && said.all[0].hasSuffix("gives up after 2 min 0 s"))
        try await server.comeBack()
        time.advance(by: 50)
        for task in tasks { #expect(try await task.value == Self.body) }
        #expect(said.all.count == 2 && said.all[1].hasPrefix("the network is back after "))
    }

    @Test func aServerThatNeverAnswersIsGivenUpSoon() async throws {
        let client = client(patience: 7200)
        let base = server.base
        server.goAway()
        let task = Task { try await Self.get(client, base + "/1") }
        for wait in [10.0, 20, 40, 50] {
            try await eventually("it waits \(wait) s") { time.waits == [wait] }
            time.advance(by: wait)
        }
        let error = await #expect(throws: IDRError.self) { try await task.value }
        #expect(error?.code == .unreachable && error?.endsRun == true && error?.reason?.hasSuffix("it was waited for 2 min 0 s") == true)
        #expect(error.map(client.hasAnswered) == false)
    }

    @Test func whoeverWaitsCanBeCancelled() async throws {
        let client = client(patience: 7200)
        let base = server.base
        _ = try await Self.get(client, base + "/0")
        server.goAway()
        let task = Task { try await Self.get(client, base + "/1") }
        try await eventually("it waits") { time.waits == [10] }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// A request that fails while others are answered is not the network's end.
    @Test func aRequestThatFailsAloneIsNoPause() async throws {
        let bad = try LoopbackServer { $0.path == "/bad" ? [.reset] : LoopbackServer.answer(200, body: Self.body) }
        let client = client(patience: 7200)
        _ = try await Self.get(client, bad.base + "/0")
        let error = await #expect(throws: IDRError.self) { try await Self.get(client, bad.base + "/bad") }
        #expect(error?.code == .transfer && error?.endsRun == false && said.all.isEmpty)
    }
}
