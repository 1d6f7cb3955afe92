import IDRPlan
import IDRRecord

/// The batches of a run in its crate: a folder with a crate, an action and a call each.
struct RunBatchWriter {
    let record: RecordFolder
    /// Folders of batches whose manifests are damaged.
    let damaged: Set<String>
    let tool: CrateSoftware.Tool
    /// `@id` of the formal parameter that the folders are of.
    let output: String
    let plan: LinkedValue

    /// - Returns: `@id`s of the calls, and the folders of complete batches.
    func add(
        _ batches: [RunBatches.Batch], agent: LinkedValue?, to graph: inout LinkedGraph
    ) throws -> (controls: [String], folders: [LinkedValue]) {
        var controls: [String] = []
        var folders: [LinkedValue] = []
        for batch in batches {
            var action = CrateAction(name: "batch \(batch.number) of \(wells(of: batch.number))", instrument: tool.id, objects: [plan])
            action.began = batch.began
            action.ended = batch.ended
            let place = batch.state == .failed ? RecordLayout.failure(batch.number) : RecordLayout.batch(batch.number)
            switch batch.state {
            case _ where damaged.contains(place):
                action.status = .failed
                action.error = "damaged: its manifest cannot be read"
            case .complete:
                action.status = .completed
                let folder = try addFolder(place, batch.number, says: "tables and record", to: &graph)
                action.results = [folder]
                folders.append(folder)
            case .failed:
                action.status = .failed
                action.error = try record.failure(batch.number).failure?.description
                action.results = [try addFolder(place, batch.number, says: "record of the failure", to: &graph)]
            case .interrupted:
                action.status = .failed
                action.error = "interrupted: it was begun, and no end of it is recorded"
            }
            controls.append(graph.add(action, called: "batch_\(batch.number)", step: tool, agent: agent))
        }
        if controls.isEmpty {
            let none = CrateAction(name: "no batch was begun", instrument: tool.id, status: .potential)
            controls = [graph.add(none, called: "none", step: tool, agent: agent)]
        }
        return (controls, folders)
    }

    /// A folder that is a crate of its own.
    private func addFolder(_ name: String, _ batch: Int, says what: String, to graph: inout LinkedGraph) throws -> LinkedValue {
        let manifest = try Manifest(reading: "\(record.path)/\(name)")
        guard let own = manifest.files.first(where: { $0.name == RecordLayout.crate }) else {
            throw IDRError(.missing, "a batch's folder has no \(RecordLayout.crate)", at: [record.path, name])
        }
        let crate = graph.add(
            own.named("\(name)/\(own.name)"), ["encodingFormat": "application/ld+json"])
        let bytes = (manifest.files + manifest.omitted).reduce(0) { $0 + $1.bytes }
        return .reference(
            graph.add(
                LinkedEntity(
                    CrateNames.path("\(name)/"), "Dataset",
                    properties: [
                        "name": "batch \(batch), \(what)", "conformsTo": .reference(CrateFrame.provenanceProfile), "subjectOf": crate,
                        "hasPart": crate, "contentSize": "\(bytes)", "exampleOfWork": .reference(output),
                    ])))
    }

    private func wells(of batch: Int) -> String {
        let all = record.plan.wells
        let first = batch * record.run.batchSize
        guard first >= 0, first < all.count else { return "no wells" }
        let wells = all[first..<min(first + record.run.batchSize, all.count)]
        func name(_ well: WellReference?) -> String { well.map { "\($0.plate)/\($0.well)" } ?? "" }
        return wells.count == 1 ? "well \(name(wells.first))" : "\(wells.count) wells, \(name(wells.first)) to \(name(wells.last))"
    }
}
