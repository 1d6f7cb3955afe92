import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRNotebook
import IDRPlan
import IDRScripting

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a script of a Jupyter notebook's Markdown and Swift cells.", usage: "idrscript import <notebook> [-o <script>]",
        discussion: """
            Outputs stay behind: running the script makes them. A notebook's code is code from elsewhere: look at the script, then
            `idrscript trust` it.

            EXAMPLES
              idrscript import screen.ipynb
            """)

    @Argument(help: ArgumentHelp("A notebook of format 4.", valueName: "notebook"), completion: .file(extensions: ["ipynb"]))
    var notebook: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The script.", discussion: "Default: the notebook's name with .swift.", valueName: "script"))
    var output: String?

    func run() throws {
        let name = URL(fileURLWithPath: notebook).lastPathComponent
        guard let data = FileManager.default.contents(atPath: notebook) else {
            throw IDRError(.missing, "there is no notebook \(notebook)", fix: "check the path")
        }
        let imported = try JupyterImport(data, name: name)
        let path = output ?? (name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name) + ".swift"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw IDRError(.refused, "the script is not written", at: [path], because: "there is a file of this name", fix: "choose another with -o")
        }
        let bytes = Array(imported.script.utf8)
        try TrustStore.standard().add(.foreign, SHA256.digest(of: bytes), name: URL(fileURLWithPath: path).lastPathComponent)
        try AtomicFile.write(bytes, to: path)
        for note in imported.notes { warn(note) }
        print("imported  \(path)")
        print("It is code from elsewhere: look at it, then  idrscript trust \(path)")
    }
}
