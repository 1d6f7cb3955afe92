import ArgumentParser
import Foundation
import IDRFiles
import IDRPlan
import IDRScripting

@main
struct IDRScript: AsyncParsableCommand {
    /// `-C FOLDER` before the command, as git and make have it.
    static func main() async {
        StandardError.outliveReaders()
        var words = Array(CommandLine.arguments.dropFirst())
        while words.first == "-C" {
            guard words.count > 1, chdir(words[1]) == 0 else {
                let code = errno
                let reason = words.count > 1 ? "\(words[1]): \(SystemFailure.reason(code))" : "it needs a folder"
                StandardError.write("Error: -C cannot go there: \(reason)\n")
                Foundation.exit(64)
            }
            words.removeFirst(2)
        }
        do {
            var command = try parseAsRoot(words)
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch is NotCompiled {
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }

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

            A folder to work in comes before the command: idrscript -C FOLDER ls
            Completion for a shell: idrscript --generate-completion-script bash (or zsh, fish)

            EXIT STATUS
              0   success
              1   the script did not compile, or ended with an error
              3   the run ended, but some of its images failed (the end says which and why)
              10 to 14 of reproduce: CANONICAL, TOLERANCE, STATISTICAL, DIVERGED, UNVERIFIABLE (0 is BIT)
              64  the command line was wrong
              130 Ctrl-C (143: SIGTERM, 129: SIGHUP): what is complete is kept
            """,
        version: IDRKitVersion.current,
        subcommands: [
            New.self, Run.self, Watch.self, Plan.self, Ls.self, Open.self, Why.self, Verify.self, Reproduce.self, Diff.self, Publish.self,
            Bundle.self, Unpack.self, Export.self, Import.self, Sign.self, Trust.self, Screens.self, Screen.self, Models.self, Clean.self,
            Doctor.self,
        ])
}
