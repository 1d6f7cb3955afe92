import Foundation
import IDRFiles
package import IDRPlan
package import IDRRecord

/// One batch as a Provenance Run Crate: its stages are actions, and what they made is known by digest.
package struct BatchCrate: Sendable {
    let run: RunRecord
    let plan: ResolvedPlan
    let record: BatchRecord
    let environment: RunEnvironment

    package init(run: RunRecord, plan: ResolvedPlan, record: BatchRecord, environment: RunEnvironment) {
        self.run = run
        self.plan = plan
        self.record = record
        self.environment = environment
    }

    /// Of a batch, or a failed one, that a record holds already: a copy without its bulk needs another description.
    /// - Parameter name: the batch's folder, `RecordLayout.batch` or `RecordLayout.failure`.
    package init(of name: String, in folder: RecordFolder) throws(IDRError) {
        self.init(
            run: folder.run, plan: folder.plan,
            record: try RecordFolder.value(BatchRecord.self, "\(folder.path)/\(name)/\(RecordLayout.batchRecord)"),
            environment: try RecordFolder.value(RunEnvironment.self, "\(folder.path)/\(name)/\(RecordLayout.environment)"))
    }

    /// Writes `ro-crate-metadata.json` for the files that are in `folder`. Outputs that are not there are described by their content.
    package func write(to folder: String) throws {
        try AtomicFile.write(CanonicalJSON.encode(graph(of: folder)), to: "\(folder)/\(RecordLayout.crate)")
    }

    private func graph(of folder: String) throws -> LinkedGraph {
        let name = "batch \(record.batch) of \(run.name ?? plan.plan.screen)"
        let state = record.failure == nil ? "\(record.images.count) images, \(record.cells) nuclei" : "failed"
        return try CrateFrame.graph(
            name: "IDRKit run \(run.run.short), \(name)", description: "Image-based profiles of \(plan.plan.screen), \(name): \(state).",
            published: record.finishedAt, author: run.author
        ) { graph, agent in
            let (source, texts) = try addTexts(in: folder, to: &graph)
            let inputs = try addInputs(to: &graph)
            let materials = CrateMaterials(record.images, of: plan.plan, in: &graph)
            let outputs = addOutputs(in: folder, to: &graph)
            let software = CrateSoftware(run: run, environment: environment)
            software.addEngine(to: &graph)
            let stages = BatchStages(plan: plan.plan, record: record, inputs: inputs, materials: materials, outputs: outputs)
            let tools = stages.addTools(to: &graph)
            software.addWorkflow(
                source, tools: tools, inputs: [Artifact.images.formal] + inputs.map(\.formal), outputs: [Artifact.tables.formal], to: &graph)
            let controls = stages.addActions(tools, agent: agent, to: &graph)
            let action = workflowAction(
                CrateNames.path(source.name), objects: materials[.images] + inputs.map(\.value), results: outputs.map(\.value) + texts, software,
                &graph)
            return [
                "mainEntity": .reference(CrateNames.path(source.name)), "mentions": graph.add(workflow: action, controls: controls, agent: agent),
                "additionalProperty": .list(graph.add(run.agreement)),
            ]
        }
    }

    /// The record's own files.
    /// - Returns: the file that stands for the workflow, and those that tell what came out.
    private func addTexts(in folder: String, to graph: inout LinkedGraph) throws -> (workflow: ContentFile, results: [LinkedValue]) {
        func file(_ name: String) throws -> ContentFile? {
            guard FileManager.default.fileExists(atPath: "\(folder)/\(name)") else { return nil }
            return try ContentFile(file: "\(folder)/\(name)", name: name)
        }
        func add(_ name: String, _ more: LinkedValue? = nil) throws -> LinkedValue? {
            try file(name).map { graph.add($0, ["description": RecordLayout.description(of: name), "additionalProperty": more]) }
        }
        guard let workflow = try file(RecordLayout.script) ?? file(RecordLayout.batchRecord) else {
            throw IDRError(.missing, "a batch's folder has no \(RecordLayout.batchRecord)", at: [folder])
        }
        if workflow.name != RecordLayout.batchRecord { _ = try add(RecordLayout.batchRecord) }
        _ = try add(RecordLayout.lock)
        let machine = CrateSoftware(run: run, environment: environment).facts(in: &graph, threads: record.threads)
        _ = try add(RecordLayout.environment, machine)
        return (workflow, try [RecordLayout.cells, RecordLayout.wells].compactMap { try add($0) })
    }

    private func addInputs(to graph: inout LinkedGraph) throws -> [CrateInput] {
        var inputs = try CrateParameters(plan: plan.plan).add(to: &graph)
        inputs += plan.models.map { graph.add(model: $0) }
        inputs += plan.tables.map { table in graph.add(table: table, origin: record.catalog.first { $0.file == table }) }
        return inputs + [graph.add(plan: run.run)]
    }

    /// - Returns: the outputs, each with the id of the stage that made it.
    private func addOutputs(in folder: String, to graph: inout LinkedGraph) -> [(stage: String, value: LinkedValue)] {
        record.outputs.map { output in
            let stage = Stage.making(output.name, in: plan.plan)
            let text = output.contentSHA256.map { sha256 in
                graph.add(
                    LinkedEntity(
                        CrateNames.content(sha256), "CreativeWork",
                        properties: ["name": "table of batch \(record.batch) as CSV text", "sha256": .text(sha256.hex)]))
            }
            let file = output.file
            let facts: [String: LinkedValue?] = [
                "encodesCreativeWork": text.map(LinkedValue.reference),
                "exampleOfWork": stage?.gives.contains(.tables) == true ? .reference(Artifact.tables.formal) : nil,
            ]
            // A published record goes without its bulk.
            let isHere = FileManager.default.fileExists(atPath: "\(folder)/\(output.name)")
            return (stage?.id ?? "", isHere ? graph.add(file, facts) : graph.addContent(of: file, facts))
        }
    }

    private func workflowAction(
        _ workflow: String, objects: [LinkedValue], results: [LinkedValue], _ software: CrateSoftware, _ graph: inout LinkedGraph
    ) -> CrateAction {
        let bytes = record.images.reduce(0) { $0 + $1.input.transfer.bytes }
        let usage = graph.addUsage(
            of: "usage/run", wall: record.finishedAt.timeIntervalSince(record.startedAt), cpu: record.stages.reduce(0) { $0 + $1.cpuSeconds },
            peakMemory: record.peakMemoryBytes, bytes: bytes)
        let warnings = record.warnings.enumerated().map { graph.addFact("warning \($0 + 1)", .text($1), of: "run") }
        return CrateAction(
            name: "run of \(run.script.name) on batch \(record.batch)", instrument: workflow, objects: objects, results: results,
            began: record.startedAt, ended: record.finishedAt, status: record.failure == nil ? .completed : .failed,
            error: record.failure?.description,
            more: ["resourceUsage": usage, "environment": software.variables(in: &graph), "additionalProperty": .list(warnings)])
    }
}
