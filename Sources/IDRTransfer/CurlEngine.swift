import CCurl
import Foundation
import IDRFiles
import IDRPlan
import Synchronization

/// libcurl on one thread of its own: exchanges of all hosts side by side, connections reused, at most ``politeConnections`` to one host unless a person says otherwise.
///
/// No task of Swift's ever blocks on the network. The thread lives as long as the process.
final class CurlEngine: Sendable {
    static let shared = CurlEngine()
    static let politeConnections = 4

    private struct State {
        var new: [Exchange] = []
        var cancelled: [Exchange] = []
        var isRunning = false
        var connectionsPerHost = politeConnections
        /// A file with user names and passwords by host.
        var netrc: String?
    }

    private let state = Mutex(State())
    // Used by the engine's thread alone, but for curl_multi_wakeup, which any thread may call.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer?
    /// A file of certificate authorities instead of the system's (`IDRKIT_CA_FILE`); verification itself is never off.
    private let authority: String?

    init() {
        _ = SHA256.isReady
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        multi = curl_multi_init()
        authority = ProcessInfo.processInfo.environment["IDRKIT_CA_FILE"]
    }

    /// Settings of all exchanges that begin from now on.
    func set(connectionsPerHost: Int, netrc: String?) {
        state.withLock { state in
            state.connectionsPerHost = connectionsPerHost
            state.netrc = netrc
        }
    }

    /// Performs `exchange`; cancelling the task ends it at once.
    func perform(_ exchange: Exchange) async throws -> AnswerHead {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                exchange.begin(continuation)
                let starts = state.withLock { state in
                    state.new.append(exchange)
                    defer { state.isRunning = true }
                    return !state.isRunning
                }
                if starts { Thread.detachNewThread { self.run() } } else { wake() }
            }
        } onCancel: {
            exchange.isCancelled.store(true, ordering: .relaxed)
            state.withLock { $0.cancelled.append(exchange) }
            wake()
        }
    }

    private func wake() { if let multi { curl_multi_wakeup(multi) } }

    private func run() {
        // Exchanges are kept alive here while libcurl points to them.
        var running: [ObjectIdentifier: (exchange: Exchange, easy: UnsafeMutableRawPointer)] = [:]
        while true {
            let now = state.withLock { state in
                defer { (state.new, state.cancelled) = ([], []) }
                return state
            }
            idr_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, now.connectionsPerHost)
            for exchange in now.new {
                guard !exchange.isCancelled.load(ordering: .relaxed) else {
                    exchange.cancel()
                    continue
                }
                guard let multi, let easy = curl_easy_init() else {
                    exchange.stop(ExchangeFailure(kind: .final, reason: "libcurl cannot begin"))
                    continue
                }
                exchange.configure(easy, authority: authority, netrc: now.netrc)
                running[ObjectIdentifier(exchange)] = (exchange, easy)
                curl_multi_add_handle(multi, easy)
            }
            for exchange in now.cancelled {
                guard let (_, easy) = running.removeValue(forKey: ObjectIdentifier(exchange)) else { continue }
                curl_multi_remove_handle(multi, easy)
                exchange.cancel()
                curl_easy_cleanup(easy)
            }
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            finish(&running)
            curl_multi_poll(multi, nil, 0, 1000, nil)
        }
    }

    private func finish(_ running: inout [ObjectIdentifier: (exchange: Exchange, easy: UnsafeMutableRawPointer)]) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = idr_curl_message_result(message)
            var context: UnsafeMutableRawPointer?
            idr_curl_get_pointer(easy, CURLINFO_PRIVATE, &context)
            curl_multi_remove_handle(multi, easy)
            if let context {
                let exchange = Exchange.of(context)
                exchange.end(code, easy: easy)
                running.removeValue(forKey: ObjectIdentifier(exchange))
            }
            curl_easy_cleanup(easy)
        }
    }
}
