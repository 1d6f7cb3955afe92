import IDRModels
import IDRPlan
import IDRTables

/// The stages of a run with their models in memory, shared by all images.
struct LoadedStages: Sendable {
    let segment: SegmentExecutor
    let profile: ProfileExecutor
    let outlines: Bool
    let behaviour: Behaviour

    /// - Parameter channels: what the profiled channels are called, in the order of their features.
    func tables(run: String, channels: [String]) -> TableExecutor {
        let index = channels.count > 1 ? ProfileSchema.index(channels: channels) : ProfileSchema.deepProfilerIndex
        let schema = ProfileSchema(
            indexColumns: index, model: profile.network.name, featureCount: profile.network.featureCount * max(channels.count, 1),
            hasOutlines: outlines)
        return TableExecutor(schema: schema, run: run, behaviour: behaviour)
    }
}

/// Reads the models that a plan names. Each session has one thread: images side by side use the cores better than threads inside an image.
struct StageLoader {
    let resolution: Resolution

    func load() async throws -> LoadedStages {
        let plan = resolution.plan.plan
        guard let profiling = plan.profiling, let featuresPath = resolution.modelPaths[ModelFiles.featuresRole] else { throw Self.incomplete }
        let segment = try segment()
        let features = try await FeatureNetwork.load(featuresPath)
        if let configured = resolution.configuration?.inputSize, configured != features.inputSize {
            throw IDRError(
                .invalidPlan, "the network takes other crops than DeepProfiler's configuration says",
                because: "the network's input is \(features.inputSize) pixels wide, the configuration's \(configured)",
                fix: "use the network that the configuration was written for")
        }
        return LoadedStages(
            segment: segment, profile: ProfileExecutor(network: features, configuration: resolution.configuration), outlines: profiling.outlines,
            behaviour: profiling.behaviour)
    }

    /// Segmentation alone.
    func segment() throws(IDRError) -> SegmentExecutor {
        guard let stage = resolution.plan.plan.segmentation, let path = resolution.modelPaths[ModelFiles.networkRole] else { throw Self.incomplete }
        let network = try CellposeNetwork(stateDict: TorchFile(reading: path).tensors, name: path)
        let size = try resolution.modelPaths[ModelFiles.sizeRole].map { path throws(IDRError) in try SizeModelWeights(reading: path) }
        return SegmentExecutor(segmenter: CellposeSegmenter(network: network, sizeModel: size), stage: stage)
    }

    private static let incomplete = IDRError(.invalidPlan, "the plan does not segment and profile", fix: "add .segment().profile()")
}
