import IDRImaging
import IDRPlan

/// Whether a model's files can be used: they are loaded as a run loads them, have to give finite numbers once, and to fit together.
struct ModelTrial {
    private var files: [ModelFile] = []
    /// The length of the style vector that the Cellpose network gives, and of the one that the size model takes.
    private var style: Int?
    private var sizeModelStyle: Int?

    /// Tries the file at `path`.
    /// - Throws: ``IDRError`` where it cannot be used.
    mutating func run(_ path: String) async throws {
        let file = try ModelFile(reading: path)
        switch file.kind {
        case .sizeModel: sizeModelStyle = try SizeModelWeights(reading: path).A.count
        case .cellpose:
            let network = try CellposeNetwork(stateDict: TorchFile(reading: path).tensors, name: path)
            // A multiple of what any network of this kind halves its input by.
            let side = 64
            let tile = Plane(height: side, width: side, pixels: Self.pattern(side * side))
            let answer = try network.run(tile)
            try check(answer.output + answer.style, path)
            style = answer.style.count
        case .efficientNetLite0, .efficientNetB0, .onnx:
            let network = try await FeatureNetwork.load(path)
            // Two, as a network may take one only.
            try check(network.features(of: Self.pattern(2 * 3 * network.inputSize * network.inputSize), count: 2), path)
        }
        files.append(file)
    }

    /// The files in the order in which they were tried.
    /// - Throws: ``IDRError`` where a size model does not belong to the network, as far as numbers say it.
    func end() throws(IDRError) -> [ModelFile] {
        guard let sizeModel = files.first(where: { $0.kind == .sizeModel }), style != sizeModelStyle else { return files }
        let reason =
            if let style, let sizeModelStyle {
                "the network's style has \(style) numbers and the size model takes \(sizeModelStyle)"
            } else {
                "only a Cellpose network has one"
            }
        throw IDRError(
            .invalidInput, "the size model does not belong to this network", at: [sizeModel.name], because: reason,
            fix: "use the size model that was trained with the network")
    }

    private static func pattern(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 17) / 16 } }

    private func check(_ numbers: [Float], _ path: String) throws(IDRError) {
        guard numbers.allSatisfy(\.isFinite) else {
            throw IDRError(
                .invalidInput, "this network cannot be used", at: [path], because: "it gives numbers that are infinite or undefined",
                fix: "look at how its weights were trained or converted")
        }
    }
}
