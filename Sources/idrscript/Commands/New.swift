import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRPlan

struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a new script to begin with.", usage: "idrscript new <name> [--screen <screen>] [--frame <n>] [--mirror <folder>]",
        discussion: """
            EXAMPLES
              idrscript new controls
              idrscript new controls --mirror example_files --frame 18
            """)

    @Argument(help: "The script's name, with or without .swift.")
    var name: String

    @Option(help: ArgumentHelp("A screen of the IDR.", valueName: "screen"))
    var screen = "idr0013A"

    @Option(help: ArgumentHelp("The frame to profile, from 1.", valueName: "n"))
    var frame = 50

    @Option(help: ArgumentHelp("A folder with the screen's tables and images, instead of the IDR.", valueName: "folder"))
    var mirror: String?

    func validate() throws {
        guard screen.wholeMatch(of: /idr\d{4}[A-Z]?/) != nil else { throw ValidationError("'\(screen)' is no screen; write it like idr0013A") }
        guard frame >= 1 else { throw ValidationError("--frame takes a number from 1") }
    }

    func run() throws {
        let path = name.hasSuffix(".swift") ? name : name + ".swift"
        let file = URL(fileURLWithPath: path)
        guard !FileManager.default.fileExists(atPath: path) else {
            throw IDRError(.refused, "the script is not written", at: [path], because: "there is a file of this name", fix: "choose another name")
        }
        let title = file.deletingPathExtension().lastPathComponent
        try AtomicFile.write(Array(text(title).utf8), to: path)
        print("written  \(path): look at it, then  idrscript run \(path)")
    }

    private func text(_ title: String) -> String {
        // A folder's name as a Swift literal.
        let place = mirror.map { ", mirror: \(String(reflecting: $0))" } ?? ""
        return """
            // %% [markdown]
            // # \(title)
            //
            // Nuclei of the control wells of \(screen), profiled with deep features.

            // %% Profile
            import IDRKit

            let cells = try await screen("\(screen)"\(place))
                .controls()
                .frame(\(frame))
                .correct()
                .segment()
                .profile()
                .run(batchSize: 10)

            // %% One profile per well
            let wells = try await cells.aggregated(by: .well)
            show(wells)
            show(wells.plateMap(of: .cells))

            // %% Controls
            show(wells.distribution(of: .cells, by: .controlType))
            show(wells.pca(by: .controlType))

            // %% Time
            show(cells.timings())

            """
    }
}
