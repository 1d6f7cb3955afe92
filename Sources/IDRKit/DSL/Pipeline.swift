@_exported public import IDRPlan

/// What has been decided so far: each stage is a type, so that a wrong order of stages does not compile.
public protocol PipelineStage: Sendable {}

/// Wells are being chosen.
public enum Selecting: PipelineStage {}
/// Frames are chosen: planes can be read.
public enum Framed: PipelineStage {}
/// Planes are corrected for uneven illumination.
public enum Corrected: PipelineStage {}
/// Nuclei are found.
public enum Segmented: PipelineStage {}
/// Each nucleus has features.
public enum Profiled: PipelineStage {}

/// A lazy description of work. It holds only a ``Plan``; nothing is read or computed before `run()`.
///
/// ```swift
/// let cells = try await screen("idr0013A").controls().frame(50).correct().segment().profile().run()
/// ```
public struct Pipeline<Stage: PipelineStage>: Sendable, Hashable {
    public let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    /// The pipeline after `change`, at stage `Next`.
    func adding<Next: PipelineStage>(_ change: (inout Plan) -> Void) -> Pipeline<Next> {
        var plan = plan
        change(&plan)
        return Pipeline<Next>(plan)
    }
}

/// A screen of the Image Data Resource by study and screen letter: `screen("idr0013A")`.
///
/// - Parameter mirror: a folder with the study's tables and movies in the study's own layout. Without it the folder comes from
///   `--mirror` or the environment variable `IDRKIT_MIRROR`.
public func screen(_ name: String, mirror: String? = nil) -> Pipeline<Selecting> {
    Pipeline(Plan(screen: name, mirror: mirror))
}
