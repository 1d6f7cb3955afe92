import TestSupport

/// Every call by which a story changes files is hit once: the process is killed before it or after it, or the call fails.
struct SitesPart: Sendable {
    private let session: Session
    private let workshop: Workshop

    init(_ session: Session, _ workshop: Workshop) { (self.session, self.workshop) = (session, workshop) }

    func run() async throws {
        let mend = try await workshop.mend()
        // What a run does with its caches is hit in the first story.
        if session.wants("sites/\(mend.name)/") { try await hit(mend) { $0.contains("/\(Subject.run)") } }
        let stories: [any Story] = [workshop.run] + (try await workshop.shares())
        for story in stories where session.wants("sites/\(story.name)/") { try await hit(story) }
        let folder = try await Study.site(session.desk.path("site")).folder
        let server = try Study.server { folder }
        for source in Study.sources {
            let story = try await workshop.fetch(server.base, source)
            // What a run does with what it has fetched was hit before.
            if session.wants("sites/\(story.name)/") { try await hit(story) { $0.contains("/cache/idrkit/downloads") } }
        }
        withExtendedLifetime(server) {}
    }

    /// - Parameter isHit: of the calls of that path, as the shim says them.
    private func hit(_ story: some Story, where isHit: (String) -> Bool = { _ in true }) async throws {
        let folder = try story.begin("sites-\(story.name)", at: session.desk)
        let calls = try await session.desk.calls(story.act, in: folder, story.options)
        let all = calls.indices.flatMap { position in kinds(position + 1, .all).map { Fault(kind: $0, index: position + 1) } }
        let chosen = calls.indices.filter { isHit(calls[$0]) && isFirst($0, of: calls) }.flatMap { position in
            kinds(position + 1, session.share).map { Fault(kind: $0, index: position + 1) }
        }
        Session.say("sites of \(story.name): \(calls.count) calls, \(chosen.count) faults")
        func name(_ fault: Fault) -> String { "sites/\(story.name)/\(fault)" }
        let named = Dictionary(uniqueKeysWithValues: all.map { (name($0), $0) })
        try await session.each(chosen.map(name), or: all.map(name)) { name in
            guard let fault = named[name] else { return nil }
            session.tally.count(fault.kind.isKill ? \.kills : \.faults)
            let log = session.desk.path("log-" + name.replacing("/", with: "-"))
            var findings = try await session.interrupt(
                story, name, fault.settings.merging(["TORTURE_LOG": log]) { $1 }, isKill: fault.kind.isKill)
            let lines = Desk.lines(log)
            if !findings.isEmpty, fault.index <= lines.count { findings.others.append("at \(lines[fault.index - 1])") }
            session.desk.remove(log)
            return findings
        }
    }

    /// Of calls of one kind on one file in a row, the share of every change hits the first one.
    private func isFirst(_ position: Int, of calls: [String]) -> Bool {
        func words(_ position: Int) -> Substring { calls[position].drop { $0 != " " } }
        return session.share == .all || position == 0 || words(position) != words(position - 1)
    }

    /// The share of every change hits each call once, in turns.
    private func kinds(_ index: Int, _ share: Session.Share) -> [Fault.Kind] {
        switch share {
        case .all: Fault.Kind.single + (index % 16 == 0 ? [.enospcOn] : [])
        case .ci: [index % 16 == 0 ? .enospcOn : Fault.Kind.single[index % Fault.Kind.single.count]]
        }
    }
}
