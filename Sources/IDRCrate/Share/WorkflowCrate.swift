import Foundation
import IDRFiles
package import IDRPlan
import IDRRecord

/// The script of a record as a Workflow RO-Crate 1.0, which WorkflowHub takes as a `.zip`: script, plan, lock, citation and a page to read.
package struct WorkflowCrate: Sendable {
    static let page = "README.md"
    static let citation = "CITATION.cff"
    private let cited: RecordCitation
    private let folder: String

    /// - Throws: an ``IDRError`` where the record has no script: an executable's source that was not at hand is no workflow.
    package init(_ citation: RecordCitation) throws(IDRError) {
        cited = citation
        folder = citation.record.path
        guard citation.record.script != nil else {
            throw IDRError(
                .missing, "the record has no script", at: [folder], because: "its run was an executable whose source was not at hand",
                fix: "run the script with `idrscript run`")
        }
    }

    /// Whether the record says under which licence others may use the script. WorkflowHub asks for one.
    package var hasLicense: Bool { cited.license != nil }

    /// Writes the archive `path`; the same record gives the same bytes.
    package func write(to path: String) throws {
        let names = [RecordLayout.script, RecordLayout.plan, RecordLayout.lock]
        let texts = [(Self.page, Array(text.utf8)), (Self.citation, Array(cited.cff.utf8))]
        var files: [ContentFile] = []
        for name in names { files.append(try ContentFile(file: "\(folder)/\(name)", name: name)) }
        for (name, bytes) in texts { files.append(ContentFile(name: name, bytes: bytes.count, sha256: try SHA256.digest(of: bytes))) }
        let metadata = ZipWriter.Entry(RecordLayout.crate, bytes: try CanonicalJSON.encode(graph(files)))
        try ZipWriter.write(
            [metadata] + names.map { ZipWriter.Entry($0, file: "\(folder)/\($0)") } + texts.map { ZipWriter.Entry($0.0, bytes: $0.1) }, to: path)
    }

    private func graph(_ files: [ContentFile]) throws -> LinkedGraph {
        let record = cited.record
        var author = record.run.author ?? Author()
        author.license = cited.license
        var environment = try RecordFolder.value(RunEnvironment.self, "\(folder)/\(RecordLayout.environment)")
        // They are of one run, and a workflow is for many.
        environment.variables = [:]
        let software = CrateSoftware(run: record.run, environment: environment)
        return try CrateFrame.graph(
            name: record.run.script.name, description: description, published: cited.released, author: author, profiles: CrateFrame.workflowProfiles
        ) { graph, agent in
            software.addEngine(to: &graph)
            let inputs = try CrateParameters(plan: record.plan.plan).add(to: &graph)
            for file in files where file.name == RecordLayout.script {
                software.addWorkflow(file, tools: [], inputs: inputs.map(\.formal), outputs: [], to: &graph)
            }
            for file in files where file.name != RecordLayout.script { _ = graph.add(file, ["description": Self.description(of: file.name)]) }
            graph.add(LinkedEntity(Self.page, "File", properties: ["about": .reference(CrateFrame.root)]))
            return ["mainEntity": .reference(RecordLayout.script), "creator": agent]
        }
    }

    private static func description(of name: String) -> LinkedValue? {
        switch name {
        case page: "What the workflow is, and how it is run."
        case citation: "How the run is cited that the workflow was recorded by."
        default: RecordLayout.description(of: name)
        }
    }

    private var description: String {
        let plan = cited.record.plan
        return "Image-based profiling of \(plan.plan.screen) (Image Data Resource), a script for IDRKit: \(plan.wells.count) wells."
    }

    private var text: String {
        let run = cited.record.run
        var lines = [
            "# \(ArchiveName.printable(run.script.name))", "", description, "", "## Running it", "", "```", "idrscript run script.swift", "```", "",
        ]
        lines += ["IDRKit \(cited.software.version) ran it on \(cited.day); `idr.lock` names toolchain, libraries and models by digest."]
        lines += ["`plan.json` is the resolved plan: wells, tables and models. Its SHA-256 is the run's identity.", "", "## Where it comes from", ""]
        lines += ["- record of the run: SHA-256 `\(cited.digest)`", "- run: `\(run.run)`"]
        if let study = cited.study { lines.append("- images: [\(study.screen.study)](\(study.address)), screen \(study.screen.letter)") }
        lines += ["- licence: \(cited.license ?? "none is stated; ask the author")", ""]
        return lines.joined(separator: "\n")
    }
}
