package import IDRPlan

/// What can explain that two runs differ.
package struct Cause: Codable, Sendable, Hashable {
    /// In the order in which causes are named: the most specific first.
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
        /// A record is not what its manifest says.
        case record
        /// A batch is not there.
        case missing
        case input
        case parameter
        case code
        case weights
        case library
        case toolchain
        case hardware
        /// Nothing that the records hold.
        case nondeterminism
        /// Threads, locale, variables, batch size: they change no bits, so they are no cause by themselves.
        case settings

        package static func < (left: Kind, right: Kind) -> Bool { left.place < right.place }

        private var place: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
    }

    package var kind: Kind
    /// `segmentation.diameter: 27 → 30`.
    package var what: String

    package init(_ kind: Kind, _ what: String) {
        self.kind = kind
        self.what = what
    }
}

/// Something that two runs were given otherwise.
package struct SetupDifference: Codable, Sendable, Hashable {
    package var kind: Cause.Kind
    /// A parameter's path in the plan, a library's name, ...
    package var what: String
    package var a: String
    package var b: String
    /// Stages whose result it can change; nil: any.
    package var stages: [Step]?

    init(_ kind: Cause.Kind, _ what: String, _ a: String?, _ b: String?, stages: [Step]? = nil) {
        self.kind = kind
        self.what = what
        self.a = a ?? "none"
        self.b = b ?? "none"
        self.stages = stages
    }

    func explains(_ stage: Step) -> Bool { stages?.contains(stage) ?? true }

    var cause: Cause { Cause(kind, text) }

    /// One line.
    package var text: String { "\(what): \(a) → \(b)" }
}

/// Images that part at one stage for the same reasons.
package struct DifferenceFinding: Codable, Sendable, Hashable {
    package var stage: Step
    package var images: Int
    /// At most ten, sorted.
    package var examples: [String]
    /// Each could have done it alone; where there are several, the records do not tell which did.
    package var causes: [Cause]
    /// Whether the images' rows differ too, or only what came before.
    package var reachesOutputs: Bool
    /// For `nondeterminism`: what running again showed.
    package var proof: NondeterminismProof?
}
