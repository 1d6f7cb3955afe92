import Foundation
import IDRFiles
package import IDRPlan
package import IDRRecord

extension RunSummary {
    private static func lacks(_ batch: BatchRecord) -> String? {
        let (failed, absent) = (batch.failedImages.count, batch.absentImages.count)
        let parts = [
            failed > 0 ? "\(failed.counted("image", "images")) failed" : nil,
            absent > 0 ? "\(absent.counted("image", "images")) \(absent == 1 ? "does" : "do") not exist" : nil,
        ]
        return batch.failure != nil || batch.missing.isEmpty ? nil : parts.compactMap(\.self).joined(separator: ", ")
    }

    /// Warnings shown; a screen with thousands is no easier to read with all of them.
    private static let mostWarnings = 100

    /// What a record says of its run.
    package init(of record: RecordFolder) throws(IDRError) {
        var batches: [Batch] = []
        var warnings: [String] = []
        var known: Set<String> = []
        func add(_ batch: BatchRecord) {
            let seconds = batch.finishedAt.timeIntervalSince(batch.startedAt)
            batches.append(
                Batch(
                    number: batch.batch, images: batch.images.count, cells: batch.cells, seconds: seconds,
                    failure: batch.failure.map { "\($0)" }, lacks: Self.lacks(batch)))
            for image in batch.missing {
                warnings.append("\(ImageKey(image)) \(image.kind == .failed ? "failed" : "does not exist"): \(image.cause)")
            }
            for warning in batch.warnings where known.insert(warning).inserted { warnings.append(warning) }
        }
        let complete = record.completeBatches
        for number in complete { add(try record.batch(number)) }
        for number in record.failedBatches { add(try record.failure(number)) }
        let plan = record.plan
        var facts: [Fact] = [
            Fact(name: "screen", value: plan.plan.screen), Fact(name: "wells", value: "\(plan.wells.count)"),
            Fact(name: "batches", value: "\(complete.count) of \(record.run.batches) complete"),
            Fact(name: "nuclei", value: "\(batches.reduce(0) { $0 + $1.cells })"), Fact(name: "plan, SHA-256", value: record.run.run.hex),
        ]
        if let digest = try? Manifest.digest(in: record.path) {
            facts.append(Fact(name: "record, SHA-256", value: digest.hex))
        }
        if let script = record.run.script.sha256 { facts.append(Fact(name: "script, SHA-256", value: script.hex)) }
        for model in plan.models { facts.append(Fact(name: "model, \(model.role)", value: "\(model.name), SHA-256 \(model.sha256)")) }
        if let first = complete.first, let machine = try? record.environment(of: first) {
            facts.append(Fact(name: "IDRKit", value: [machine.idrkit.version, machine.idrkit.commit].compactMap(\.self).joined(separator: ", ")))
            for package in machine.packages ?? [] {
                facts.append(Fact(name: "package", value: "\(package.address) \(package.version), commit \(package.revision)"))
            }
            facts.append(Fact(name: "machine", value: "\(machine.processor), \(machine.cores) cores, \(machine.operatingSystem)"))
        }
        let lacking = batches.compactMap(\.lacks)
        if !lacking.isEmpty { facts.append(Fact(name: "batches without all images", value: "\(lacking.count)")) }
        if let author = record.run.author, let name = author.name ?? author.laboratory { facts.append(Fact(name: "author", value: name)) }
        if warnings.count > Self.mostWarnings {
            warnings = warnings.prefix(Self.mostWarnings) + ["and \(warnings.count - Self.mostWarnings) more: see the batches' records"]
        }
        self.init(name: URL(fileURLWithPath: record.path).lastPathComponent, facts: facts, batches: batches, warnings: warnings)
    }
}
