import Foundation

/// Work that waits for sockets, on a thread of its own: on the few threads that tasks share, it would keep the other side from answering.
package enum OwnThread {
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }
}
