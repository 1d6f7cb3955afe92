import Foundation
import IDRFiles
package import IDRPlan

/// A file of weights, known by content.
package struct ModelFile: Codable, Sendable, Hashable {
    /// What a file of weights is.
    package enum Kind: String, Codable, Sendable {
        case cellpose = "cellpose-network"
        case sizeModel = "size-model"
        case efficientNetLite0 = "efficientnet-lite0"
        case efficientNetB0 = "efficientnet-b0"
        case onnx = "onnx-network"

        /// For people.
        package var text: String {
            switch self {
            case .cellpose: "Cellpose network"
            case .sizeModel: "Cellpose size model"
            case .efficientNetLite0: "EfficientNet-Lite0"
            case .efficientNetB0: "EfficientNet-B0"
            case .onnx: "ONNX feature network"
            }
        }

        /// What it is by its name's ending and, for a `.pth`, by the names of its tensors. Whether it works is not looked at.
        /// - Throws: ``IDRError`` for a file that is none of these, or whose beginning cannot be read.
        package init(of path: String) throws(IDRError) {
            switch ModelFile.ending(of: path) {
            case ".npy": self = .sizeModel
            case ".h5", ".hdf5": self = .efficientNetB0
            case ".onnx": self = .onnx
            case ".pth":
                let file = try TorchFile(reading: path)
                if file["_conv_stem.weight"] != nil {
                    self = .efficientNetLite0
                } else if file["downsample.down.res_down_0.conv.conv_0.2.weight"] != nil {
                    self = .cellpose
                } else {
                    throw IDRError(
                        .invalidInput, "these are the weights of no network that IDRKit has", at: [path],
                        because: "its tensors are neither those of a Cellpose 2 network nor those of EfficientNet-Lite0",
                        fix: "give one of these, or export a network that describes crops as .onnx")
                }
            default: throw Self.unknown(path, at: path)
            }
        }

        static func unknown(_ name: String, at shown: String) -> IDRError {
            let ending = ModelFile.ending(of: name)
            return IDRError(
                .invalidInput, "this is no file of weights", at: [shown],
                because: ending.isEmpty ? "its name has no ending" : "its name ends with \(ending)",
                fix: "give .pth (Cellpose or EfficientNet-Lite0), .npy (size model), .h5 (EfficientNet-B0) or .onnx, with that ending")
        }
    }

    package let name: String
    package let kind: Kind
    package let bytes: Int
    /// 64 lower-case hexadecimal digits.
    package let sha256: String

    /// The file at `path`, which is read, and not tried.
    /// - Throws: ``IDRError`` where it is none of the kinds, or cannot be read.
    package init(reading path: String) throws(IDRError) {
        let file = try FileDigest(file: path, name: URL(fileURLWithPath: path).lastPathComponent)
        (name, bytes, sha256) = (file.name, file.bytes, file.sha256)
        kind = try Kind(of: path)
    }

    /// The ending of a path's last part, with its dot.
    static func ending(of path: String) -> String {
        let ending = URL(fileURLWithPath: path).pathExtension
        return ending.isEmpty ? "" : "." + ending
    }
}
