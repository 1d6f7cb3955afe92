import ArgumentParser
import Foundation
import IDRKit
import IDRPlan
import IDRScreens
import IDRScripting
import IDRTransfer

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check what this machine has of what IDRKit needs, and say how to get the rest.",
        discussion: """
            Asks the hosts of the settings whether they answer (--offline: not).
            Ends with status 1 where something that every run needs is missing, or a model of yours cannot be used; with --live, where
            something differs or could not be asked.

            EXAMPLES
              idrscript doctor
              idrscript doctor --settings
              idrscript doctor --live
            """)

    @OptionGroup var sources: SourceArguments

    @Flag(help: "Print the settings of tables and images as JSON, all layers over one another.")
    var settings = false

    @Flag(help: "Ask the IDR whether what IDRKit takes for granted is so.")
    var live = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if settings, live { throw ValidationError("--settings and --live exclude each other") }
    }

    func run() async throws {
        let access = try sources.complete()
        if settings { return try printJSON(access) }
        guard live else { return try await check(access) }
        let findings = await LiveCheck(access: access, network: try Network(access: access)).run()
        if json {
            try printJSON(findings)
        } else {
            for finding in findings { print("\(finding.verdict.rawValue.uppercased())  \(finding.fact)\n            found: \(finding.found)") }
        }
        // What is off is not a fault.
        if findings.contains(where: { $0.verdict != .agrees && !$0.found.contains("off in the configuration") }) { throw ExitCode(1) }
    }

    private func check(_ access: Access) async throws {
        let checkup = await Checkup(access)
        if json {
            try printJSON(checkup.findings)
        } else {
            for finding in checkup.findings {
                print("\(finding.state.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0))  \(finding.what): \(finding.found)")
                if let fix = finding.fix { print("          fix: \(fix)") }
            }
        }
        if !checkup.isHealthy { throw ExitCode(1) }
    }
}
