package import IDRPlan

/// Networks of Cellpose 2.1 in 8-bit whole numbers.
package struct CellposeInt8Kind: CellposeNetworkKind {
    package let kind = ModelFile.Kind.cellposeInt8
    package let text = "Cellpose network, int8"
    package let shortText: String? = "Cellpose, int8"
    package let endings = [".int8.onnx"]
    package let precision = Precision.int8

    package init() {}

    package func network(_ path: String) throws(IDRError) -> CellposeNetwork { try CellposeNetwork(CellposeInt8File(reading: path), name: path) }
}

extension ModelFile.Kind {
    package static let cellposeInt8 = Self(rawValue: "cellpose-int8")
}
