import ArgumentParser
import IDRData
import IDRKit

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is configured; with --live, ask the IDR whether what IDRKit takes for granted is so.",
        discussion: "Ends with status 1 where something differs or could not be asked.")

    @OptionGroup var sources: SourceArguments

    @Flag(help: "Ask the live services.")
    var live = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let access = try sources.complete()
        guard live else { return try printJSON(access) }
        let findings = await LiveCheck(access: access, network: try Network(access: access)).run()
        if json {
            try printJSON(findings)
        } else {
            for finding in findings { print("\(finding.verdict.rawValue.uppercased())  \(finding.fact)\n            found: \(finding.found)") }
        }
        // What is off is not a fault.
        if findings.contains(where: { $0.verdict != .agrees && !$0.found.contains("off in the configuration") }) { throw ExitCode(1) }
    }
}
