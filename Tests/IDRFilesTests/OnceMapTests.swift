import IDRFiles
import IDRPlan
import Synchronization
import TestSupport
import Testing

/// Values that one makes and many wait for: what failures and cancellations do to the others.
@Suite struct OnceMapTests {
    /// A making that ends when the test says so; it counts how often it was begun.
    private final class Gate: Sendable {
        private struct State {
            var begun = 0
            var waiting: [Int: CheckedContinuation<Int, any Error>] = [:]
            var cancelled = 0
        }
        private let state = Mutex(State())

        var begun: Int { state.withLock { $0.begun } }
        var cancelled: Int { state.withLock { $0.cancelled } }

        /// Does not end by itself when it is cancelled.
        func make() async throws -> Int {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    state.withLock { state in
                        state.begun += 1
                        state.waiting[state.begun] = continuation
                    }
                }
            } onCancel: {
                state.withLock { $0.cancelled += 1 }
            }
        }

        func end(_ number: Int, _ result: Result<Int, any Error>) {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(with: result)
        }
    }

    private let map = OnceMap<String, Int>()
    private let gate = Gate()
    private static let failure = IDRError(.missing, "it is not there")

    private func ask(_ key: String = "a") -> Task<Int, any Error> { Task { [map, gate] in try await map.value(of: key) { try await gate.make() } } }

    private func wait(line: UInt = #line, _ isSo: () -> Bool) async throws { try await eventually("the makings are as told", line: line, isSo) }

    @Test func manyShareOneMaking() async throws {
        let askers = (0..<20).map { _ in ask() }
        try await wait { gate.begun == 1 }
        gate.end(1, .success(7))
        for asker in askers { #expect(try await asker.value == 7) }
        #expect(try await ask().value == 7 && gate.begun == 1)
        let other = ask("b")
        try await wait { gate.begun == 2 }
        gate.end(2, .success(8))
        #expect(try await other.value == 8)
    }

    @Test func aFailureIsForgotten() async throws {
        for turn in 1...2 {
            let asker = ask()
            try await wait { gate.begun == turn }
            gate.end(turn, .failure(Self.failure))
            await #expect(throws: Self.failure) { try await asker.value }
        }
        let third = ask()
        try await wait { gate.begun == 3 }
        gate.end(3, .success(5))
        #expect(try await third.value == 5)
    }

    @Test func whoIsCancelledLeavesTheOthersAlone() async throws {
        let first = ask()
        try await wait { gate.begun == 1 }
        let second = ask()
        try await wait { map.waiters(for: "a") == 2 }
        first.cancel()
        // It leaves at once, though nothing was made yet.
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(map.waiters(for: "a") == 1 && gate.cancelled == 0)
        gate.end(1, .success(3))
        #expect(try await second.value == 3)
    }

    /// A making that all have left is cancelled; what it ends with is nobody's, least of all that of a newer one.
    @Test func anOldMakingNeverTouchesANewerOne() async throws {
        let first = ask()
        try await wait { gate.begun == 1 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        try await wait { gate.cancelled == 1 }
        let second = ask()
        try await wait { gate.begun == 2 }
        gate.end(1, .failure(Self.failure))
        let third = ask()
        try await wait { map.waiters(for: "a") == 2 }
        #expect(gate.begun == 2)
        gate.end(2, .success(4))
        #expect(try await second.value == 4)
        #expect(try await third.value == 4 && gate.begun == 2 && gate.cancelled == 1)
    }

    @Test func whoIsCancelledBeforeAsksForNothing() async throws {
        let asker = Task { [map, gate] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await map.value(of: "a") { try await gate.make() }
        }
        await #expect(throws: CancellationError.self) { try await asker.value }
        #expect(gate.begun == 0)
    }

    /// Makings that mostly fail, asked for from many sides at once, leave nobody waiting, and end well for whoever goes on asking.
    @Test func aStormEnds() async throws {
        let counter = Count()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<400 {
                group.addTask { [map] in
                    let task = Task {
                        try await map.value(of: "\(index % 3)") {
                            await Task.yield()
                            guard counter.add().isMultiple(of: 5) else { throw Self.failure }
                            return 1
                        }
                    }
                    if index.isMultiple(of: 7) { task.cancel() }
                    _ = await task.result
                }
            }
        }
        for key in ["0", "1", "2"] {
            var value: Int?
            // Every fifth ends well.
            for _ in 0..<5 where value == nil {
                value = try? await map.value(of: key) {
                    guard counter.add().isMultiple(of: 5) else { throw Self.failure }
                    return 1
                }
            }
            #expect(value == 1)
        }
    }
}
