package import Foundation
import IDRFiles
package import IDRPlan
package import IDRRecord

/// What a reproduction came to: `verdict.json`.
package struct Verdict: Codable, Sendable, Hashable {
    package var format = 1
    /// Digest of the record (SHA-256 of its manifest), and of the rerun's; nil where one has no manifest.
    package var record: Digest?
    package var rerun: Digest?
    package var judgedAt: Date
    /// The class that the record promises here, and the one that the weakest batch reached.
    package var declared: AgreementClass
    package var reached: AgreementClass
    /// Whether every batch reached what it was declared for.
    package var isDeclaredMet: Bool
    /// What the record fixed before the rerun.
    package var agreement: Agreement
    /// In the order of their numbers.
    package var batches: [BatchComparison]
    /// What the rerun stands on that the record does not, a line each: lock and environment.
    package var setup: [String]
    package var notes: [String]

    /// - Parameters:
    ///   - setup: see ``Lock/differences(from:)``.
    ///   - judgedAt: kept in whole seconds.
    package init(
        record: Digest?, rerun: Digest?, judgedAt: Date, declared: AgreementClass, agreement: Agreement, batches: [BatchComparison], setup: [String],
        notes: [String] = []
    ) {
        self.record = record
        self.rerun = rerun
        self.judgedAt = judgedAt.wholeSeconds
        self.declared = declared
        self.agreement = agreement
        self.batches = batches.sorted { $0.batch < $1.batch }
        self.setup = setup
        self.notes = notes
        reached = AgreementClass.overall(batches.map(\.reached))
        isDeclaredMet = !batches.isEmpty && batches.allSatisfy(\.isDeclaredMet)
    }

    /// Batches that missed their declared class first, then the weaker ones, then by number.
    package var worstFirst: [BatchComparison] {
        batches.sorted { a, b in
            if a.isDeclaredMet != b.isDeclaredMet { return b.isDeclaredMet }
            return a.reached != b.reached ? a.reached > b.reached : a.batch < b.batch
        }
    }

    /// One sentence: what was reached, and whether that is what was declared.
    package var headline: String {
        "\(reached.rawValue): " + meaning
            + (isDeclaredMet ? "; the record declares \(declared.rawValue)" : "; MISSED: the record declares \(declared.rawValue)")
    }

    private var meaning: String {
        switch reached {
        case .bit: "every output has the same bytes"
        case .canonical: "every output has the same content, packed otherwise"
        case .tolerance: "the same objects, numbers within the record's tolerance"
        case .statistical: "other objects, counts and mean profiles within the record's thresholds"
        case .diverged: "the outputs do not agree"
        case .unverifiable: "not everything could be compared"
        }
    }
}

extension Verdict: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 1...1 }
}
