import IDRFiles
import IDRPlan
import Synchronization

/// Objects in memory, and a list of what was asked for.
final class MemoryStore: ObjectStore {
    let name = "memory"
    private let state: Mutex<(objects: [String: [UInt8]], requests: [String])>

    init(_ objects: [String: [UInt8]] = [:]) { state = Mutex((objects, [])) }

    /// A folder's files.
    convenience init(_ objects: [String: String]) { self.init(objects.mapValues { Array($0.utf8) }) }

    subscript(key: String) -> [UInt8]? {
        get { state.withLock { $0.objects[key] } }
        set { state.withLock { $0.objects[key] = newValue } }
    }

    var keys: [String] { state.withLock { $0.objects.keys.sorted() } }
    /// Keys in the order of the requests, with the range where a part was asked for.
    var requests: [String] { state.withLock { $0.requests } }
    func forgetRequests() { state.withLock { $0.requests = [] } }

    func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        let bytes = state.withLock { state in
            switch part {
            case .all: state.requests.append(key)
            case .range(let range): state.requests.append("\(key) \(range)")
            case .suffix(let count): state.requests.append("\(key) last \(count)")
            }
            return state.objects[key]
        }
        guard let bytes else { return nil }
        let range =
            switch part {
            case .all: 0..<bytes.count
            case .range(let range): range
            case .suffix(let count): max(0, bytes.count - count)..<bytes.count
            }
        guard range.upperBound <= bytes.count else { throw IDRError(.invalidInput, "\(key) is truncated") }
        guard range.count <= limit else { throw IDRError(.refused, "\(key) is too large") }
        return Array(bytes[range])
    }
}

/// Another store whose every answer takes a moment; it counts how many requests are under way.
final class SlowStore: ObjectStore {
    let name = "slow"
    private let store: MemoryStore
    private let counts = Mutex((now: 0, most: 0))

    init(_ store: MemoryStore) { self.store = store }

    var mostAtOnce: Int { counts.withLock { $0.most } }

    func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        defer { counts.withLock { $0.now -= 1 } }
        try await Task.sleep(for: .milliseconds(5))
        return try await store.bytes(of: key, part, limit: limit)
    }
}
