import Foundation
import IDRCrate
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord

/// Something that a person does, which is interrupted and then done again.
protocol Story: Sendable {
    var name: String { get }
    var act: Subject.Act { get }
    var options: RunOptions { get }
    /// A case's folder as it is before; nil is empty.
    var template: String? { get }
    /// What has to hold whenever nothing is running.
    func atRest(_ folder: String, into findings: inout Findings)
    /// What has to hold once it was done.
    func atEnd(_ folder: String, into findings: inout Findings)
    /// Whether doing it again may end so.
    func isRightful(_ end: ChildProcess.End) -> Bool
}

extension Story {
    var template: String? { nil }
    func isRightful(_ end: ChildProcess.End) -> Bool { end.status == 0 }

    /// The case's folder, as the story begins.
    func begin(_ name: String, at desk: Desk) throws -> String {
        let folder = try desk.place(name)
        guard let template else { return folder }
        for entry in try OnDisk.names(in: template) ?? [] {
            try OnDisk.remove("\(folder)/\(entry)")
            try FileManager.default.copyItem(atPath: "\(template)/\(entry)", toPath: "\(folder)/\(entry)")
        }
        return folder
    }
}

/// A run, from nothing or from what an earlier one left.
struct RunStory: Story {
    var name: String
    var act = Subject.Act.run
    var options: RunOptions
    var template: String?
    var checks: RunChecks
    /// Batches that are complete before.
    var known: Set<Int> = []

    func atRest(_ folder: String, into findings: inout Findings) { checks.atRest("\(folder)/\(Subject.run)", known: known, into: &findings) }
    func atEnd(_ folder: String, into findings: inout Findings) { checks.atEnd("\(folder)/\(Subject.run)", into: &findings) }
}

/// Something that is made of a whole record, and of which either nothing or all is there.
struct ShareStory: Story {
    var name: String { act.rawValue }
    var act: Subject.Act
    var options: RunOptions
    var template: String?
    /// What is made, in the case's folder.
    var target: String
    /// Whether it is there before, and so for ever.
    var isThere = false
    /// Checks it where it is there.
    var check: @Sendable (_ path: String) throws -> String?

    func atRest(_ folder: String, into findings: inout Findings) {
        guard FileManager.default.fileExists(atPath: "\(folder)/\(target)") else { return }
        look(folder, into: &findings)
    }

    func atEnd(_ folder: String, into findings: inout Findings) {
        guard FileManager.default.fileExists(atPath: "\(folder)/\(target)") else { return findings.unusable.append("\(target) is not there") }
        look(folder, into: &findings)
    }

    private func look(_ folder: String, into findings: inout Findings) {
        do {
            if let problem = try check("\(folder)/\(target)") { findings.unusable.append("\(target): \(problem)") }
        } catch {
            findings.unusable.append("\(target): \(error)")
        }
    }

    /// What is complete is not made again.
    func isRightful(_ end: ChildProcess.End) -> Bool {
        end.status == 0 || end.status == 1 && !isThere && end.text.contains("is already there, and not empty")
    }

    static func verified(_ folder: String) -> String? { RecordVerification(of: folder).problems.first?.description }
}
