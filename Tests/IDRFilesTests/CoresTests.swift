import Foundation
import IDRFiles
import IDRPlan
import Synchronization
import Testing

struct CoresTests {
    @Test(arguments: [1, 2, 3, 4, 16], [0, 1, 2, 7, 200]) func partsComeTogetherInTheirOrder(_ cores: Int, _ count: Int) throws {
        let values = try Cores(cores).occupying { try Cores.map(count) { index throws(IDRError) in index * index } }
        #expect(values == (0..<count).map { $0 * $0 })
    }

    /// Who has no core of anybody's computes by itself, and so do parts of parts.
    @Test func withoutFreeCoresOneThreadComputesAll() throws {
        let threads = Mutex<Set<UInt>>([])
        @Sendable func note() { threads.withLock { _ = $0.insert(UInt(pthread_self())) } }
        _ = try Cores.map(20) { _ throws(IDRError) in note() }
        #expect(threads.withLock(\.count) == 1)
        threads.withLock { $0 = [] }
        try Cores(1).occupying { _ = try Cores.map(20) { _ throws(IDRError) in note() } }
        #expect(threads.withLock(\.count) == 1)
    }

    /// Two parts that wait for each other end only where each has a thread. Beside a thousand other tests that may take its time.
    @Test(.timeLimit(.minutes(10))) func aFreeCoreIsTaken() throws {
        let arrived = Atomic(0)
        let values = try Cores(2).occupying {
            try Cores.map(2) { index throws(IDRError) in
                arrived.add(1, ordering: .sequentiallyConsistent)
                while arrived.load(ordering: .sequentiallyConsistent) < 2 { usleep(1000) }
                return index
            }
        }
        #expect(values == [0, 1])
    }

    /// What helpers take is the caller's.
    @Test func processorTimeOfHelpersIsCounted() throws {
        let (own, all) = try Cores(2).occupying {
            let start = (Cores.cpuSeconds(), Self.threadSeconds())
            _ = try Cores.map(40) { index throws(IDRError) in (0..<300_000).reduce(Double(index)) { ($0 + Double($1)).squareRoot() } }
            return (Self.threadSeconds() - start.1, Cores.cpuSeconds() - start.0)
        }
        #expect(all >= own && all > 0)
    }

    @Test(arguments: [1, 4]) func theFirstErrorIsThrown(_ cores: Int) {
        let error = #expect(throws: IDRError.self) {
            try Cores(cores).occupying {
                try Cores.map(50) { index throws(IDRError) -> Int in
                    if index >= 5 { throw IDRError(.system, "part \(index)") }
                    return index
                }
            }
        }
        #expect(error?.problem == "part 5")
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
