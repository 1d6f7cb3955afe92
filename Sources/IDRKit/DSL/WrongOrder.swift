public import IDRPlan
public import IDRRecord
public import IDRTables

// A call in the wrong place is a compile error anyway; these declarations make its message say what to write instead.
//
// What is declared without `where` is found at every stage that has no method of its own for the call: one declaration for all the places where it
// is too early or too late. It gives what the right one gives: with another type the compiler would find as many mistakes in a right call before a
// wrong one as in the wrong one, and could blame either. Each takes the arguments of the method that is meant, or these would be complained of.

/// Nuclei are found: correction and segmentation are over.
public protocol StageWithNuclei: PipelineStage {}

extension Segmented: StageWithNuclei {}
extension Measured: StageWithNuclei {}
extension Profiled: StageWithNuclei {}

// MARK: Choosing wells behind the frame

extension Pipeline {
    @available(*, unavailable, message: "choose wells before the frame: .controls().frame(50)")
    public func controls(_ kind: ControlKind? = nil, words: ControlWords? = nil) -> Self { self }

    @available(*, unavailable, message: "choose wells before the frame: .wells(\"A4\").frame(50)")
    public func wells(_ names: String...) -> Self { self }

    @available(*, unavailable, message: "choose plates before the frame: .plates(\"LT0001_02\").frame(50)")
    public func plates(_ names: String...) -> Self { self }

    @available(*, unavailable, message: "leave wells out before the frame: .excluding(wells: \"A4\").frame(50)")
    public func excluding(wells names: String...) -> Self { self }

    @available(*, unavailable, message: "choose wells before the frame: .where(\"Gene Symbol\", is: \"KIF11\").frame(50)")
    public func `where`(_ column: String, is values: String...) -> Self { self }

    @available(*, unavailable, message: "choose wells before the frame: .controls().first(3).frame(50)")
    public func first(_ count: Int) -> Self { self }

    @available(*, unavailable, message: "choose fields before the frame: .fields(1, 2).frame(50)")
    public func fields(_ fields: Int...) -> Self { self }

    @available(*, unavailable, message: "choose fields before the frame: .fields(1...9).frame(50)")
    public func fields(_ range: ClosedRange<Int>) -> Self { self }

    @available(*, unavailable, message: "choose the slice before the frame: .slice(2).frame(50)")
    public func slice(_ slice: Int) -> Self { self }
}

// MARK: Frames twice, or behind a stage

extension Pipeline {
    @available(*, unavailable, message: "choose frames once, before the stages: .frame(50).correct(), or .frames(48, 50).correct()")
    public func frame(_ frame: Int) -> Pipeline<Framed> { adding { _ in } }

    @available(*, unavailable, message: "choose frames once, before the stages: .frames(48, 50).correct()")
    public func frames(_ frames: Int...) -> Pipeline<Framed> { adding { _ in } }

    @available(*, unavailable, message: "choose frames once, before the stages: .frames(48...52).correct()")
    public func frames(_ range: ClosedRange<Int>) -> Pipeline<Framed> { adding { _ in } }
}

// MARK: Stages too early

extension Pipeline where Stage == Selecting {
    @available(*, unavailable, message: "choose a frame before correcting: .frame(50).correct()")
    public func correct(_ behaviour: Behaviour = .standard) -> Pipeline<Corrected> { adding { _ in } }

    /// Where the frame comes later, the compiler takes this one: one mistake is told once.
    @available(*, unavailable, message: "choose a frame before correcting: .frame(50).correct()")
    @_disfavoredOverload
    public func correct(_ behaviour: Behaviour = .standard) -> Self { self }

    @available(*, unavailable, message: "choose a frame before segmenting: .frame(50).correct().segment()")
    public func segment(
        channel: Channel = 1, diameter: Double? = nil, model: ModelReference? = nil, sizeModel: ModelReference? = nil, flowThreshold: Double = 0,
        cellProbabilityThreshold: Double = 0, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Segmented> { adding { _ in } }

    @available(*, unavailable, message: "choose a frame before segmenting: .frame(50).correct().segment()")
    public func segment(
        channel: Channel = 1, diameter: DiameterEstimate, model: ModelReference? = nil, sizeModel: ModelReference? = nil, flowThreshold: Double = 0,
        cellProbabilityThreshold: Double = 0, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Segmented> { adding { _ in } }

    @available(*, unavailable, message: "choose a frame and segment before profiling: .frame(50).correct().segment().profile()")
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: String? = nil, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Profiled> { adding { _ in } }
}

extension Pipeline {
    @available(*, unavailable, message: "segment before profiling: .segment().profile()")
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: String? = nil, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Profiled> { adding { _ in } }

    @available(*, unavailable, message: "segment before profiling: .segment().profile()")
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: ModelReference, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Profiled> { adding { _ in } }
}

extension Pipeline {
    @available(*, unavailable, message: "segment before measuring: .segment().measure()")
    public func measure(channels: [Channel] = []) -> Pipeline<Measured> { adding { _ in } }
}

// MARK: Stages too late, or twice

extension Pipeline where Stage == Measured {
    @available(*, unavailable, message: "nuclei are measured already: name all channels in one .measure(channels: [1, 2])")
    public func measure(channels: [Channel] = []) -> Self { self }
}

extension Pipeline where Stage == Profiled {
    @available(*, unavailable, message: "measure before profiling: .segment().measure().profile()")
    public func measure(channels: [Channel] = []) -> Self { self }
}

extension Pipeline where Stage == Corrected {
    @available(*, unavailable, message: "the frames are corrected already: drop one .correct()")
    public func correct(_ behaviour: Behaviour = .standard) -> Self { self }
}

extension Pipeline where Stage: StageWithNuclei {
    @available(*, unavailable, message: "correct before segmenting: .correct().segment()")
    public func correct(_ behaviour: Behaviour = .standard) -> Self { self }

    @available(*, unavailable, message: "nuclei are found already: drop one .segment()")
    public func segment(
        channel: Channel = 1, diameter: Double? = nil, model: ModelReference? = nil, sizeModel: ModelReference? = nil, flowThreshold: Double = 0,
        cellProbabilityThreshold: Double = 0, _ behaviour: Behaviour = .standard
    ) -> Self { self }

    @available(*, unavailable, message: "nuclei are found already: drop one .segment()")
    public func segment(
        channel: Channel = 1, diameter: DiameterEstimate, model: ModelReference? = nil, sizeModel: ModelReference? = nil, flowThreshold: Double = 0,
        cellProbabilityThreshold: Double = 0, _ behaviour: Behaviour = .standard
    ) -> Self { self }
}

extension Pipeline where Stage == Profiled {
    @available(*, unavailable, message: "nuclei are profiled already: name all channels in one .profile(channels: [1, 2])")
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: String? = nil, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Self { self }

    @available(*, unavailable, message: "nuclei are profiled already: drop one .profile()")
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: ModelReference, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Self { self }
}

// MARK: Running too early, and results without running

extension Pipeline {
    @available(*, unavailable, message: "profile nuclei before running: .frame(50).correct().segment().profile().run()")
    public func run(batchSize: Int = 10, name: String? = nil) async throws -> ProfileRun { throw CancellationError() }

    @available(*, unavailable, message: "run first: .profile().run().cellCount")
    public var cellCount: Int { 0 }

    @available(*, unavailable, message: "run first: .profile().run().batches")
    public var batches: [BatchRecord] { [] }

    @available(*, unavailable, message: "run first: .profile().run().tables")
    public var tables: [String] { [] }

    @available(*, unavailable, message: "run first: .profile().run().aggregated(by: .well)")
    public func aggregated(by strata: Strata, _ aggregation: Aggregation = .median) async throws -> AggregatedProfiles { throw CancellationError() }

    @available(*, unavailable, message: "run first: .profile().run().singleCells()")
    public func singleCells(atMost count: Int = 2_000) async throws -> AggregatedProfiles { throw CancellationError() }

    @available(*, unavailable, message: "run first: .profile().run().image(of: \"A4\")")
    public func image(of well: String, plate: String? = nil, frame: Int? = nil, field: Int? = nil) async throws -> ProfiledWell {
        throw CancellationError()
    }
}
