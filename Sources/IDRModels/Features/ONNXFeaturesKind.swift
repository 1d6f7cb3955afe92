import Foundation
import IDRPlan

/// Any network in ONNX's own form that takes crops; its features are called after its file.
package struct ONNXFeaturesKind: FeatureNetworkKind {
    package let kind = ModelFile.Kind.onnx
    package let text = "ONNX feature network"
    package let shortText: String? = nil
    package let endings = [".onnx"]

    package init() {}

    package func read(_ path: String) async throws -> (model: FeatureNetwork.Model, name: String) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IDRError(.system, "a network cannot be read", fix: "check the file's permissions")
        }
        return (.onnx([UInt8](data)), URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
    }
}

extension ModelFile.Kind {
    package static let onnx = Self(rawValue: "onnx-network")
}
