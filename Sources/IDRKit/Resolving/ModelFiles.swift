import IDRModels
import IDRPlan

/// The files that a plan's stages load, by role.
struct ModelFiles {
    static let networkRole = "segmentation"
    static let sizeRole = "segmentation-size"
    static let featuresRole = "profiling"
    static let configurationRole = "profiling-configuration"

    let plan: Plan
    var store = ModelStore.standard

    /// - Returns: digests sorted by role, and where the files are.
    func resolve() throws(IDRError) -> (files: [ResolvedFile], paths: [String: String]) {
        var paths: [String: String] = [:]
        if let stage = plan.segmentation {
            paths[Self.networkRole] = try store.file(stage.model, ending: ".pth")
            if stage.diameter == nil { paths[Self.sizeRole] = try sizeModel(of: stage) }
        }
        if let stage = plan.profiling {
            paths[Self.featuresRole] = try store.file(stage.network, ending: ".pth")
            if let configuration = stage.configuration { paths[Self.configurationRole] = try store.file(.path(configuration), ending: ".json") }
        }
        var files: [ResolvedFile] = []
        for (role, path) in paths.sorted(by: { $0.key < $1.key }) { files.append(try ResolvedFile(role: role, path: path)) }
        return (files, paths)
    }

    private func sizeModel(of stage: Segmentation) throws(IDRError) -> String {
        if let named = stage.sizeModel { return try store.file(named, ending: ".npy") }
        if case .named = stage.model { return try store.file(stage.model, ending: ".npy") }
        throw IDRError(
            .missing, "the diameter cannot be estimated", because: "the plan names a network of its own but no size model",
            fix: "give the diameter, .segment(diameter: ...), or the size model, .segment(sizeModel: .path(\"....npy\"))")
    }
}
