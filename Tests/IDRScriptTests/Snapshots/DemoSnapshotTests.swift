import Foundation
import TestSupport
import Testing

/// What a person reads of the demo: the run, `why` after it and after a second one, and what the other commands say of its record.
struct DemoSnapshotTests {
    @Test func theDemoRunTwiceAndChanged() async throws {
        let scratch = try ScratchFolder()
        let checkout = ExampleFrames.checkout.path
        let demo = "scripts/mitocheck-controls.swift"
        // With a diameter that is given: segmentation and what comes after it run anew.
        let changed = scratch("changed.swift")
        try String(contentsOfFile: "\(checkout)/\(demo)", encoding: .utf8).replacing(".segment()", with: ".segment(diameter: 30)")
            .write(toFile: changed, atomically: true, encoding: .utf8)
        // The stage cache alone is new: the compiled script may be an earlier test's.
        let settings = ["IDRKIT_STAGE_CACHE": scratch("stages")]
        let varying = ShownCommand.places(scratch) + [.digests, .times, .seconds, .sizes, .computed]
        func shown(_ commands: ShownCommand...) async throws -> [Snapshot] {
            try await ShownCommand.snapshots(commands, in: checkout, environment: settings, varying)
        }
        var all = try await shown(ShownCommand("demo/run", "run", demo, "--output", scratch("a")))
        all += try await shown(ShownCommand("demo/why-first", "why", scratch("a"), "0"), ShownCommand("demo/verify", "verify", scratch("a")))
        all += try await shown(
            ShownCommand("demo/run-again", "run", demo, "--output", scratch("a")),
            ShownCommand("demo/run-second", "run", demo, "--output", scratch("b")))
        all += try await shown(
            ShownCommand("demo/why-second", "why", scratch("b"), "1"), ShownCommand("demo/diff", "diff", scratch("a"), scratch("b")),
            ShownCommand("demo/run-changed", "run", changed, "--output", scratch("c"), "--batches", "0"))
        all += try await shown(ShownCommand("demo/why-changed", "why", scratch("c"), "0"))
        try Snapshot.check(all, whole: "demo")
    }
}
