import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// Cuts the power after every call of a run: what a disk may hold then is built from the recorded calls, and the run goes on from there.
struct PowerPart: Sendable {
    private let session: Session
    private let workshop: Workshop

    init(_ session: Session, _ workshop: Workshop) { (self.session, self.workshop) = (session, workshop) }

    func run() async throws {
        for story in [workshop.run, try await workshop.mend()] where session.wants("power/\(story.name)/") {
            try await cut(story)
        }
    }

    /// A state of the disk after a power cut.
    private struct State: Sendable {
        /// Of the last call before, from 1.
        var index: Int
        var cut: ModelDisk.Cut
        /// Batches that the journal on the disk calls complete.
        var noted: Set<Int>
    }

    private func cut(_ story: RunStory) async throws {
        let (folder, record) = (try story.begin("power-\(story.name)", at: session.desk), session.desk.path("record-\(story.name)"))
        session.desk.remove(record)
        let before = session.desk.path("before-\(story.name)")
        session.desk.remove(before)
        try FileManager.default.copyItem(atPath: folder, toPath: before)
        let end = try await session.desk.start(story.act, in: folder, story.options, ["TORTURE_RECORD": record])
        guard end.status == 0 else { throw IDRError(.system, "undisturbed, \(story.act) ended with \(end.status): \(end.text)") }
        let calls = try DiskCall.read(record, below: folder)
        let states = try states(calls, before, folder, story.known)
        let chosen = share(states)
        Session.say("power of \(story.name): \(calls.count) calls leave \(states.count) different states, \(chosen.count) of them are tried")
        func name(_ state: State) -> String { "power/\(story.name)/\(state.index)/\(state.cut.rawValue)" }
        let named = Dictionary(uniqueKeysWithValues: states.map { (name($0), $0) })
        try await session.each(chosen.map(name), or: states.map(name)) { name in
            guard let state = named[name] else { return nil }
            session.tally.count(\.cuts)
            var findings = Findings()
            let place = try session.desk.place(name)
            let disk = try ModelDisk(of: before)
            for call in calls.prefix(state.index) { try disk.apply(call) }
            try ModelDisk.write(disk.left(state.cut), to: place)
            for part in ["cache", "data", "tmp"] { try OnDisk.makeFolder("\(place)/\(part)") }
            story.checks.atRest("\(place)/\(Subject.run)", known: story.known.union(state.noted), into: &findings)
            try await session.again(story, place, into: &findings)
            if !findings.isEmpty { findings.others.append("after \(Self.text(calls, state.index))") }
            return findings
        }
    }

    private static func text(_ calls: [DiskCall], _ index: Int) -> String {
        guard index > 0 else { return "no call" }
        let call = calls[index - 1]
        return "\(call.kind) \(call.path.joined(separator: "/")) \(call.other.joined(separator: "/"))"
    }

    /// Each state that differs from those before, after every call.
    private func states(_ calls: [DiskCall], _ before: String, _ after: String, _ known: Set<Int>) throws -> [State] {
        let disk = try ModelDisk(of: before)
        var (states, seen): ([State], Set<Digest>) = ([], [])
        for index in 0...calls.count {
            if index > 0 { try disk.apply(calls[index - 1]) }
            let journal = disk.flushed([Subject.run, RecordLayout.journal]) ?? []
            let noted = try Self.noted(journal)
            for cut in ModelDisk.Cut.allCases where seen.insert(try ModelDisk.digest(of: disk.left(cut))).inserted {
                states.append(State(index: index, cut: cut, noted: noted))
            }
        }
        // A call that the shim did not see would make all this worthless.
        let real = try ModelDisk(of: after)
        guard try ModelDisk.digest(of: real.left(.all)) == ModelDisk.digest(of: disk.left(.all)) else {
            let (a, b) = (real.left(.all), disk.left(.all))
            let names = Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
            throw IDRError(.invalidInput, "the recorded calls do not give what is there", at: Array(names.prefix(5)))
        }
        return states
    }

    private static func noted(_ journal: [UInt8]) throws -> Set<Int> {
        let events = journal.split(separator: 10).compactMap { try? JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
        return Set(events.filter { $0["event"] as? String == Journal.Event.Kind.batchCompleted.rawValue }.compactMap { $0["batch"] as? Int })
    }

    /// The share of every change tries each fourth state.
    private func share(_ states: [State]) -> [State] {
        session.share == .all ? states : states.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
    }
}
