import Foundation
import IDRFiles
import TestSupport

/// SIGKILL at random times, again and again in one folder until the run comes to its end; then a new one.
struct KillPart: Sendable {
    private let session: Session
    private let workshop: Workshop
    /// A folder in which nothing comes to its end is unusable.
    private static let mostKills = 60

    init(_ session: Session, _ workshop: Workshop) { (self.session, self.workshop) = (session, workshop) }

    func run() async throws {
        let before = session.tally.counts.kills
        @Sendable func isEnough() -> Bool { session.tally.counts.kills - before >= session.kills }
        // One that is asked for by name has a number.
        if let only = session.only, only.split(separator: "/").count == 2 {
            try await session.each([only]) { try await chain($0) }
        }
        var number = 0
        while session.only?.contains("/") != true, !isEnough() {
            try await session.each((number..<number + 16).map { "kill/\($0)" }) { name in isEnough() ? nil : try await chain(name) }
            number += 16
        }
        Session.say("kill: \(session.tally.counts.kills - before) kills")
    }

    /// Each has its own times, by its number.
    private func chain(_ name: String) async throws -> Findings {
        var random = SeededGenerator(seed: name.split(separator: "/").last.flatMap { UInt64($0) } ?? 0)
        var findings = Findings()
        let story = workshop.run
        let folder = try story.begin(name, at: session.desk)
        var known: Set<Int> = []
        for _ in 0..<Self.mostKills {
            let after = Int(workshop.seconds * 1_100_000 * Double.random(in: 0..<1, using: &random))
            let end = try await session.desk.start(
                story.act, in: folder, story.options, ["TORTURE_SIGNAL": "\(SIGKILL)", "TORTURE_AFTER": "\(after)"])
            known = story.checks.atRest("\(folder)/\(Subject.run)", known: known, into: &findings)
            if !findings.isEmpty { return findings }
            if end.signal == SIGKILL {
                session.tally.count(\.kills)
            } else if end.status == 0 {
                story.atEnd(folder, into: &findings)
                try await session.again(story, folder, into: &findings)
                return findings
            } else {
                findings.unusable.append("it ended with \(end.status): \(end.text)")
                return findings
            }
        }
        try await session.again(story, folder, into: &findings)
        return findings
    }
}
