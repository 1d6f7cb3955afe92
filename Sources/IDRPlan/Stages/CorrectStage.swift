/// Illumination correction with BaSiC (Peng et al. 2017) as PyBaSiC computes it.
public struct Correction: Codable, Sendable, Hashable {
    /// `compat`: every movie after the plan's first reuses the first movie's smoothness penalties, as a long-lived
    /// IDR_stream process did. `standard`: each movie has its own.
    public var behaviour: Behaviour

    /// The published correction, by default without its carried-over penalties.
    public init(behaviour: Behaviour = .standard) { self.behaviour = behaviour }
}

extension Stage {
    package static let correct = Stage(
        "correct", "corrects the illumination of each frame with BaSiC (Peng et al. 2017)", takes: [.planes], gives: [.frames], entry: "correction",
        parameters: [
            Parameter("correction.behaviour", .text, "standard, or compat with the published run", shows: [Artifact.frames.step]) { plan in
                plan.correction.map { .text($0.behaviour.rawValue) }
            }
        ], libraries: ["openblas": Artifact.frames.step, "gfortran": Artifact.frames.step, "quadmath": Artifact.frames.step],
        isPart: { $0.correction != nil }, summary: { plan in plan.plan.correction.map { "BaSiC, \($0.behaviour.rawValue)" } ?? "no" })
}

extension Artifact {
    package static let frames = Artifact(
        "frames", one: "frame", "frames after correction, by digest in the form of planes", step: Step("correct"), isPerChannel: true,
        otherwise: .planes, endings: [".tif"])
}
