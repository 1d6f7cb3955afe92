import Foundation
import TestSupport
import Testing

/// What `plan` prints of the package's own scripts; identities and digests of models and tables are among it.
struct PlanSnapshotTests {
    private static let severalFrames = """
        import IDRKit

        _ = try await screen("idr0013A", mirror: "example_files").wells("A2", "B3").frames(16...18).correct().segment(diameter: 27).profile().run()
        """

    @Test func everyKindOfPlan() async throws {
        let scratch = try ScratchFolder()
        let frames = scratch("several-frames.swift")
        try Self.severalFrames.write(toFile: frames, atomically: true, encoding: .utf8)
        let commands = [
            ShownCommand("plan/demo", "plan", "scripts/mitocheck-controls.swift"),
            ShownCommand("plan/two-channels", "plan", "scripts/two-channels.swift"),
            ShownCommand("plan/compat", "plan", "scripts/idr-stream-controls.swift", "--mirror", "example_files", "--", "18"),
            ShownCommand("plan/several-frames", "plan", frames, "--batch-size", "1"),
        ]
        let snapshots = try await ShownCommand.snapshots(commands, in: ExampleFrames.checkout.path, ShownCommand.places(scratch))
        try Snapshot.check(snapshots, whole: "plan")
    }
}
