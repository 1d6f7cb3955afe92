import Synchronization

/// A server that goes away and comes back to the same port.
package final class GoneServer: Sendable {
    private let handler: LoopbackServer.Handler
    private let server: Mutex<LoopbackServer?>
    package let port: UInt16

    package var base: String { "http://127.0.0.1:\(port)" }

    package init(_ handler: @escaping LoopbackServer.Handler) throws {
        self.handler = handler
        let first = try LoopbackServer(handler)
        server = Mutex(first)
        port = first.port
    }

    /// From now on, nobody is there.
    package func goAway() { server.withLock { $0 = nil } }

    package func comeBack() async throws {
        let (port, handler) = (port, handler)
        // The one that ended may hold the port a moment longer.
        try await eventually("the port is free") {
            guard let next = try? LoopbackServer(port: port, handler) else { return false }
            server.withLock { $0 = next }
            return true
        }
    }
}

/// What was said, one after another.
package final class Said: Sendable {
    private let state = Mutex<[String]>([])

    package init() {}

    package var all: [String] { state.withLock { $0 } }
    package func say(_ text: String) { state.withLock { $0.append(text) } }
}
