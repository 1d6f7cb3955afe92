import Foundation
import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord

/// What decides a stage's result on one image, in words: what equal keys name is equal to the bit.
package struct StageKey: Codable, Sendable, Hashable {
    /// `correct`, `diameter`, `segment` or `profile`.
    package var stage: String
    /// Digests of what the stage works on, by what it is.
    package var inputs: [String: String]
    /// Everything else: parameters, models, kernel, machine.
    package var settings: [String: String]

    /// The one text of the key. The cache keeps it beside the result, so that ``StageReasons`` can say what is different.
    func text() throws -> String { String(decoding: try CanonicalJSON.line(self), as: UTF8.self) }
}

/// The keys of a run's stages. They are functions of what its record holds, so that a record's can be made again.
///
/// A new parameter of a stage has to be named here, where no digest says what it does.
struct StageKeys: Sendable {
    let plan: ResolvedPlan
    /// What decides bits beside plan, pixels and models.
    private let machine: [String: String]

    init(plan: ResolvedPlan, environment: RunEnvironment) {
        self.plan = plan
        var machine = ["instruction sets": environment.instructionSets.joined(separator: " "), "OpenBLAS core": environment.openBLASCore]
        for library in environment.libraries where ["libopenblas", "libm.", "libm-", "libonnxruntime"].contains(where: library.name.hasPrefix) {
            machine[library.name] = library.sha256
        }
        // It chooses among the kernels of the C library.
        machine["GLIBC_TUNABLES"] = environment.variables["GLIBC_TUNABLES"]
        self.machine = machine
    }

    /// - Parameters:
    ///   - planes: digests of the planes that are fitted together.
    ///   - kept: which of them are wanted, from 0.
    ///   - penalties: those that all movies share.
    func correct(planes: [String], kept: [Int], penalties: BaSiC.Penalties?) throws(IDRError) -> StageKey {
        key("correct", CorrectExecutor.kernelVersion, ["planes": try SHA256.hex(of: planes.joined(separator: " "))]) { settings in
            settings["frames kept"] = kept.map(String.init).joined(separator: " ")
            settings["illumination penalties"] = penalties.map { "\($0.flatfield) \($0.darkfield)" } ?? "each movie's own"
        }
    }

    /// Of the diameter that `plane` gives.
    func diameter(plane: String) -> StageKey {
        key("diameter", SegmentExecutor.kernelVersion, ["frame": plane], models: [ModelFiles.networkRole, ModelFiles.sizeRole])
    }

    /// - Parameters:
    ///   - plane: the digest of the frame, corrected where the plan says so.
    ///   - diameter: nil where it is estimated on this image.
    func segment(plane: String, diameter: Double?) -> StageKey {
        let models = [ModelFiles.networkRole] + (diameter == nil ? [ModelFiles.sizeRole] : [])
        return key("segment", SegmentExecutor.kernelVersion, ["frame": plane], models: models) { settings in
            settings["diameter"] = diameter.map { "\($0)" } ?? "the image's own"
            settings["flowThreshold"] = (plan.plan.segmentation?.flowThreshold).map { "\($0)" }
            settings["cellProbabilityThreshold"] = (plan.plan.segmentation?.cellProbabilityThreshold).map { "\($0)" }
        }
    }

    /// - Parameters:
    ///   - planes: digests of the frames, one a channel in the order of the features.
    ///   - labels: the label image's digest. The centres follow from it.
    func profile(planes: [String], labels: String) throws(IDRError) -> StageKey {
        let inputs = ["frames": try SHA256.hex(of: planes.joined(separator: " ")), "label image": labels]
        return key("profile", ProfileExecutor.kernelVersion, inputs, models: [ModelFiles.featuresRole, ModelFiles.configurationRole]) { settings in
            settings["centres"] = plan.plan.profiling?.behaviour.rawValue
        }
    }

    private func key(
        _ stage: String, _ kernel: Int, _ inputs: [String: String], models roles: [String] = [], add: (inout [String: String]) -> Void = { _ in }
    ) -> StageKey {
        var settings = machine
        settings["kernel"] = "\(kernel)"
        for model in plan.models where roles.contains(model.role) { settings["model \(model.role)"] = model.sha256 }
        add(&settings)
        return StageKey(stage: stage, inputs: inputs, settings: settings)
    }
}
