import Foundation
import IDRCrate
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport

/// What cases begin with and are compared with, made once.
struct Workshop: Sendable {
    private let desk: Desk
    /// How long an undisturbed run takes.
    let seconds: Double
    let options: RunOptions
    /// The case's folder after an undisturbed run.
    let reference: String

    init(_ desk: Desk) async throws {
        self.desk = desk
        options = .torture(mirror: try await Study.mirror(desk.path("mirror")).folder)
        reference = try desk.place("reference")
        // The first time libraries are read from the disk.
        try await Self.start(.run, in: reference, options, desk)
        do {
            let place = try desk.place("timed")
            let start = ContinuousClock.now
            try await Self.start(.run, in: place, options, desk)
            let time = (ContinuousClock.now - start).components
            seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
            try OnDisk.remove(place)
        }
    }

    private static func start(_ act: Subject.Act, in folder: String, _ options: RunOptions, _ desk: Desk, status: Int32 = 0) async throws {
        let end = try await desk.start(act, in: folder, options)
        guard end.status == status else { throw IDRError(.system, "undisturbed, \(act) ended with \(end.status): \(end.text)") }
    }

    /// The run of a person who begins.
    var run: RunStory { RunStory(name: "run", options: options, checks: RunChecks(wanted: "\(reference)/\(Subject.run)")) }

    /// A run that completes a batch which lacks an image: the batch is replaced as a whole. The other batch was not begun.
    func mend() async throws -> RunStory {
        let place = try desk.place("lacking")
        var lacking = RunOptions.torture(mirror: try await Study.mirror(desk.path("mirror-damaged"), damaged: ["A3"]).folder)
        lacking.batches = [0]
        try await Self.start(.run, in: place, lacking, desk, status: 3)
        return RunStory(
            name: "mend", options: options, template: place,
            checks: RunChecks(wanted: "\(reference)/\(Subject.run)", earlier: ["\(place)/\(Subject.run)"]), known: [0])
    }

    /// A run that fetches its pixels.
    func fetch(_ base: String, _ source: PixelSource) async throws -> RunStory {
        let place = try desk.place("fetched-\(source.rawValue)")
        let options = Study.options(base, source)
        try await Self.start(.run, in: place, options, desk)
        return RunStory(name: "fetch-\(source.rawValue)", options: options, checks: RunChecks(wanted: "\(place)/\(Subject.run)"))
    }

    /// What is made of a whole record.
    func shares() async throws -> [ShareStory] {
        let whole = try desk.place("whole")
        try FileManager.default.copyItem(atPath: "\(reference)/\(Subject.run)", toPath: "\(whole)/\(Subject.run)")
        let done = try desk.place("done")
        try FileManager.default.copyItem(atPath: "\(reference)/\(Subject.run)", toPath: "\(done)/\(Subject.run)")
        for act in [Subject.Act.publish, .bundle] { try await Self.start(act, in: done, options, desk) }
        let archived = try desk.place("archived")
        try FileManager.default.copyItem(atPath: "\(done)/\(Subject.archive)", toPath: "\(archived)/\(Subject.archive)")
        let archive = try SHA256.digest(ofFile: "\(done)/\(Subject.archive)")
        let network = try SHA256.digest(ofFile: Study.network)
        return [
            ShareStory(act: .publish, options: options, template: whole, target: Subject.published, check: ShareStory.verified),
            ShareStory(act: .replace, options: options, template: done, target: Subject.published, isThere: true, check: ShareStory.verified),
            ShareStory(act: .bundle, options: options, template: whole, target: Subject.archive) { path in
                try SHA256.digest(ofFile: path) == archive ? nil : "other bytes"
            },
            ShareStory(act: .unpack, options: options, template: archived, target: Subject.unpacked, check: ShareStory.verified),
            ShareStory(act: .addModel, options: options, target: "data/idrkit/models/\(Subject.model)", isThere: true) { path in
                try SHA256.digest(ofFile: "\(path)/\(URL(fileURLWithPath: Study.network).lastPathComponent)") == network ? nil : "other bytes"
            },
        ]
    }
}
