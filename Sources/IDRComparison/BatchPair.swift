import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// The same batch of a record and of its rerun.
struct BatchPair {
    let original: RecordFolder
    let rerun: RecordFolder
    let number: Int
    let record: BatchRecord
    let other: BatchRecord
    let stages: [BatchComparison.StageCount]
    let outputs: OutputComparison

    init(_ original: RecordFolder, _ rerun: RecordFolder, _ number: Int) throws(IDRError) {
        self.init(original, rerun, try original.batch(number), try rerun.batch(number))
    }

    init(_ original: RecordFolder, _ rerun: RecordFolder, _ record: BatchRecord, _ other: BatchRecord) {
        (self.original, self.rerun, self.record, self.other) = (original, rerun, record, other)
        number = record.batch
        let others = Dictionary(other.images.map { (ImageKey($0), $0) }) { first, _ in first }
        var counts: [Step: Int] = [:]
        for image in record.images {
            guard let stage = others[ImageKey(image)].map({ Step.first(differingIn: image, $0) }) ?? .select else { continue }
            counts[stage, default: 0] += 1
        }
        let own = Set(record.images.map(ImageKey.init))
        let added = others.keys.count { !own.contains($0) }
        if added > 0 { counts[.select, default: 0] += added }
        stages = counts.sorted { $0.key < $1.key }.map { BatchComparison.StageCount(stage: $0.key, images: $0.value) }
        outputs = OutputComparison(
            record, other, sameStages: !counts.keys.contains { $0 <= Artifact.locations.step })
    }

    /// What a batch whose content differs comes to.
    struct Judgement {
        var reached: AgreementClass
        var basis: BatchComparison.Basis
        var reasons: [String] = []
        var notes: [String] = []
        var tally: DifferenceTally
        var statistical: StatisticalComparison?
    }

    /// - Parameter mayReadTables: whether the tables are read where both are at hand.
    func judgement(mayReadTables: Bool = true) throws(IDRError) -> Judgement {
        let (own, others) = (try original.fingerprint(of: number), try rerun.fingerprint(of: number))
        let limits = original.run.agreement
        let prints = FingerprintComparison(own, others, limits.tolerance)
        var judgement = Judgement(reached: .diverged, basis: .fingerprints, tally: prints.tally)
        let sameImages = record.images.map(ImageKey.init) == other.images.map(ImageKey.init)
        var isWithin = prints.isAligned && sameImages && prints.tally.isWithin(limits.tolerance)
        var hasOtherMetadata = false
        if mayReadTables, prints.isAligned, sameImages, let table = try tables(own, limits.tolerance) {
            judgement.basis = .tables
            judgement.tally = table.tally
            isWithin = table.misfit == nil && table.tally.isWithin(limits.tolerance)
            hasOtherMetadata = !table.otherMetadata.isEmpty
            if let misfit = table.misfit {
                (judgement.basis, judgement.tally) = (.fingerprints, prints.tally)
                judgement.reasons.append("not TOLERANCE: " + misfit)
            }
        }
        if judgement.basis == .fingerprints {
            judgement.notes.append("judged by fingerprints (locations, projections, means), which show less than the tables would")
        }
        if isWithin {
            judgement.reached = .tolerance
            if let outlines = limits.tolerance.outlines { judgement.notes += judgement.tally.notes(of: outlines) }
            return judgement
        }
        if judgement.reasons.isEmpty { judgement.reasons.append("not TOLERANCE: " + reason(prints, judgement.tally, sameImages)) }
        judgement.statistical = try statistics(own, others)
        let agrees = sameImages && !hasOtherMetadata && judgement.statistical?.agrees == true
        judgement.reached = agrees ? .statistical : .diverged
        if !agrees { judgement.reasons.append("not STATISTICAL: " + reason(judgement.statistical, sameImages, hasOtherMetadata)) }
        return judgement
    }

    /// nil where not both tables are at hand.
    private func tables(_ fingerprint: Fingerprint, _ tolerance: Agreement.Tolerance) throws(IDRError) -> TableComparison? {
        guard let own = try table(of: original, record), let others = try table(of: rerun, other) else { return nil }
        return try TableComparison(
            TableReader(own), TableReader(others), cells: fingerprint.cells, featureNames: fingerprint.featureNames, tolerance)
    }

    /// The path of a batch's table where it is at hand.
    /// - Throws: where it is not the one that its record names.
    private func table(of folder: RecordFolder, _ record: BatchRecord) throws(IDRError) -> String? {
        let name = RecordLayout.table(number)
        let path = "\(folder.folder(of: number))/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let digest = try SHA256.digest(ofFile: path)
        guard record.outputs.contains(where: { $0.name == name && $0.file.sha256 == digest }) else {
            throw IDRError(
                .invalidInput, "a table is not the one that its record names", at: [path], because: "its SHA-256 is another",
                fix: "see what else was changed with `idrscript verify`")
        }
        return path
    }

    private func statistics(_ own: Fingerprint, _ others: Fingerprint) throws(IDRError) -> StatisticalComparison {
        let numbers = original.plan.wellNumbers
        let counts = Dictionary(other.images.map { (ImageKey($0), $0.cells) }) { first, _ in first }
        let images = record.images.map { image -> (stem: String, cells: Int, rerunCells: Int) in
            let key = ImageKey(image)
            return (key.stem(numbers) ?? key.description, image.cells, counts[key] ?? 0)
        }
        return StatisticalComparison(images, FingerprintIndex(own), FingerprintIndex(others), original.run.agreement.statistical)
    }

    private func reason(_ prints: FingerprintComparison, _ tally: DifferenceTally, _ sameImages: Bool) -> String {
        if !sameImages { return "the images are not the same" }
        if !prints.isAligned {
            return prints.otherObjects.isEmpty
                ? "the features are not the same ones" : "other objects, or another order, in " + BatchComparison.list(prints.otherObjects)
        }
        let parts = tally.columns.filter { $0.outside > 0 }.map { "\($0.outside) of \($0.compared) values of class \($0.kind.rawValue)" }
        return parts.joined(separator: ", ") + " differ by more than allowed"
    }

    private func reason(_ statistical: StatisticalComparison?, _ sameImages: Bool, _ hasOtherMetadata: Bool) -> String {
        if !sameImages { return "the images are not the same" }
        if hasOtherMetadata { return "the metadata are not the same" }
        guard let statistical else { return "it was not judged" }
        return
            "of \(statistical.images) images \(statistical.otherCounts) have other numbers of nuclei and \(statistical.otherProfiles) other profiles"
    }
}

extension ResolvedPlan {
    /// Numbers of the plan's wells by `<plate>/<well>`.
    var wellNumbers: [String: Int] { Dictionary(wells.map { ("\($0.plate)/\($0.well)", $0.wellNumber) }) { first, _ in first } }
}
