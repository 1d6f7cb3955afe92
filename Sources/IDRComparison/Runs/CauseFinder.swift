import IDRPlan
import IDRRecord

/// Names what can explain where an image parts, the most specific first.
struct CauseFinder {
    private let setup: [SetupDifference]
    private let shared: [String: SharedValuePair]
    /// Of the images that both runs have.
    private let stages: [ImageKey: Step]
    private let pairs: [ImageKey: ImagePair]

    init(_ setup: RunSetup, _ shared: [String: SharedValuePair], _ pairs: [ImagePair]) {
        self.setup = setup.differences
        self.shared = shared
        self.pairs = Dictionary(pairs.map { ($0.key, $0) }) { first, _ in first }
        var stages: [ImageKey: Step] = [:]
        for pair in pairs { if let stage = pair.firstStage { stages[pair.key] = stage } }
        self.stages = stages
    }

    /// - Parameter machine: what the machines of the image's two batches have otherwise.
    func causes(of pair: ImagePair, at stage: Step, _ machine: [SetupDifference]) -> [Cause] {
        if stage == Artifact.planes.step { return inputCauses(pair, machine) }
        if let traced = traced(pair, at: stage, machine) { return traced }
        return candidates(at: stage, machine)
    }

    /// What was given otherwise and has its effect at `stage`; earlier parameters only where nothing else is, for their own stage gave the same.
    func candidates(at stage: Step, _ machine: [SetupDifference]) -> [Cause] {
        let direct = Self.sorted((setup + machine).filter { $0.kind != .settings && $0.explains(stage) })
        if !direct.isEmpty { return direct }
        let earlier = Self.sorted(setup.filter { [.parameter, .code].contains($0.kind) && $0.stages?.contains { $0 <= stage } == true })
        if !earlier.isEmpty { return earlier }
        let settings = machine.filter { $0.kind == .settings && $0.stages?.isEmpty == true }.map(\.text)
        let but = settings.isEmpty ? "" : "; these differ but decide no bits: \(settings.joined(separator: ", "))"
        return [Cause(.nondeterminism, "inputs, plan, weights, code, libraries, toolchain and hardware are the same\(but)")]
    }

    /// The same files that gave other pixels were decoded otherwise; other files are a cause by themselves.
    private func inputCauses(_ pair: ImagePair, _ machine: [SetupDifference]) -> [Cause] {
        let (a, b) = (pair.a.input, pair.b.input)
        let isKnown = !a.files.isEmpty && !b.files.isEmpty
        if isKnown && a.files.map(\.sha256) == b.files.map(\.sha256) { return candidates(at: Artifact.planes.step, machine) }
        let input = Cause(.input, isKnown ? "the image's files have other bytes" : "planes that both read have other pixels")
        return [input] + (isKnown ? [] : Self.sorted(machine.filter { $0.kind == .library && $0.stages?.contains(Artifact.planes.step) == true }))
    }

    /// Through a value that the plate's, or the run's, first well decided for others too.
    private func traced(_ pair: ImagePair, at stage: Step, _ machine: [SetupDifference]) -> [Cause]? {
        let file: String
        let what: String
        switch stage {
        case Artifact.labels.step:
            let (a, b) = (pair.a.segmentation, pair.b.segmentation)
            guard a.diameterSource == "plate", b.diameterSource == "plate", a.diameter != b.diameter else { return nil }
            (file, what) = (RecordLayout.sharedDiameter(pair.a.plate), "the diameter of plate \(pair.a.plate)")
        case Artifact.frames.step: (file, what) = (RecordLayout.sharedPenalties, "the illumination's penalties")
        default: return nil
        }
        guard let value = shared[file] else { return nil }
        let origin = "\(value.plate)/\(value.well)"
        func through(_ causes: [Cause]) -> [Cause] {
            causes.map { Cause($0.kind, "\($0.what) (through \(what), \(value.a) → \(value.b), which \(origin) decides)") }
        }
        if !value.hasSameWell { return through(candidates(at: .select, machine)) }
        if !value.hasSamePlanes { return through([Cause(.input, "planes of \(origin) have other pixels")]) }
        // The well's own image may have parted earlier.
        let own = stages.filter { $0.key.plate == value.plate && $0.key.well == value.well && $0.value < stage }.min { $0.key < $1.key }
        if let own, let pair = pairs[own.key] { return through(causes(of: pair, at: own.value, machine)) }
        return through(candidates(at: stage, machine))
    }

    /// By kind; within a kind, what concerns few stages first, as ``MachineDifference`` lists it.
    private static func sorted(_ differences: [SetupDifference]) -> [Cause] {
        Cause.Kind.allCases.flatMap { kind in differences.filter { $0.kind == kind }.map(\.cause) }
    }
}
