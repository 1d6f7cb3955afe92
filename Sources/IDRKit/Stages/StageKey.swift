import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// What decides a stage's result on one image, in words: what equal keys name is equal to the bit.
package struct StageKey: Codable, Sendable, Hashable {
    /// The stage's id.
    package var stage: String
    /// Digests of what the stage works on, by what it is.
    package var inputs: [String: Digest]
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

    /// - Parameter environment: nil where nothing is kept or reused.
    init(plan: ResolvedPlan, environment: RunEnvironment?) {
        self.plan = plan
        guard let environment else {
            machine = [:]
            return
        }
        var machine = ["instruction sets": environment.instructionSets.joined(separator: " "), "OpenBLAS core": environment.openBLASCore]
        for library in environment.libraries where ["libopenblas", "libm.", "libm-", "libonnxruntime"].contains(where: library.name.hasPrefix) {
            machine[library.name] = library.sha256.hex
        }
        // It chooses among the kernels of the C library.
        machine["GLIBC_TUNABLES"] = environment.variables["GLIBC_TUNABLES"]
        self.machine = machine
    }

    /// A stage's key on one image.
    /// - Parameters:
    ///   - inputs: digests of what it works on, by what it is.
    ///   - kernel: the version whose numbers it has; nil: the newest.
    ///   - roles: of the models that decide it; nil: all that it declares.
    ///   - add: parameters that no digest speaks of.
    func key<Executor: StageExecutor>(
        _ executor: Executor.Type, _ inputs: [String: Digest?], kernel: Int? = nil, models roles: [String]? = nil,
        add: (inout [String: String]) -> Void = { _ in }
    ) -> StageKey {
        var settings = machine
        settings["kernel"] = "\(kernel ?? executor.kernelVersion)"
        let roles = roles ?? executor.stage.models.map(\.id)
        for model in plan.models where roles.contains(model.role) { settings["model \(model.role)"] = model.sha256.hex }
        add(&settings)
        return StageKey(stage: executor.stage.id, inputs: inputs.compactMapValues(\.self), settings: settings)
    }
}
