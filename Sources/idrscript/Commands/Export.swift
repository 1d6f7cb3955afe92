import ArgumentParser
import Foundation
import IDRCrate
import IDRFiles
import IDRKit
import IDRNotebook
import IDRPlan
import IDRRecord

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write how a record is cited, or its script as registries and notebooks take it.",
        usage: "idrscript export <record> --cff|--bibtex|--workflowhub|--ipynb [-o <file>]",
        discussion: """
            Author and licence are those of the configuration when the script was run. Where it names no author, the software stands in for one.

            EXAMPLES
              idrscript export provenance/mitocheck --cff -o CITATION.cff
              idrscript export provenance/mitocheck --bibtex
              idrscript export provenance/mitocheck --workflowhub -o workflow.crate.zip
              idrscript export runs/mitocheck --ipynb -o mitocheck.ipynb
            """)

    enum Form: String, EnumerableFlag {
        case cff, bibtex, workflowhub, ipynb

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .cff: "CITATION.cff, version 1.2.0."
            case .bibtex: "An entry of BibTeX."
            case .workflowhub: "A Workflow RO-Crate 1.0, zipped."
            case .ipynb: "The script as a Jupyter notebook, with what it gave out."
            }
        }
    }

    @OptionGroup var record: RecordArguments

    @Flag var form: Form

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file; one of that name is replaced.", discussion: "Default: standard output, or workflow.crate.zip in this folder.",
            valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("The licence, an SPDX identifier; in place of the record's.", valueName: "identifier"))
    var license: String?

    func run() async throws {
        try await RecordOpening.open(record.path) { folder in
            if form == .ipynb { return try write(String(decoding: JupyterNotebook(notebook(folder)).json(), as: UTF8.self)) }
            let citation = try RecordCitation(of: folder, license: license)
            switch form {
            case .ipynb: break
            case .cff: try write(citation.cff)
            case .bibtex: try write(citation.bibtex)
            case .workflowhub:
                let crate = try WorkflowCrate(citation)
                let path = output ?? "workflow.crate.zip"
                try crate.write(to: path)
                print("exported  \(path): \(PeopleText.size(try OnDisk.size(of: path)))")
                if !crate.hasLicense { warn("no licence is stated, and WorkflowHub asks for one: give it with --license") }
            }
        }
    }

    /// What the script gave out; of a copy that has nothing of it, the script and what the record says.
    private func notebook(_ folder: String) throws -> Notebook {
        if let notebook = try Notebook(of: folder) { return notebook }
        warn("the record has no \(RecordLayout.notebook): the notebook has no outputs but the run itself")
        let record = try RecordFolder(reading: folder)
        let source = try record.script.flatMap { try OnDisk.bytes(of: $0, limit: 1 << 28) } ?? []
        let summary = Notebook.Event(line: nil, output: .run(try RunSummary(of: record)), seconds: 0)
        return Notebook(
            name: record.run.script.name, source: String(decoding: source, as: UTF8.self), events: [summary],
            startedAt: record.journal.first?.at ?? Date(timeIntervalSince1970: 0),
            seconds: 0, state: .finished)
    }

    private func write(_ text: String) throws {
        guard let output else { return print(text, terminator: "") }
        try AtomicFile.write(Array(text.utf8), to: output)
    }
}
