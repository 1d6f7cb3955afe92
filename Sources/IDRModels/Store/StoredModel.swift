import Foundation
import IDRPlan

/// A named model.
package struct StoredModel: Sendable, Hashable {
    /// Where a model comes from.
    package enum Origin: String, Codable, Sendable {
        /// IDRKit or its set-up.
        case shipped
        /// The folder that `IDRKIT_MODELS` names, and no other.
        case setting
        /// The user added it.
        case own
    }

    package let name: String
    /// Folders with its files, best first.
    package let folders: [String]
    package let origin: Origin

    /// The name of a model's card.
    package static let cardName = "MODEL_CARD.md"
    /// How the names of a model's other files end.
    private static let endings = ModelKinds.all.flatMap(\.endings) + [".json"]

    /// Paths of its files, the card among them; sorted within each folder. Of one file name, the first folder's counts.
    package var files: [String] {
        var names: Set<String> = []
        return folders.flatMap(Self.files).filter { names.insert(URL(fileURLWithPath: $0).lastPathComponent).inserted }
    }

    /// Paths of its files but the card.
    package var weights: [String] { files.filter { !Self.isCard($0) } }

    /// Path of the model card.
    package var card: String? { files.first(where: Self.isCard) }

    /// Those of its files whose name ends with one of `endings`.
    package func files(ending endings: [String]) -> [String] {
        files.filter { file in
            // `.int8.onnx` is no `.onnx`.
            let shortest = ModelFile.ending(of: file).utf8.count
            return endings.contains { file.hasSuffix($0) && $0.utf8.count >= shortest }
        }
    }

    /// Paths of the models' files in `folder`, sorted. Others are no concern of a plan, nor of a sandbox.
    static func files(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { "\(folder)/\($0)" }.filter { path in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
            return isCard(path) || endings.contains { path.hasSuffix($0) }
        }
    }

    private static func isCard(_ path: String) -> Bool { path.hasSuffix("/" + cardName) }
}
