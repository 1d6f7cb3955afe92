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
