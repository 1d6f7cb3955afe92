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
    /// What has been asked for so far.
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
/// Tables and pixels come from the IDR, or from where the configuration says (`~/.config/idrkit/config.json`, the environment).
/// - Parameters:
///   - name: "idr", four digits and the screen's letter; letter case does not count. Whether there is such a
///     screen is found out when the pipeline runs.
///   - mirror: a folder with the study's tables and images in the study's own layout, instead of the IDR.
///   - sources: where pixels come from, best first.
///   - access: everything else that a script may want to say of hosts, caches and what is known of screens.
public func screen(_ name: String, mirror: String? = nil, sources: [PixelSource]? = nil, access: Access? = nil) -> Pipeline<Selecting> {
    let own = Access(mirror: mirror, sources: sources)
    let all = access.map { own.over($0) } ?? own
    return Pipeline(Plan(screen: name, access: all == Access() ? nil : all))
}
