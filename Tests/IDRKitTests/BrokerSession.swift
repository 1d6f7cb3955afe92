import Foundation
import IDRKit
import IDRPlan
import Synchronization
import TestSupport

/// A broker over a small screen, and this side of its socket: a client that says whatever a test makes it say.
final class BrokerSession: Sendable {
    let screen: SmallScreen
    let socket: BrokerSocket
    private let descriptor: Int32
    private let server: BrokerServer
    private let said: NoteList
    private let serving: Task<(any Error)?, Never>

    var notes: [String] { said.all }

    /// - Parameter exposed: files that plans may name.
    init(_ screen: SmallScreen, exposed: [String] = [], access change: (inout Access) -> Void = { _ in }) throws {
        self.screen = screen
        var access = Access(mirror: screen.mirror)
        change(&access)
        var options = RunOptions()
        options.stages = .off
        options.access = access
        var files = BrokerFiles()
        for path in exposed { files.add(path, inside: "/exposed/\(URL(fileURLWithPath: path).lastPathComponent)", isNamed: true) }
        let (own, other) = try BrokerSocket.pair()
        socket = BrokerSocket(other)
        descriptor = other
        let said = NoteList()
        self.said = said
        server = try BrokerServer(own, options: options, files: files) { said.add($0) }
        let server = server
        serving = Task {
            do {
                try await server.serve()
                return nil
            } catch {
                return error
            }
        }
    }

    /// Ends this side. Returns what the session ended with.
    func end() async -> IDRError? {
        socket.end()
        return await serving.value as? IDRError
    }

    /// How the session ended, without this side ending it.
    func outcome() async -> IDRError? { await serving.value as? IDRError }

    func stop() { server.end() }

    func send(_ kind: BrokerQuestion.Kind, id: Int = 1) throws {
        try socket.write(BrokerFrame(json: JSONEncoder().encode(BrokerQuestion(id: id, kind: kind))))
    }

    /// Sends bytes as they are.
    func write(_ bytes: [UInt8]) throws {
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else { throw CocoaError(.fileWriteUnknown) }
    }

    /// The next answer; nil where the broker has ended.
    func answer() async throws -> (answer: BrokerAnswer, frame: BrokerFrame)? { try await OwnThread.run { try self.nextAnswer() } }

    /// The same, for callers on a thread of their own.
    func nextAnswer() throws -> (answer: BrokerAnswer, frame: BrokerFrame)? {
        guard let frame = try socket.read(.answers) else { return nil }
        return (try JSONDecoder().decode(BrokerAnswer.self, from: frame.json), frame)
    }

    func ask(_ kind: BrokerQuestion.Kind) async throws -> (kind: BrokerAnswer.Kind, frame: BrokerFrame) {
        try send(kind)
        guard let (answer, frame) = try await answer() else { throw IDRError(.system, "the broker has ended") }
        return (answer.kind, frame)
    }

    /// The error of an answer that is one.
    func failure(_ kind: BrokerQuestion.Kind) async throws -> IDRError? {
        if case .failure(let error) = try await ask(kind).kind { error } else { nil }
    }
}

/// What the broker told the person.
private final class NoteList: Sendable {
    private let notes = Mutex<[String]>([])
    var all: [String] { notes.withLock { $0 } }
    func add(_ text: String) { notes.withLock { $0.append(text) } }
}
