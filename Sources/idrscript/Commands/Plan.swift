import ArgumentParser
import IDRKit

struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compile and start a script, but only print what each of its runs would do.",
        usage: "idrscript plan <script> [<options>] [-- <arguments> ...]",
        discussion: "No pixel is read. The first result that the script needs ends it with status 0.")

    @OptionGroup var script: ScriptArguments

    @Flag(help: "Print each resolved plan whole, as JSON.")
    var json = false

    func run() async throws {
        var options = try script.options()
        options.mode = json ? .planJSON : .plan
        try await script.execute(options)
    }
}
