import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import Synchronization

/// The sandbox's side of the broker: what a script there has in place of the network and of this machine's files.
package final class BrokerClient: Sendable {
    /// Names the descriptor of the socket to the broker. Where it is set, there is no other way to wells and pixels.
    package static let variable = "IDRKIT_BROKER"

    private struct State {
        var next = 0
        var waiting: [Int: CheckedContinuation<(BrokerAnswer.Kind, [UInt8]), any Error>] = [:]
        var end: IDRError?
    }

    private let socket: BrokerSocket
    private let state = Mutex(State())
    private let writing = DispatchQueue(label: "org.idrkit.broker.questions")

    /// - Parameter socket: a descriptor, which is taken over.
    package init(socket descriptor: Int32) {
        socket = BrokerSocket(descriptor)
        Thread.detachNewThread { self.read() }
    }

    /// Leaves the broker.
    package func end() { socket.end() }

    /// The broker that this process was started with; nil outside the sandbox.
    static func inherited() throws(IDRError) -> BrokerClient? { try given.get() }

    private static let given = Result { () throws(IDRError) -> BrokerClient? in
        guard let text = ProcessInfo.processInfo.environment[variable] else { return nil }
        var status = stat()
        guard let descriptor = Int32(text), fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            throw IDRError(
                .system, "the sandbox's socket is not there", because: "\(variable) is \"\(text)\"",
                fix: "start the script with idrscript run --sandbox")
        }
        return BrokerClient(socket: descriptor)
    }

    /// Resolves `plan` outside.
    /// - Parameters:
    ///   - hasAccess: whether the script names places of its own, which do not count there.
    ///   - isRepeated: whether this is the recorded run that is repeated.
    func resolve(_ plan: Plan, hasAccess: Bool, isRepeated: Bool, options: RunOptions) async throws -> Resolution {
        let (answer, bytes) = try await ask(.resolve(plan, isRepeated: isRepeated, hasAccess: hasAccess))
        guard case .resolved(let facts) = answer else { throw BrokerSocket.broken("it answers something else") }
        let resolved = try VersionedJSON.decode(ResolvedPlan.self, from: Data(bytes), path: "the resolved plan")
        let identity = try SHA256.digest(of: bytes)
        return Resolution(
            plan: resolved, planBytes: bytes, identity: identity,
            fetcher: BrokerFetcher(client: self, run: identity.hex, plan: resolved, facts.candidates),
            pixels: facts.pixels, catalog: facts.catalog, options: options, candidates: facts.candidates, modelPaths: facts.modelPaths,
            configuration: facts.configuration,
            author: facts.author, warnings: facts.warnings)
    }

    func fetch(_ question: BrokerQuestion.Kind) async throws -> FetchedFrames {
        let (answer, bytes) = try await ask(question)
        guard case .frames(let facts) = answer else { throw BrokerSocket.broken("it answers something else") }
        return try facts.frames(bytes)
    }

    /// - Throws: the broker's own error, or `system` where the broker is gone.
    private func ask(_ kind: BrokerQuestion.Kind) async throws -> (BrokerAnswer.Kind, [UInt8]) {
        let (answer, bytes) = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<(BrokerAnswer.Kind, [UInt8]), any Error>) in
            let (id, end) = state.withLock { state -> (Int, IDRError?) in
                state.next += 1
                if state.end == nil { state.waiting[state.next] = continuation }
                return (state.next, state.end)
            }
            if let end { return continuation.resume(throwing: end) }
            writing.async {
                do {
                    let json = try JSONEncoder().encode(BrokerQuestion(id: id, kind: kind))
                    try self.socket.write(BrokerFrame(json: json))
                } catch {
                    let error = IDRError(error, "the sandbox's broker cannot be asked")
                    self.state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: error)
                }
            }
        }
        if case .failure(let error) = answer { throw error }
        return (answer, bytes)
    }

    /// Hands answers to those who wait, until the broker ends.
    private func read() {
        var end = IDRError(.system, "the sandbox's broker is gone", fix: "run again: complete batches are kept")
        do {
            while let frame = try socket.read(.answers) {
                let answer = try JSONDecoder().decode(BrokerAnswer.self, from: frame.json)
                state.withLock { $0.waiting.removeValue(forKey: answer.id) }?.resume(returning: (answer.kind, frame.payload))
            }
        } catch {
            end.reason = "\(error)"
        }
        let waiting = state.withLock { state in
            state.end = end
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(throwing: end) }
    }
}

/// Pixels from outside the sandbox.
struct BrokerFetcher: FrameFetcher {
    private let client: BrokerClient
    private let run: String
    private let plan: ResolvedPlan
    private let positions: [WellReference: Int]
    private let candidates: [String: [WellReference]]

    init(client: BrokerClient, run: String, plan: ResolvedPlan, _ candidates: [String: [WellReference]]) {
        self.client = client
        self.run = run
        self.plan = plan
        self.candidates = candidates
        positions = Dictionary(zip(plan.wells, plan.wells.indices)) { first, _ in first }
    }

    func fetch(_ request: FrameRequest) async throws -> FetchedFrames {
        let well = request.well
        let segmented = request.channels.segmented
        if let number = candidates[well.plate]?.firstIndex(of: well),
            request == FrameRequest(candidate: well, of: plan, channels: WantedChannels(segmented: segmented, profiled: nil, measured: nil))
        {
            return try await client.fetch(.candidate(run: run, plate: well.plate, number: number))
        }
        guard let position = positions[well] else { throw IDRError(.invalidPlan, "the plan has no well \(well.well) on plate \(well.plate)") }
        return try await client.fetch(.fetch(run: run, well: position, field: request.field))
    }
}
