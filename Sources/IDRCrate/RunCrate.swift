import Foundation
import IDRFiles
import IDRPlan
package import IDRRecord

/// A run as a Provenance Run Crate that names its batches' crates: each batch is an action, and its folder what came of it.
package struct RunCrate: Sendable {
    let record: RecordFolder
    /// Folders of batches whose manifests are damaged.
    let damaged: Set<String>

    package init(_ record: RecordFolder, damaged: Set<String> = []) { (self.record, self.damaged) = (record, damaged) }

    /// Writes `ro-crate-metadata.json`.
    package func write(to folder: String) throws {
        try AtomicFile.write(CanonicalJSON.encode(graph()), to: "\(folder)/\(RecordLayout.crate)")
    }

    private static let tool = "batch"

    private func graph() throws -> LinkedGraph {
        let (run, plan) = (record.run, record.plan)
        let batches = RunBatches(record)
        let name = "\(run.name ?? plan.plan.screen)"
        let complete = batches.numbers(.complete).count
        return try CrateFrame.graph(
            name: "IDRKit run \(run.run.short), \(name)",
            description: "Image-based profiles of \(plan.plan.screen): \(plan.wells.count) wells, \(complete) of \(run.batches) batches complete.",
            published: batches.ended ?? Date(timeIntervalSince1970: 0), author: run.author
        ) { graph, agent in
            let environment = try RecordFolder.value(RunEnvironment.self, "\(record.path)/\(RecordLayout.environment)")
            let software = CrateSoftware(run: run, environment: environment)
            let (source, inputs) = try addFiles(software, to: &graph)
            let planInput = try planInput(inputs)
            software.addEngine(to: &graph)
            let output = CrateParameters.addFormal("batches", type: "Dataset", says: "folders of the batches, a crate each", to: &graph)
            let tool = CrateSoftware.Tool(
                name: Self.tool, description: "fetches, corrects, segments and profiles the images of a batch's wells, and writes their tables",
                inputs: inputs.map(\.formal), outputs: [output])
            software.addWorkflow(source, tools: [tool], inputs: inputs.map(\.formal), outputs: [output], to: &graph)
            let writer = RunBatchWriter(record: record, damaged: damaged, tool: tool, output: output, plan: planInput)
            let (controls, folders) = try writer.add(batches.begun, agent: agent, to: &graph)
            let action = workflowAction(
                batches, CrateNames.path(source.name), objects: inputs.map(\.value), results: folders, software.variables(in: &graph), &graph)
            return [
                "mainEntity": .reference(CrateNames.path(source.name)), "mentions": graph.add(workflow: action, controls: controls, agent: agent),
                "additionalProperty": .list(graph.add(run.agreement)),
            ]
        }
    }

    private func planInput(_ inputs: [CrateInput]) throws(IDRError) -> LinkedValue {
        guard let plan = inputs.first(where: { $0.formal == CrateParameters.formal("plan") }) else {
            throw IDRError(.missing, "the record lacks a file", at: [record.path, RecordLayout.plan])
        }
        return plan.value
    }

    /// - Returns: the file that stands for the workflow: the script, or the plan where the source was not at hand.
    private func addFiles(_ software: CrateSoftware, to graph: inout LinkedGraph) throws -> (workflow: ContentFile, inputs: [CrateInput]) {
        func file(_ name: String) throws -> ContentFile { try ContentFile(file: "\(record.path)/\(name)", name: name) }
        func has(_ name: String) -> Bool { record.hasFile(name) }
        for name in [RecordLayout.run, RecordLayout.lock, RecordLayout.journal] where has(name) {
            _ = graph.add(try file(name), ["description": RecordLayout.description(of: name)])
        }
        let machine = software.facts(in: &graph, threads: nil)
        _ = graph.add(
            try file(RecordLayout.environment),
            ["description": RecordLayout.description(of: RecordLayout.environment), "additionalProperty": machine])
        for name in try names(below: RecordLayout.shared) { _ = graph.add(try file(name), ["description": RecordLayout.description(of: name)]) }
        let models = Set(try names(below: RecordLayout.models))
        var inputs = try CrateParameters(plan: record.plan.plan).add(to: &graph)
        for model in record.plan.models {
            let folder = "\(RecordLayout.models)/\(model.role)"
            let copy = "\(folder)/\(model.name)"
            let card = "\(folder)/MODEL_CARD.md"
            inputs.append(
                graph.add(model: model, copy: models.contains(copy) ? try file(copy) : nil, card: models.contains(card) ? try file(card) : nil))
        }
        inputs += record.plan.tables.map { graph.add(table: $0) }
        let plan = try file(RecordLayout.plan)
        inputs.append(graph.add(plan: record.run.run, copy: plan))
        return (has(RecordLayout.script) ? try file(RecordLayout.script) : plan, inputs)
    }

    private func names(below folder: String) throws(IDRError) -> [String] {
        guard record.hasFile(folder) else { return [] }
        return try Manifest.names(in: "\(record.path)/\(folder)").map { "\(folder)/\($0)" }
    }

    private func workflowAction(
        _ batches: RunBatches, _ workflow: String, objects: [LinkedValue], results: [LinkedValue], _ variables: LinkedValue,
        _ graph: inout LinkedGraph
    ) -> CrateAction {
        let (complete, failed, interrupted) = (batches.numbers(.complete), batches.numbers(.failed), batches.numbers(.interrupted))
        var problems: [String] = []
        if !failed.isEmpty { problems.append("batches that failed: \(RunBatches.ranges(failed))") }
        if !interrupted.isEmpty { problems.append("batches that were interrupted: \(RunBatches.ranges(interrupted))") }
        if !damaged.isEmpty { problems.append("batches that are damaged: \(damaged.sorted().joined(separator: ", "))") }
        if batches.isStopped { problems.append("the run was told to stop") }
        let isComplete = complete.count == record.run.batches && damaged.isEmpty
        let environments = batches.sessions.map { LinkedValue.text($0.environment?.hex ?? "unknown") }
        let facts = [
            graph.addFact("sessions", .integer(batches.sessions.count), of: "run", description: "processes that worked on the run"),
            graph.addFact(
                "session environments", .list(environments.withoutRepeats), of: "run", description: "SHA-256 of each environment.json, as they came"),
            graph.addFact("batches", .integer(record.run.batches), of: "run"), graph.addFact("batchSize", .integer(record.run.batchSize), of: "run"),
            graph.addFact("batches complete", .text(RunBatches.ranges(complete)), of: "run"),
        ]
        return CrateAction(
            name: "run of \(record.run.script.name)",
            description: isComplete ? "All batches are complete." : "Not all batches are complete: the run may be continued.", instrument: workflow,
            objects: objects, results: results, began: batches.began, ended: batches.ended,
            status: isComplete ? .completed : problems.isEmpty ? .active : .failed,
            error: isComplete || problems.isEmpty ? nil : problems.joined(separator: "; "),
            more: ["environment": variables, "additionalProperty": .list(facts)])
    }
}
