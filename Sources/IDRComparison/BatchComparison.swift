package import IDRPlan
package import IDRRecord

/// One batch of a rerun against the record: which class of agreement it reaches, and how much differs.
package struct BatchComparison: Codable, Sendable, Hashable {
    /// What the class was judged by.
    package enum Basis: String, Codable, Sendable {
        /// Digests of outputs: they are the same.
        case digests
        /// Every value of both tables.
        case tables
        /// What records keep without their tables: locations, projections and means. They show less than the tables do.
        case fingerprints
        /// Nothing: the batch cannot be judged.
        case nothing
    }

    /// Images that part at one stage.
    package struct StageCount: Codable, Sendable, Hashable {
        package var stage: Step
        package var images: Int
    }

    package var batch: Int
    /// The class that the record promises.
    package var declared: AgreementClass
    package var reached: AgreementClass
    package var isDeclaredMet: Bool
    package var basis: Basis
    /// Why it is not of a stronger class, a line a class.
    package var reasons: [String] = []
    package var notes: [String] = []
    package var images = 0
    package var cells = 0
    /// Where images part from the record's, the earliest stage first; empty where no stage's digest differs.
    package var stages: [StageCount] = []
    /// How much differs; nil where the outputs are the same or nothing can be compared.
    package var difference: TableDifference?
    /// Where the objects or numbers do not agree.
    package var statistical: StatisticalComparison?

    /// The first stage that made another thing of some image.
    package var firstStage: Step? { stages.first?.stage }

    /// A batch that cannot be judged.
    package init(batch: Int, declared: AgreementClass, unverifiable reason: String) {
        self.batch = batch
        self.declared = declared
        reached = .unverifiable
        isDeclaredMet = false
        basis = .nothing
        reasons = [reason]
    }

    /// Compares batch `batch` of a rerun with the record's, by the record's own ``Agreement``.
    /// - Parameter declared: see ``AgreementClass/declared(_:_:sameInstructionSets:)``.
    /// - Throws: ``IDRError`` where a record lacks the batch or what it is compared by.
    package init(original: RecordFolder, rerun: RecordFolder, batch: Int, declared: AgreementClass) throws(IDRError) {
        let pair = try BatchPair(original, rerun, batch)
        self.batch = batch
        self.declared = declared
        images = pair.record.images.count
        cells = pair.record.cells
        stages = pair.stages
        notes = pair.outputs.notes
        basis = .digests
        reached = .bit
        if !pair.outputs.isSameBytes {
            reasons.append("not BIT: " + Self.list(pair.outputs.otherBytes))
            reached = .canonical
            if !pair.outputs.isSameContent {
                reasons.append("not CANONICAL: other content in " + Self.list(pair.outputs.otherContent))
                let judgement = try pair.judgement()
                (reached, basis) = (judgement.reached, judgement.basis)
                reasons += judgement.reasons
                notes += judgement.notes
                difference = judgement.tally.result
                statistical = judgement.statistical
                if stages.isEmpty { stages = [StageCount(stage: .write, images: images)] }
            }
        }
        if reached <= .canonical, let stage = stages.first?.stage {
            notes.append("the outputs are the same though \(stages[0].images) images differ at the stage \(stage.name)")
        }
        isDeclaredMet = reached <= declared
    }

    static func list(_ texts: [String]) -> String {
        texts.prefix(3).joined(separator: "; ") + (texts.count > 3 ? "; and \(texts.count - 3) more" : "")
    }
}
