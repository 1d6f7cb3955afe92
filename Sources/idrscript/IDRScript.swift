import ArgumentParser
import IDRPlan
import IDRProvenance

@main
struct IDRScript: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idrscript",
        abstract: "Runs image-based profiling written as plain Swift scripts, and records what was done.",
        discussion: """
            EXAMPLES
              idrscript plan scripts/mitocheck-controls.swift
              idrscript run scripts/mitocheck-controls.swift --output results
              idrscript run scripts/mitocheck-controls.swift --batches 0,3 --threads 2
              idrscript verify results
              idrscript reproduce results
              idrscript diff results other-results

            EXIT STATUS
              0   success
              1   the script did not compile, or ended with an error
              3   the run ended, but some of its batches failed (each failure says why)
              10 to 14 of reproduce: CANONICAL, TOLERANCE, STATISTICAL, DIVERGED, UNVERIFIABLE (0 is BIT)
              64  the command line was wrong
              130 Ctrl-C: complete batches are kept, run again to continue
            """,
        version: IDRKitVersion.current,
        subcommands: [
            Run.self, Plan.self, Why.self, Verify.self, Reproduce.self, Diff.self, Publish.self, Bundle.self, Unpack.self, Export.self, Sign.self,
            Trust.self,
            Screens.self, Screen.self, Models.self, Clean.self, Doctor.self,
        ])
}
