package import IDRPlan
package import IDRRecord

/// What running a batch twice more showed, where two runs differ though everything that their records hold is the same.
package struct NondeterminismProof: Codable, Sendable, Hashable {
    package var batch: Int
    package var stage: Step
    /// Images of the finding in the batch.
    package var images: Int
    /// Whose bits each of the two runs here gave: `A`, `B`, `both` where they are mixed or neither's (`other`).
    package var runs: [String]
    /// Whether the two runs here agree with each other.
    package var isRepeatable: Bool

    /// One sentence.
    package var text: String {
        let here = "batch \(batch) run twice here, stage \(stage.name): "
        if !isRepeatable { return here + "the two runs differ from each other, so the stage is not deterministic on this machine" }
        switch runs.first {
        case "A": return here + "both runs gave A's bits; B's record stands alone"
        case "B": return here + "both runs gave B's bits; A's record stands alone"
        default: return here + "both runs gave the same bits, which are neither A's nor B's"
        }
    }
}

extension RunDifference {
    /// Runs the first batch of each finding of nondeterminism twice, and notes whose bits came out.
    /// - Parameter rerun: runs a batch of A's plan anew, with nothing cached, and gives the folder of the run.
    package mutating func prove(
        _ a: RecordFolder, _ b: RecordFolder, rerun: (_ batch: Int) async throws -> RecordFolder
    ) async throws {
        for index in findings.indices where findings[index].causes.contains(where: { $0.kind == .nondeterminism }) {
            let finding = findings[index]
            guard let batch = try Self.batch(of: finding, in: a) else { continue }
            let others = Dictionary(try Self.images(of: b).map { ($0.key, $0.value) }) { first, _ in first }
            let reruns = [try await rerun(batch).batch(batch), try await rerun(batch).batch(batch)]
            let own = try a.batch(batch).images.filter { image in
                others[ImageKey(image)].flatMap { Step.first(differingIn: image, $0) } == finding.stage
            }
            let results = reruns.map { Dictionary($0.images.map { (ImageKey($0), $0) }) { first, _ in first } }
            let runs = results.map { result in
                let matches = own.map { image in Self.match(result[ImageKey(image)], image, others[ImageKey(image)], finding.stage) }
                return Set(matches).count == 1 ? matches[0] : "other"
            }
            let isRepeatable = own.allSatisfy { image in
                guard let first = results[0][ImageKey(image)], let second = results[1][ImageKey(image)] else { return false }
                return finding.stage.digests(of: first) == finding.stage.digests(of: second)
            }
            findings[index].proof = NondeterminismProof(
                batch: batch, stage: finding.stage, images: own.count, runs: runs, isRepeatable: isRepeatable)
        }
    }

    private static func match(_ image: ImageRecord?, _ a: ImageRecord, _ b: ImageRecord?, _ stage: Step) -> String {
        guard let image else { return "other" }
        if stage.digests(of: image) == stage.digests(of: a) { return "A" }
        return b.map { stage.digests(of: image) == stage.digests(of: $0) } == true ? "B" : "other"
    }

    /// The lowest batch of A that holds an image of the finding.
    private static func batch(of finding: DifferenceFinding, in folder: RecordFolder) throws(IDRError) -> Int? {
        for number in folder.completeBatches {
            if try folder.batch(number).images.contains(where: { finding.examples.contains(ImageKey($0).description) }) { return number }
        }
        return nil
    }

    private static func images(of folder: RecordFolder) throws(IDRError) -> [ImageKey: ImageRecord] {
        var images: [ImageKey: ImageRecord] = [:]
        for number in folder.completeBatches { for image in try folder.batch(number).images { images[ImageKey(image)] = image } }
        return images
    }
}
