@_exported public import IDRPlan

/// What has been decided so far: each stage is a type, so that a wrong order of stages does not compile.
public protocol PipelineStage: Sendable {}
/// Frames are chosen: nuclei can be looked for.
public protocol HasFrames: PipelineStage {}
/// Nuclei are found: they can be described.
public protocol HasNuclei: PipelineStage {}
/// Nuclei are described: there are tables to be made.
public protocol HasRows: PipelineStage {}

/// Wells are being chosen.
public enum Selecting: PipelineStage {}
/// Frames are chosen: planes can be read.
public enum Framed: HasFrames {}
/// Planes are corrected for uneven illumination.
public enum Corrected: HasFrames {}
/// Nuclei are found.
public enum Segmented: HasNuclei {}
/// Nuclei are measured.
public enum Measured: HasNuclei, HasRows {}
/// Each nucleus has features.
public enum Profiled: HasRows {}

/// A lazy description of work: a ``Plan``, and where the script wants the screen to be taken from. Nothing is read or computed before `run()`.
///
/// ```swift
/// let cells = try await screen("idr0013A").controls().frame(50).correct().segment().profile().run()
/// ```
public struct Pipeline<Stage: PipelineStage>: Sendable, Hashable {
    /// What has been asked for so far.
    public let plan: Plan
    /// Where the script wants the screen to be taken from; nil leaves it to the configuration. No part of the plan: the same study gives the same
    /// run wherever it lies.
    public let access: Access?

    init(_ plan: Plan, _ access: Access?) {
        self.plan = plan
        self.access = access
    }

    /// The pipeline after `change`, at stage `Next`.
    func adding<Next: PipelineStage>(_ change: (inout Plan) -> Void) -> Pipeline<Next> {
        var plan = plan
        change(&plan)
        return Pipeline<Next>(plan, access)
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
    return Pipeline(Plan(screen: name), all == Access() ? nil : all)
}
