import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import IDRScreens

/// The files that a plan's stages load, by role.
struct ModelFiles {
    static let networkRole = "segmentation"
    static let sizeRole = "segmentation-size"
    static let featuresRole = "profiling"
    static let configurationRole = "profiling-configuration"

    let plan: Plan
    var store = ModelStore.standard

    /// The files of a plan's stages.
    struct Found {
        /// Digests, sorted by role.
        var files: [ContentFile] = []
        /// Where the files are, by role.
        var paths: [String: String] = [:]
        var configuration: DeepProfilerConfig?
        /// What a person should know before trusting the numbers.
        var warnings: [String] = []
    }

    func resolve() throws(IDRError) -> Found {
        var found = Found()
        if let stage = plan.segmentation {
            found.paths[Self.networkRole] = try network(of: stage)
            if stage.diameter == nil { found.paths[Self.sizeRole] = try sizeModel(of: stage) }
        }
        if let stage = plan.profiling { try addProfiling(stage, to: &found) }
        for (role, path) in found.paths.sorted(by: { $0.key < $1.key }) {
            found.files.append(try ContentFile(file: path, name: URL(fileURLWithPath: path).lastPathComponent, role: role))
        }
        return found
    }

    /// Files that the plan names by path.
    var namedPaths: [String] {
        let references = [plan.segmentation?.model, plan.segmentation?.sizeModel, plan.profiling?.network].compactMap(\.self)
        return references.compactMap { if case .path(let path) = $0 { path } else { nil } } + [plan.profiling?.configuration].compactMap(\.self)
    }

    private func addProfiling(_ stage: Profiling, to found: inout Found) throws(IDRError) {
        var beside: String?
        if let name = stage.configuration {
            let path = try store.file(.path(name), ending: [".json"])
            let configuration = try DeepProfilerConfig(reading: path)
            found.paths[Self.configurationRole] = path
            found.configuration = configuration
            beside = try configuration.checkpointPath(besideConfiguration: path)
        }
        if let network = stage.network {
            found.paths[Self.featuresRole] = try store.file(network, ending: FeatureNetwork.endings)
        } else if let beside, FileManager.default.fileExists(atPath: beside) {
            found.paths[Self.featuresRole] = beside
        } else {
            found.paths[Self.featuresRole] = try store.file(.efficientNetLite0, ending: FeatureNetwork.endings)
            if let named = found.configuration?.checkpoint {
                found.warnings.append(
                    "features come from EfficientNet-Lite0: the configuration's checkpoint \(named) is not beside it (give it with checkpoint:)")
            }
        }
    }

    /// The network in the precision that the stage asks for.
    private func network(of stage: Segmentation) throws(IDRError) -> String {
        let precision = stage.precision ?? .float32
        guard precision == .float32 || stage.behaviour == .standard else {
            throw IDRError(
                .invalidPlan, "compat cannot be computed in \(precision.rawValue)", because: "compat gives the published run's own numbers",
                fix: "leave out precision:, or .compat")
        }
        let endings = Segmenters.endings(precision)
        if case .path(let path) = stage.model, let other = Segmenters.precision(of: path), other != precision {
            throw IDRError(
                .invalidPlan, "this network does not compute in \(precision.rawValue)", at: [path],
                because: "its name ends with what those of \(other.rawValue) end with",
                fix: precision == .int8 ? Self.quantiseFirst(path) : "say so: .segment(model: .path(\"...\"), precision: .\(other.rawValue))")
        }
        if case .named(let name) = stage.model, precision == .int8 {
            let model = try store.model(name)
            if model.files(ending: endings).isEmpty {
                throw IDRError(
                    .missing, "model \(name) has no network in \(precision.rawValue)", at: model.folders, because: "it has no \(endings[0]) file",
                    fix: Self.quantiseFirst(name))
            }
        }
        return try store.file(stage.model, ending: endings)
    }

    private static func quantiseFirst(_ network: String) -> String {
        "make one: idrscript models quantise \(network) --calibrate IMAGES -o FILE.int8.onnx, and name it: model: .path(\"FILE.int8.onnx\")"
    }

    private func sizeModel(of stage: Segmentation) throws(IDRError) -> String {
        if let named = stage.sizeModel { return try store.file(named, ending: [".npy"]) }
        var reason = "the plan names a network of its own but no size model"
        if case .named(let name) = stage.model {
            let model = try store.model(name)
            if let size = model.files(ending: [".npy"]).first { return size }
            reason = "model \(name) has no size model"
        }
        throw IDRError(
            .missing, "the diameter cannot be estimated", because: reason,
            fix: "give the diameter, .segment(diameter: ...), or the size model, .segment(sizeModel: .path(\"....npy\"))")
    }
}
