import Dispatch
import Foundation
package import IDRPlan
import Synchronization

/// The cores that a run may use. Each image that is computed has one; where fewer images than cores are at hand, an image's parts take the free ones.
///
/// Which thread computes a part decides over nothing: each is computed by itself, and they come together in their order.
package final class Cores: Sendable {
    /// Of threads of its own, which no task that blocks keeps waiting.
    private static let queue = DispatchQueue(label: "idrkit.cores", qos: .userInitiated, attributes: .concurrent)

    private let count: Int
    private let busy = Mutex(0)

    /// - Parameter count: how many may be used.
    package init(_ count: Int) { self.count = count }

    /// Runs `body` on this thread, which has a core meanwhile. ``map(_:_:)`` finds the free ones from there.
    package func occupying<Value>(_ body: () throws -> Value) rethrows -> Value {
        let before = Place.current
        Place.current = Place(cores: self)
        busy.withLock { $0 += 1 }
        defer {
            busy.withLock { $0 -= 1 }
            Place.current = before
        }
        return try body()
    }

    /// `part` of 0..<count, in their order: on this thread, and on free cores of those that it belongs to.
    /// - Throws: the error of the first part that has one; others may not have been computed then.
    package static func map<Value: Sendable>(
        _ count: Int, _ part: @escaping @Sendable (Int) throws(IDRError) -> Value
    ) throws(IDRError) -> [Value] {
        let work = Parts(count, part)
        let place = Place.current
        while work.computeNext(
            isHelp: false,
            before: { left in
                guard left > 1, let cores = place?.cores else { return }
                for _ in 1..<left where cores.take() { help(with: work, on: cores) }
            })
        {}
        let (values, seconds) = try work.values()
        place?.borrowed += seconds
        return values
    }

    /// CPU seconds of the calling thread, and of those that have computed parts for it.
    package static func cpuSeconds() -> Double { threadSeconds() + (Place.current?.borrowed ?? 0) }

    private static func help<Value>(with work: Parts<Value>, on cores: Cores) {
        queue.async {
            // An image that has come in between has the core.
            while !cores.isCrowded, work.computeNext(isHelp: true, before: { _ in }) {}
            cores.busy.withLock { $0 -= 1 }
        }
    }

    /// Whether a core was free, and now is not.
    private func take() -> Bool {
        busy.withLock { busy in
            guard busy < count else { return false }
            busy += 1
            return true
        }
    }

    private var isCrowded: Bool { busy.withLock { $0 > count } }

    fileprivate static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// What a thread that has a core knows. Only its own thread reads or writes it.
private final class Place {
    let cores: Cores
    /// CPU seconds of others that computed parts for this thread.
    var borrowed = 0.0

    init(cores: Cores) { self.cores = cores }

    private static let key = "idrkit.cores"

    static var current: Place? {
        get { Thread.current.threadDictionary[key] as? Place }
        set { Thread.current.threadDictionary[key] = newValue }
    }
}

/// Parts that several threads take one after another.
private final class Parts<Value: Sendable>: Sendable {
    private struct State {
        var next = 0
        var values: [Value?]
        var failure: (part: Int, error: IDRError)?
        /// CPU seconds of those that help.
        var seconds = 0.0
    }

    private let count: Int
    private let part: @Sendable (Int) throws(IDRError) -> Value
    private let state: Mutex<State>
    /// Parts that others have begun. Who comes too late to begin one is not waited for.
    private let begun = DispatchGroup()

    init(_ count: Int, _ part: @escaping @Sendable (Int) throws(IDRError) -> Value) {
        self.count = count
        self.part = part
        state = Mutex(State(values: Array(repeating: nil, count: count)))
    }

    /// - Parameters:
    ///   - isHelp: whether another thread than the one that wants the values computes.
    ///   - begin: is told how many parts are left, the next one among them.
    /// - Returns: false where none is.
    func computeNext(isHelp: Bool, before begin: (Int) -> Void) -> Bool {
        let next: Int? = state.withLock { state in
            guard state.failure == nil, state.next < count else { return nil }
            if isHelp { begun.enter() }
            state.next += 1
            return state.next - 1
        }
        guard let next else { return false }
        begin(count - next)
        let start = isHelp ? Cores.threadSeconds() : 0
        do {
            let value = try part(next)
            state.withLock { $0.values[next] = value }
        } catch {
            // Parts are begun in their order: the first one that fails is among those that were begun.
            state.withLock { if $0.failure.map({ next < $0.part }) ?? true { $0.failure = (next, error) } }
        }
        if isHelp {
            state.withLock { $0.seconds += Cores.threadSeconds() - start }
            begun.leave()
        }
        return true
    }

    /// The values when all parts are done, and the CPU seconds of those that helped.
    func values() throws(IDRError) -> ([Value], secondsOfHelp: Double) {
        begun.wait()
        let (values, failure, seconds) = state.withLock { ($0.values.compactMap(\.self), $0.failure, $0.seconds) }
        if let failure { throw failure.error }
        return (values, seconds)
    }
}
