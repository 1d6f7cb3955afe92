package import IDRRecord

/// How far a rerun agrees with a record, the strongest first.
package enum AgreementClass: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
    /// The same bytes.
    case bit = "BIT"
    /// The same content, packed otherwise.
    case canonical = "CANONICAL"
    /// The same objects, texts equal, numbers within the record's ``Agreement/Tolerance``.
    case tolerance = "TOLERANCE"
    /// Other objects, but each image's count and mean profile within the record's ``Agreement/Statistical``.
    case statistical = "STATISTICAL"
    /// Less than that.
    case diverged = "DIVERGED"
    /// Something that the comparison needs is gone.
    case unverifiable = "UNVERIFIABLE"

    /// The exit status of a command that ends with this verdict.
    package var exitCode: Int32 {
        switch self {
        case .bit: 0
        case .canonical: 10
        case .tolerance: 11
        case .statistical: 12
        case .diverged: 13
        case .unverifiable: 14
        }
    }

    /// Of a rerun as a whole: its weakest batch. A batch that diverged is a finding, so one that cannot be judged does not cover it.
    /// A rerun without batches cannot be judged.
    package static func overall(_ batches: some Collection<AgreementClass>) -> AgreementClass {
        batches.contains(.diverged) ? .diverged : batches.max() ?? .unverifiable
    }

    /// What a record promises of a rerun: the same bits where code, toolchain, libraries, models and instruction sets are the same.
    package static func declared(_ original: Lock, _ rerun: Lock, sameInstructionSets: Bool) -> AgreementClass {
        sameInstructionSets && original.differences(from: rerun).isEmpty ? .bit : .tolerance
    }

    /// The stronger class is the smaller one.
    package static func < (left: AgreementClass, right: AgreementClass) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}
