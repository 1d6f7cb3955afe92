import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import Synchronization
import TestSupport

/// Bytes that change in caches and in the run's own folder, and movies that change at their server, between one run and the next.
struct RotPart: Sendable {
    private let session: Session
    private let workshop: Workshop

    init(_ session: Session, _ workshop: Workshop) { (self.session, self.workshop) = (session, workshop) }

    func run() async throws {
        let site = try await Study.site(session.desk.path("site-a"))
        let other = try await Study.site(session.desk.path("site-bb"), shift: 9)
        for source in Study.sources {
            try await caches(of: site, source)
            try await changed(site, other, source)
        }
        try await ownFolder()
    }

    /// Files of both caches, and what is known of them, each damaged in each way: one kind at once, and in the great share also one by one.
    private func caches(of site: ScratchSite, _ source: PixelSource) async throws {
        guard session.wants("rot/\(source.rawValue)/") else { return }
        let root = site.folder
        let server = try Study.server { root }
        let filled = try session.desk.place("filled-\(source.rawValue)")
        let options = Study.options(server.base, source)
        _ = try await session.desk.calls(.run, in: filled, options)
        let reference = session.desk.path("filled-run-\(source.rawValue)")
        session.desk.remove(reference)
        try FileManager.default.moveItem(atPath: "\(filled)/\(Subject.run)", toPath: reference)
        let story = RunStory(name: "rot", options: options, template: filled, checks: RunChecks(wanted: reference))
        let files = (FileManager.default.enumerator(atPath: "\(filled)/cache")?.compactMap { $0 as? String } ?? []).sorted()
        var cases: [String: (damage: Damage, files: [String])] = [:]
        for cache in ["downloads", "stages"] {
            for kind in ["data", "entry.json"] {
                let own = files.filter { $0.contains("/\(cache)/") && $0.hasSuffix("/\(kind)") }
                for damage in Damage.allCases where !own.isEmpty {
                    cases["rot/\(source.rawValue)/\(cache)-\(kind)/\(damage)"] = (damage, own)
                    guard session.share == .all else { continue }
                    for (number, file) in own.enumerated() { cases["rot/\(source.rawValue)/\(cache)-\(kind)-\(number)/\(damage)"] = (damage, [file]) }
                }
            }
        }
        let all = cases
        try await session.each(all.keys.sorted()) { name in
            guard let (damage, files) = all[name] else { return nil }
            session.tally.count(\.damages)
            var findings = Findings()
            let folder = try story.begin(name, at: session.desk)
            for file in files { try damage.apply(to: "\(folder)/cache/\(file)") }
            try await session.again(story, folder, into: &findings)
            return findings
        }
        withExtendedLifetime(server) {}
    }

    /// Two frames of an image are in the cache when its movie becomes another one: all frames are the old movie's, where the cache has them, or all
    /// are the new one's.
    private func changed(_ site: ScratchSite, _ other: ScratchSite, _ source: PixelSource) async throws {
        let name = "rot/changed/\(source.rawValue)"
        guard session.wants(name) else { return }
        let movies = [site.folder, other.folder]
        try await session.each([name]) { name in
            session.tally.count(\.damages)
            let current = Current(movies[0])
            let server = try Study.server { current.folder }
            let options = Study.options(server.base, source)
            var references: [String] = []
            for (number, movie) in movies.enumerated() {
                current.folder = movie
                let place = try session.desk.place("changed-\(source.rawValue)-\(number)")
                _ = try await session.desk.calls(.correctLater, in: place, options)
                references.append("\(place)/\(Subject.run)")
            }
            let folder = try session.desk.place(name)
            current.folder = movies[0]
            _ = try await session.desk.calls(.correctEarlier, in: folder, Study.options(server.base, source, output: "earlier"))
            current.folder = movies[1]
            var findings: [Findings] = []
            for reference in references {
                var own = Findings()
                let story = RunStory(name: name, act: .correctLater, options: options, checks: RunChecks(wanted: reference))
                try await session.again(story, folder, into: &own)
                findings.append(own)
            }
            withExtendedLifetime(server) {}
            return findings.first(where: \.isEmpty) ?? findings[1]
        }
    }

    private final class Current: Sendable {
        private let state: Mutex<String>
        init(_ folder: String) { state = Mutex(folder) }
        var folder: String {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    /// Each file of a run's folder: the next run mends it, or refuses to go on and names it.
    private func ownFolder() async throws {
        guard session.wants("rot/run/") else { return }
        let names = try Manifest.names(in: "\(workshop.reference)/\(Subject.run)") + [RecordLayout.manifest]
        let damages: [Damage] = Damage.allCases
        var cases: [String: (name: String, damage: Damage)] = [:]
        for name in names {
            for damage in damages { cases["rot/run/\(name)/\(damage)"] = (name, damage) }
        }
        let all = cases
        var story = workshop.run
        story.template = workshop.reference
        let chosen = all.filter { session.share == .all || [.middle, .empty].contains($0.value.damage) }.keys
        try await session.each(chosen.sorted(), or: all.keys.sorted()) { [story] name in
            guard let (file, damage) = all[name] else { return nil }
            session.tally.count(\.damages)
            var findings = Findings()
            let folder = try story.begin(name, at: session.desk)
            try damage.apply(to: "\(folder)/\(Subject.run)/\(file)")
            let end = try await session.desk.start(story.act, in: folder, story.options)
            if end.status == 0 {
                story.atEnd(folder, into: &findings)
            } else if !end.text.contains(file) {
                findings.unusable.append("it ends with \(end.status) and does not name the file: \(end.text.suffix(300))")
            }
            findings.leftovers += Leftovers.find(below: folder)
            return findings
        }
    }
}
