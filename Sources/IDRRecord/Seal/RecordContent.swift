import Foundation
import IDRPlan

/// Whether the parts of a record agree: plan, batches, environments, locks, crates.
struct RecordContent {
    let record: RecordFolder
    let manifest: Manifest
    private let listed: [String: ContentFile]
    private let omitted: [String: ContentFile]
    /// Files of each batch's folder, present or left out, as the batch's own manifest names them.
    private let batches: [String: Set<ContentFile>]

    init(record: RecordFolder, manifest: Manifest) {
        self.record = record
        self.manifest = manifest
        listed = Dictionary(manifest.files.map { ($0.name, $0) }) { first, _ in first }
        omitted = Dictionary(manifest.omitted.map { ($0.name, $0) }) { first, _ in first }
        var batches: [String: Set<ContentFile>] = [:]
        for file in manifest.files + manifest.omitted {
            let parts = file.name.split(separator: "/")
            let depth = parts[0] == RecordLayout.failures ? 2 : 1
            guard parts.count > depth, depth == 2 || parts[0].hasPrefix("batch_") else { continue }
            let (folder, name) = (parts[..<depth].joined(separator: "/"), parts[depth...].joined(separator: "/"))
            guard name != RecordLayout.manifest else { continue }
            batches[folder, default: []].insert(file.named(name))
        }
        self.batches = batches
    }

    func check(into result: inout RecordVerification) throws(IDRError) {
        checkRun(&result)
        try checkMachine("", &result)
        for number in record.completeBatches { try check(number, RecordLayout.batch(number), try record.batch(number), &result) }
        for number in record.failedBatches {
            let failure = try record.failure(number)
            try check(number, RecordLayout.failure(number), failure, &result)
            result.note("batch \(number) failed: \(failure.failure?.problem ?? "it does not say why")")
        }
        let known = Set(record.completeBatches.map(RecordLayout.batch) + record.failedBatches.map(RecordLayout.failure))
        for folder in batches.keys.filter({ !known.contains($0) }).sorted() { result.add(folder, "is no batch of the run") }
        checkBatchesAreThere(&result)
        try checkCrate("", &result)
    }

    private func checkRun(_ result: inout RecordVerification) {
        if listed[RecordLayout.plan]?.sha256 != record.run.run { result.add(RecordLayout.plan, "is not the plan that was run") }
        if let script = record.run.script.sha256, listed[RecordLayout.script]?.sha256 != script {
            result.add(RecordLayout.script, "is not the script that was run")
        }
        if !Journal.isClosed(record.journal) { result.note("the run was stopped before its end; run its script again to continue it") }
        if record.run.script.sha256 == nil { result.note("the script's source is not in the record") }
    }

    /// A batch that the journal completed must be there; one that was never run is a note.
    private func checkBatchesAreThere(_ result: inout RecordVerification) {
        let completed = Set(record.journal.filter { $0.event == .batchCompleted }.compactMap(\.batch))
        let present = Set(record.completeBatches)
        for number in completed.subtracting(present).sorted() {
            result.add(RecordLayout.batch(number), "missing: the journal says that it was completed")
        }
        let open = Set(0..<record.run.batches).subtracting(present).subtracting(completed).subtracting(record.failedBatches).sorted()
        if !open.isEmpty { result.note("batches not run: \(RunBatches.ranges(open))") }
    }

    private func check(_ number: Int, _ folder: String, _ batch: BatchRecord, _ result: inout RecordVerification) throws(IDRError) {
        let name = "\(folder)/\(RecordLayout.batchRecord)"
        if !batch.isInItsForm { result.add(name, "has format \(batch.format)") }
        if batch.run != record.run.run { result.add(name, "belongs to another run") }
        if batch.batch != number { result.add(name, "is the record of batch \(batch.batch)") }
        if listed["\(folder)/\(RecordLayout.environment)"]?.sha256 != batch.environment {
            result.add("\(folder)/\(RecordLayout.environment)", "is not the environment that the record names")
        }
        checkImages(of: batch, folder, &result)
        for output in batch.outputs {
            let path = "\(folder)/\(output.name)"
            let file = listed[path] ?? omitted[path]
            if file != output.file.named(path) { result.add(path, "is not the output that the record names") }
        }
        try checkMachine("\(folder)/", &result)
        checkOwnManifest(folder, &result)
        try checkCrate(folder + "/", &result)
    }

    /// Each image of the plan is there or missing, once, and its environment is in the record.
    private func checkImages(of batch: BatchRecord, _ folder: String, _ result: inout RecordVerification) {
        let name = "\(folder)/\(RecordLayout.batchRecord)"
        for digest in Set(batch.images.compactMap(\.environment)) {
            let path = "\(folder)/\(RecordLayout.environments)/\(digest).json"
            if listed[path]?.sha256 != digest { result.add(path, "is not the environment that an image names") }
        }
        let all = batch.images.map { ImageKey($0) } + batch.missing.map { ImageKey($0) }
        if Set(all).count != all.count { result.add(name, "names an image twice") }
        let (first, isTooLarge) = batch.batch.multipliedReportingOverflow(by: record.run.batchSize)
        guard batch.failure == nil, !isTooLarge, record.plan.wells.indices.contains(first), record.run.batchSize > 0 else { return }
        let wells = record.plan.wells.dropFirst(first).prefix(record.run.batchSize)
        let plan = record.plan.plan
        let planned = wells.flatMap { well in
            plan.fields.flatMap { field in plan.frames.map { ImageKey(plate: well.plate, well: well.well, field: field, frame: $0) } }
        }
        if Set(all) != Set(planned) { result.add(name, "does not account for the images of its wells") }
    }

    /// The lock is what the environment and the plan's models make.
    private func checkMachine(_ folder: String, _ result: inout RecordVerification) throws(IDRError) {
        let name = folder + RecordLayout.lock
        let environment = try RecordFolder.value(RunEnvironment.self, "\(record.path)/\(folder)\(RecordLayout.environment)")
        let lock = try RecordFolder.value(Lock.self, "\(record.path)/\(name)")
        let differences = lock.differences(from: environment.lock(models: record.plan.models))
        if !differences.isEmpty { result.add(name, "is not that of the environment and the plan: \(differences.joined(separator: "; "))") }
    }

    /// A batch's folder can be handed on alone: its manifest says the same as the run's.
    private func checkOwnManifest(_ folder: String, _ result: inout RecordVerification) {
        let name = "\(folder)/\(RecordLayout.manifest)"
        do {
            let own = try Manifest(reading: "\(record.path)/\(folder)")
            let known = batches[folder] ?? []
            for file in Set(own.files + own.omitted).symmetricDifference(known) {
                result.add(name, "says otherwise of \(file.name) than the run's manifest")
            }
        } catch {
            result.add(name, RecordVerification.text(error))
        }
    }

    /// The crate's files are the manifest's.
    private func checkCrate(_ folder: String, _ result: inout RecordVerification) throws(IDRError) {
        let name = folder + RecordLayout.crate
        let data = try RecordFile.read("\(record.path)/\(name)")
        guard let graph = ((try? JSONSerialization.jsonObject(with: data)) as? [String: Any])?["@graph"] as? [[String: Any]]
        else { return result.add(name, "is no RO-Crate") }
        for entity in graph {
            let types = entity["@type"] as? [String] ?? [entity["@type"] as? String ?? ""]
            guard types.contains("File"), let id = entity["@id"] as? String, !id.contains(":"), !id.hasPrefix("#") else { continue }
            let path = folder + (id.removingPercentEncoding ?? id)
            // The manifest of the same folder is written after the crate.
            guard let file = listed[path] else {
                result.add(name, "describes \(path), which is not there")
                continue
            }
            if let sha256 = entity["sha256"] as? String, sha256 != file.sha256.hex { result.add(name, "gives another SHA-256 of \(path)") }
            if let size = entity["contentSize"] as? String, size != String(file.bytes) { result.add(name, "gives another size of \(path)") }
        }
    }
}
