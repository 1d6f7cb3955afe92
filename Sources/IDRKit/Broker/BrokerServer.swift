import Foundation
import IDRFiles
package import IDRPlan
import IDRRecord
import IDRScreens
import Synchronization

/// The broker: resolves plans and reads pixels outside for a script in the sandbox, which it never trusts.
///
/// It reads from the places that the configuration, the environment and the command line name, never from those that the script names, and
/// only images of plans that it resolved itself. What is no message ends the session.
package final class BrokerServer: Sendable {
    /// How much one script may ask for.
    struct Limits: Sendable {
        /// Questions that are worked on at the same time; the others wait in the socket.
        var atOnce = 2 * ProcessInfo.processInfo.activeProcessorCount + 2
        var plans = 256
        /// Of all plans together.
        var wells = 1 << 20
        /// Of one image, since its plan was last resolved: for the run, for values that images share, and for a second look.
        var fetchesOfAnImage = 16
    }

    private struct State {
        var asked = 0
        var runs: [String: BrokeredRun] = [:]
        var said = Set<String>()
    }

    private let socket: BrokerSocket
    private let options: RunOptions
    private let files: BrokerFiles
    private let paths: HostPaths
    private let limits: Limits
    private let say: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let slots: DispatchSemaphore
    private let writing = DispatchQueue(label: "org.idrkit.broker.answers")

    /// - Parameters:
    ///   - options: the person's, with paths of this machine.
    ///   - files: that are in the sandbox.
    ///   - say: tells the person something.
    package convenience init(
        _ socket: BrokerSocket, options: RunOptions, files: BrokerFiles, say: @escaping @Sendable (String) -> Void
    ) throws(IDRError) {
        try self.init(socket, options: options, files: files, limits: Limits(), say: say)
    }

    init(
        _ socket: BrokerSocket, options: RunOptions, files: BrokerFiles, limits: Limits, say: @escaping @Sendable (String) -> Void
    ) throws(IDRError) {
        self.socket = socket
        self.files = files
        self.limits = limits
        self.say = say
        var access = (options.access ?? Access()).over(try .configured())
        access.mirror = access.mirror.map { URL(fileURLWithPath: $0).path }
        paths = HostPaths(access, files)
        var options = options
        options.access = access
        self.options = options
        slots = DispatchSemaphore(value: limits.atOnce)
    }

    /// Answers until the other side ends.
    /// - Throws: an ``IDRError`` where the other side says something that is no question.
    package func serve() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try self.read() }) }
        }
    }

    package func end() { socket.end() }

    private func read() throws {
        // Nobody is answered after the end.
        defer { socket.end() }
        while true {
            slots.wait()
            let question: BrokerQuestion?
            do {
                question = try socket.read(.questions).map { try Self.question($0) }
            } catch {
                slots.signal()
                throw error
            }
            guard let question else {
                slots.signal()
                return
            }
            Task {
                let frame = await self.answer(question)
                self.writing.async {
                    do {
                        try self.socket.write(frame.get())
                    } catch {
                        // Whoever waits for it must not wait for ever; where the other side is gone already, the reader notices.
                        self.socket.end()
                    }
                    self.slots.signal()
                }
            }
        }
    }

    private static func question(_ frame: BrokerFrame) throws(IDRError) -> BrokerQuestion {
        do {
            return try JSONDecoder().decode(BrokerQuestion.self, from: frame.json)
        } catch {
            throw BrokerSocket.broken("it asks nothing that there is")
        }
    }

    private func answer(_ question: BrokerQuestion) async -> Result<BrokerFrame, any Error> {
        var (kind, payload): (BrokerAnswer.Kind, [UInt8])
        do {
            switch question.kind {
            case .resolve(let plan, let isRepeated, let hasAccess):
                (kind, payload) = try await resolve(plan, hasAccess: hasAccess, isRepeated: isRepeated)
            case .fetch(let run, let well, let field):
                let limit = limits.fetchesOfAnImage
                (kind, payload) = try await fetch(run) { run throws(IDRError) in try run.request(well: well, field: field, limit: limit) }
            case .candidate(let run, let plate, let number):
                let limit = limits.fetchesOfAnImage
                (kind, payload) = try await fetch(run) { run throws(IDRError) in try run.request(plate: plate, number: number, limit: limit) }
            }
        } catch {
            (kind, payload) = (.failure(paths.hidden(IDRError(error, "the broker cannot answer", otherwise: .system))), [])
        }
        return Result { try BrokerAnswer(id: question.id, kind: kind).frame(payload: payload) }
    }

    private func resolve(_ asked: Plan, hasAccess: Bool, isRepeated: Bool) async throws -> (BrokerAnswer.Kind, [UInt8]) {
        let count = state.withLock { state in
            state.asked += 1
            return state.asked
        }
        guard count <= limits.plans else { throw IDRError(.refused, "the script has asked for more than \(limits.plans) plans") }
        try PlanRules.check(asked)
        // A recorded run's models are found by digest, wherever its script says that they were.
        let plan = isRepeated ? files.withoutOthers(asked) : asked
        if !isRepeated { try files.check(plan) }
        if hasAccess {
            sayOnce("note: the script names places of its own for tables and images; in the sandbox only those of your settings and options count")
        }
        let recorded = isRepeated ? try RecordedRun(options) : nil
        guard !isRepeated || recorded?.isAskedFor(by: plan) == true else {
            throw IDRError(.refused, "the script's plan is not the recorded one")
        }
        let resolution = try await Resolver(options: options, recorded: recorded).resolve(plan, access: nil)
        let models = try files.inside(resolution.modelPaths)
        try keep(resolution)
        let facts = ResolvedFacts(
            catalog: resolution.catalog.map { record in
                var record = record
                record.address = paths.hidden(record.address)
                return record
            }, pixels: paths.hidden(resolution.pixels), modelPaths: models, configuration: resolution.configuration,
            warnings: resolution.warnings.map(paths.hidden), author: resolution.author, candidates: resolution.candidates)
        return (.resolved(facts), resolution.planBytes)
    }

    private func keep(_ resolution: Resolution) throws(IDRError) {
        try state.withLock { state throws(IDRError) in
            state.runs[resolution.identity.hex] = nil
            let wells = state.runs.values.reduce(resolution.plan.wells.count) { $0 + $1.resolution.plan.wells.count }
            guard wells <= limits.wells else { throw IDRError(.refused, "the script's plans have more than \(limits.wells) wells together") }
            state.runs[resolution.identity.hex] = BrokeredRun(resolution: resolution)
        }
    }

    private func fetch(
        _ run: String, _ asked: (inout BrokeredRun) throws(IDRError) -> FrameRequest
    ) async throws -> (BrokerAnswer.Kind, [UInt8]) {
        let (request, fetcher) = try state.withLock { state throws(IDRError) in
            guard var known = state.runs[run] else {
                throw IDRError(.refused, "the script asks for images of a plan that was not resolved")
            }
            let request = try asked(&known)
            state.runs[run] = known
            return (request, known.resolution.fetcher)
        }
        var frames = try await fetcher.fetch(request)
        frames.input = paths.hidden(frames.input)
        return (.frames(FramesFacts(frames)), try frames.pixels())
    }

    private func sayOnce(_ text: String) {
        if state.withLock({ $0.said.insert(text).inserted }) { say(text) }
    }
}

/// A plan that the broker has resolved, and which of its images were asked for.
private struct BrokeredRun {
    private struct Image: Hashable { var well, field: Int }

    let resolution: Resolution
    private var fetches: [Image: Int] = [:]
    private var candidates: [String: [Int: Int]] = [:]

    init(resolution: Resolution) { self.resolution = resolution }

    /// The request for an image of the plan; everything but the two numbers is the broker's own.
    mutating func request(well: Int, field: Int, limit: Int) throws(IDRError) -> FrameRequest {
        let plan = resolution.plan
        guard plan.wells.indices.contains(well), plan.plan.fields.contains(field) else {
            throw IDRError(.refused, "the script asks for an image that its plan does not name")
        }
        let image = Image(well: well, field: field)
        guard fetches[image, default: 0] < limit else { throw IDRError(.refused, "the script has asked for an image more than \(limit) times") }
        fetches[image, default: 0] += 1
        return FrameRequest(plan.wells[well], field: field, of: plan, channels: resolution.channels)
    }

    /// The same for a candidate of a plate of the plan.
    mutating func request(plate: String, number: Int, limit: Int) throws(IDRError) -> FrameRequest {
        guard let wells = resolution.candidates[plate], wells.indices.contains(number) else {
            throw IDRError(.refused, "the script asks for an image that its plan does not name")
        }
        let count = candidates[plate]?[number] ?? 0
        guard count < limit else { throw IDRError(.refused, "the script has asked for an image more than \(limit) times") }
        candidates[plate, default: [:]][number] = count + 1
        return FrameRequest(candidate: wells[number], of: resolution.plan, channels: resolution.channels)
    }
}
