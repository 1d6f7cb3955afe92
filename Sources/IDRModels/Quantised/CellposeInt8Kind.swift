import IDRImaging
package import IDRPlan

/// Networks of Cellpose 2.1 in 8-bit whole numbers.
package struct CellposeInt8Kind: SegmenterKind {
    package let kind = ModelFile.Kind.cellposeInt8
    package let text = "Cellpose network, int8"
    package let shortText: String? = "Cellpose, int8"
    package let endings = [".int8.onnx"]
    package let precision = Precision.int8

    package init() {}

    package func load(_ path: String, sizeModel: String?) throws(IDRError) -> any Segmenter {
        let network = try network(path)
        return CellposeSegmenter(network: network, sizeModel: try sizeModel.map { path throws(IDRError) in try SizeModelWeights(reading: path) })
    }

    package func trial(of path: String) async throws -> ModelTrial.Answer {
        let side = 64
        let answer = try network(path).run(Plane(height: side, width: side, pixels: ModelTrial.pattern(side * side)))
        return ModelTrial.Answer(numbers: answer.output + answer.style, style: answer.style.count)
    }

    private func network(_ path: String) throws(IDRError) -> CellposeNetwork { try CellposeNetwork(CellposeInt8File(reading: path), name: path) }
}

extension ModelFile.Kind {
    package static let cellposeInt8 = Self(rawValue: "cellpose-int8")
}
