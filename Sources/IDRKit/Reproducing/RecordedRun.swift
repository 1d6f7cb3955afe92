import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord
import IDRScreens

/// The recorded run that a script is to repeat: wells, models and batches are those of the record, and its pixels are checked against it.
struct RecordedRun: Sendable {
    let record: RecordFolder

    /// nil where the options name no record.
    init?(_ options: RunOptions) throws(IDRError) {
        guard let folder = options.reproducing else { return nil }
        record = try RecordFolder(reading: folder)
    }

    /// Whether the script's run is the recorded one.
    func isRepeated(by plan: Plan, name: String?) -> Bool { isAskedFor(by: plan) && name == record.run.name }

    /// Whether `plan` is the recorded one. A script that names no network means the one that was usual when the record was made.
    func isAskedFor(by plan: Plan) -> Bool {
        var plan = plan.portable
        if let own = record.plan.plan.segmentation?.model, plan.segmentation?.model == Segmentation.defaultModel,
            Segmentation.formerDefaultModels.contains(own)
        {
            plan.segmentation?.model = own
        }
        return plan == record.plan.plan
    }

    /// `options` as the recorded run had them.
    func options(_ options: RunOptions) throws(IDRError) -> RunOptions {
        var options = options
        options.batchSize = record.run.batchSize
        guard let first = options.batches?.first ?? record.completeBatches.first else { return options }
        options.keep = try record.batch(first).kept.compactMap(Intermediate.init)
        return options
    }

    /// The options of a run that the script makes before the recorded one: executed as it stands, in a folder of its own.
    func optionsOfAnother(_ options: RunOptions, _ plan: Plan) throws(IDRError) -> RunOptions {
        var options = options
        let text = String(decoding: (try? CanonicalJSON.encode(plan.portable)) ?? [], as: UTF8.self)
        options.output = "\(options.output ?? "runs")-before-\(try SHA256.digest(of: text).short)"
        (options.reproducing, options.batches, options.lock) = (nil, nil, nil)
        return options
    }

    /// `resolution` with the record's plan. What the catalog says otherwise today is a warning.
    func fixing(_ resolution: Resolution) throws(IDRError) -> Resolution {
        var fixed = resolution
        fixed.plan = record.plan
        // As it is stored: another IDRKit may write the same plan with other bytes.
        fixed.planBytes = try record.planBytes()
        fixed.identity = try SHA256.digest(of: fixed.planBytes)
        guard fixed.identity == record.run.run else {
            throw IDRError(
                .invalidInput, "the record's plan is not the one that was run", at: [record.path], fix: "idrscript verify says what is wrong")
        }
        fixed.candidates = try resolution.candidates.merging(DiameterCandidates.recorded(record)) { $1 }
        let tables = Dictionary(resolution.plan.tables.map { ($0.role, $0.sha256) }) { first, _ in first }
        fixed.warnings += record.plan.tables.filter { tables[$0.role] != $0.sha256 }.map { table in
            "catalog: the table \(table.name) (\(table.role)) is not the recorded one today; the record's wells are used"
        }
        return fixed
    }

    /// The record's models, by digest: wherever the plan names them, in the record, or in the model store.
    func models(named paths: [String], store: ModelStore) throws -> ModelFiles.Found {
        var found = ModelFiles.Found(files: record.plan.models)
        let stored = store.files
        for model in record.plan.models {
            let name = try PathPart.checked(model.name, called: "a model's file")
            let role = try PathPart.checked(model.role, called: "a model's role")
            let places = ["\(record.path)/\(RecordLayout.models)/\(role)/\(name)"] + paths + stored
            guard let match = try places.first(where: { try model.isContent(ofFile: $0) }) else {
                throw IDRError(
                    .missing, "the model \(model.name) (\(model.role)) is not here", because: "no file has its SHA-256, \(model.sha256)",
                    fix:
                        "add it with `idrscript models add`, put it into a folder of its own in the folder that IDRKIT_MODELS names, or reproduce a bundle that holds the models"
                )
            }
            found.paths[model.role] = match
            if model.role == ModelFiles.configurationRole { found.configuration = try DeepProfilerConfig(reading: match) }
        }
        return found
    }
}
