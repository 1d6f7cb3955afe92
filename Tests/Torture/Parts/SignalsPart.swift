import Foundation
import IDRFiles
import IDRKit
import IDRRecord
import TestSupport

/// SIGTERM, SIGINT and SIGHUP at random times, in a run with hundreds of batches that are complete: the record that is closed is whole.
struct SignalsPart: Sendable {
    private let session: Session
    private let workshop: Workshop
    private static let wells = 300
    /// Batches that a session still has to run.
    private static let open = 12
    private static let signals = [SIGTERM, SIGINT, SIGHUP]

    init(_ session: Session, _ workshop: Workshop) { (self.session, self.workshop) = (session, workshop) }

    func run() async throws {
        let desk = session.desk
        let options = RunOptions.torture(mirror: try await Study.mirror(desk.path("mirror-many"), wells: Self.wells).folder)
        var first = options
        first.batches = Array(0..<Self.wells - Self.open)
        let many = try desk.place("many")
        let start = ContinuousClock.now
        _ = try await desk.calls(.runMany, in: many, first)
        Session.say("signals: \(Self.wells - Self.open) batches made in \((ContinuousClock.now - start).components.seconds) s")
        let whole = desk.path("cases/whole-many")
        desk.remove(whole)
        try FileManager.default.copyItem(atPath: many, toPath: whole)
        // How long a session takes that has the last batches to run.
        let from = ContinuousClock.now
        _ = try await desk.calls(.runMany, in: whole, options)
        let time = (ContinuousClock.now - from).components
        let seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
        Session.say("signals: a session of \(Self.open) batches takes \(String(format: "%.1f", seconds)) s")
        let story = RunStory(
            name: "signals", act: .runMany, options: options, template: many, checks: RunChecks(wanted: "\(whole)/\(Subject.run)"),
            known: Set(0..<Self.wells - Self.open))
        let (chains, trials) = (2, session.share == .all ? 100 : 10)
        try await session.each((0..<chains).map { "signals/\($0)" }) { name in
            try await chain(name, story, trials: trials, seconds: seconds)
        }
    }

    private func chain(_ name: String, _ story: RunStory, trials: Int, seconds: Double) async throws -> Findings {
        var random = SeededGenerator(seed: UInt64(name.utf8.last ?? 0))
        var findings = Findings()
        var folder = try story.begin(name, at: session.desk)
        let run = "\(folder)/\(Subject.run)"
        var known = story.known
        for trial in 0..<trials {
            let signal = Self.signals[trial % Self.signals.count]
            let after = Int(seconds * 1_050_000 * Double.random(in: 0.2..<1, using: &random))
            let end = try await session.desk.start(
                story.act, in: folder, story.options, ["TORTURE_SIGNAL": "\(signal)", "TORTURE_AFTER": "\(after)"])
            let isStopped = end.status == 128 + signal
            if isStopped { session.tally.count(\.signals) }
            guard isStopped || end.status == 0 else {
                findings.unusable.append("it ended with \(end.status) after signal \(signal): \(end.text)")
                return findings
            }
            known = story.checks.atRest(run, known: known, into: &findings)
            let record = try RecordFolder(reading: run)
            if record.journal.last?.event == .stopped, !record.hasFile(RecordLayout.manifest) {
                findings.others.append("it says that it was stopped, and the record is not closed")
            }
            if !findings.isEmpty { return findings }
            if known.count == Self.wells {
                folder = try story.begin(name, at: session.desk)
                known = story.known
            }
        }
        try await session.again(story, folder, into: &findings)
        return findings
    }
}
