import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import TestSupport

/// One `make torture`.
struct Session: Sendable {
    enum Part: String, Sendable, CaseIterable { case sites, kill, signals, rot, power }
    enum Share: String, Sendable { case all, ci }

    let desk: Desk
    let tally = Tally()
    private(set) var parts = Part.allCases
    private(set) var share = Share.ci
    private(set) var kills = 1000
    /// The only case to be tried, or how the names of those begin; nil is all.
    private(set) var only: String?
    private static let atOnce = 2
    private static let usage = "torture --shim FILE [--parts \"sites kill signals rot power\"] [--share ci|all] [--kills N] [--case NAME]"

    init(_ words: [String]) throws {
        var values: [String: String] = [:]
        for position in stride(from: 0, to: words.count - 1, by: 2) { values[words[position]] = words[position + 1] }
        let known: Set = ["--shim", "--parts", "--share", "--kills", "--case"]
        func wrong() -> IDRError { IDRError(.invalidInput, "these words are not understood: \(words)", fix: Self.usage) }
        guard words.count.isMultiple(of: 2), Set(values.keys).isSubset(of: known), let shim = values["--shim"] else { throw wrong() }
        desk = try Desk(shim: shim)
        only = values["--case"].flatMap { $0.isEmpty ? nil : $0 }
        if let text = values["--share"] { if let value = Share(rawValue: text) { share = value } else { throw wrong() } }
        if let text = values["--kills"] { if let value = Int(text) { kills = value } else { throw wrong() } }
        if let text = values["--parts"], !text.isEmpty {
            parts = try text.split(separator: " ").map { name in
                guard let part = Part(rawValue: String(name)) else { throw wrong() }
                return part
            }
        }
        if let only { parts = Part.allCases.filter { (only + "/").hasPrefix($0.rawValue + "/") } }
    }

    /// Prints it at once, also where nobody looks on.
    static func say(_ text: String) {
        _ = Array((text + "\n").utf8).withUnsafeBytes { WholeWrite.write($0, to: STDOUT_FILENO) }
    }

    /// - Returns: whether nothing was wrong.
    func run() async throws -> Bool {
        let workshop = try await Workshop(desk)
        Self.say("an undisturbed run takes \(String(format: "%.2f", workshop.seconds)) s; cases lie in \(desk.root)")
        for part in parts {
            let start = ContinuousClock.now
            switch part {
            case .sites: try await SitesPart(self, workshop).run()
            case .kill: try await KillPart(self, workshop).run()
            case .signals: try await SignalsPart(self, workshop).run()
            case .rot: try await RotPart(self, workshop).run()
            case .power: try await PowerPart(self, workshop).run()
            }
            Self.say("== \(part.rawValue): \((ContinuousClock.now - start).components.seconds) s")
        }
        Self.say(tally.table)
        let counts = tally.counts
        if counts.cases == 0 { Self.say("no case has been tried" + (only.map { ": none is called \($0)" } ?? "")) }
        if counts.failed.isEmpty { try OnDisk.remove(desk.root) }
        return counts.failed.isEmpty && counts.cases > 0
    }

    /// Whether a case whose name begins so may be wanted.
    func wants(_ beginning: String) -> Bool { only.map { beginning.hasPrefix($0 + "/") || ($0 + "/").hasPrefix(beginning) } ?? true }

    private func isWanted(_ name: String) -> Bool { only.map { name == $0 || name.hasPrefix($0 + "/") } ?? true }

    /// Tries cases, two at a time: those that are wanted.
    /// - Parameters:
    ///   - others: cases of the great share, which may be asked for by name.
    ///   - body: nil where there is nothing to be tried.
    func each(_ names: [String], or others: [String] = [], _ body: @escaping @Sendable (_ name: String) async throws -> Findings?) async throws {
        var chosen = names.filter(isWanted)
        if chosen.isEmpty, only != nil { chosen = others.filter(isWanted) }
        try await Parallel.forEach(chosen, atOnce: Self.atOnce) { name in
            var findings: Findings?
            do { findings = try await body(name) } catch {
                findings = Findings(others: ["it could not be tried: \(error)"])
            }
            if let findings { close(name, findings) }
        } receive: { _ in
        }
    }

    /// Counts a case. What is wrong is kept and named.
    func close(_ name: String, _ findings: Findings) {
        tally.add(findings, of: name)
        let folder = desk.path("cases/" + name.replacing("/", with: "-"))
        guard !findings.isEmpty else { return desk.remove(folder) }
        Self.say("\(name): \(findings.text)\n  kept: \(folder)\n  once more: make torture CASE=\(name)")
    }

    /// Starts `story` with `settings` of the shim and once more without, and looks at what is there each time.
    /// - Parameter name: of the case.
    func interrupt(_ story: some Story, _ name: String, _ settings: [String: String], isKill: Bool) async throws -> Findings {
        var findings = Findings()
        let folder = try story.begin(name, at: desk)
        let end = try await desk.start(story.act, in: folder, story.options, settings)
        if end.reason != nil { findings.others.append("it hung") }
        if let signal = end.signal, !(isKill && signal == SIGKILL) { findings.others.append("it crashed with signal \(signal): \(end.text)") }
        story.atRest(folder, into: &findings)
        // What says that it is done is done.
        if end.status == 0 { story.atEnd(folder, into: &findings) }
        try await again(story, folder, into: &findings)
        return findings
    }

    /// Undisturbed, the same comes to its end, and nothing is left over.
    func again(_ story: some Story, _ folder: String, into findings: inout Findings) async throws {
        let end = try await desk.start(story.act, in: folder, story.options)
        guard story.isRightful(end) else {
            return findings.unusable.append(
                "doing it again ends with \(end.status): \(end.text.split(separator: "\n").suffix(6).joined(separator: " | "))")
        }
        story.atEnd(folder, into: &findings)
        findings.leftovers += Leftovers.find(below: folder)
    }
}
