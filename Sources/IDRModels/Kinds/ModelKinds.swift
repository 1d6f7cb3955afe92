import IDRPlan

/// Every kind of file that holds weights.
package enum ModelKinds {
    package static let all: [any ModelKind] =
        Segmenters.kinds as [any ModelKind] + [CellposeSizeModelKind()] + FeatureNetwork.kinds as [any ModelKind]

    /// What the file at `path` is, by its name's ending and, where kinds share that, by the names of its tensors. Whether it works is not looked at.
    /// - Throws: ``IDRError`` for a file that is none of these, or whose beginning cannot be read.
    static func kind(of path: String) throws(IDRError) -> any ModelKind {
        let ending = ModelFile.ending(of: path)
        let sharing = all.filter { $0.endings.contains(ending) }
        guard !sharing.isEmpty else { throw unknown(path, at: path) }
        if let index = try index(of: path, ending: ending, among: sharing) { return sharing[index] }
        throw IDRError(
            .invalidInput, "these are the weights of no network that IDRKit has", at: [path],
            because: "its tensors are neither those of \(sharing.compactMap(\.marker?.network).joined(separator: " nor those of "))",
            fix: "give one of these, or export a network that describes crops as .onnx")
    }

    /// What a file called `name` can be, by its ending alone.
    /// - Throws: ``IDRError`` where that is no kind's.
    static func part(of name: String, at shown: String) throws(IDRError) -> ModelPart {
        let ending = ModelFile.ending(of: name)
        guard let kind = all.first(where: { $0.endings.contains(ending) }) else { throw unknown(name, at: shown) }
        return kind.part
    }

    /// Which of `kinds` the file at `path` is of; nil where it is none's. It is read only where kinds share its ending.
    static func index(of path: String, ending: String, among kinds: [any ModelKind]) throws(IDRError) -> Int? {
        let sharing = kinds.indices.filter { (kinds[$0].endings + kinds[$0].otherEndings).contains(ending) }
        guard sharing.count > 1 else { return sharing.first }
        let file = try TorchFile(reading: path)
        return sharing.first { kinds[$0].marker.map { file[$0.tensor] != nil } ?? false }
    }

    private static func unknown(_ name: String, at shown: String) -> IDRError {
        let ending = ModelFile.ending(of: name)
        return IDRError(
            .invalidInput, "this is no file of weights", at: [shown],
            because: ending.isEmpty ? "its name has no ending" : "its name ends with \(ending)", fix: "give \(taken), with that ending")
    }

    /// ".pth (Cellpose or EfficientNet-Lite0), .npy (size model) or .onnx"
    private static var taken: String {
        var endings: [String] = []
        for kind in all where !endings.contains(kind.endings[0]) { endings.append(kind.endings[0]) }
        let parts = endings.map { ending in
            let names = all.filter { $0.endings[0] == ending }.compactMap(\.shortText)
            return names.isEmpty ? ending : "\(ending) (\(names.joined(separator: " or ")))"
        }
        return [parts.dropLast().joined(separator: ", "), parts.last ?? ""].filter { !$0.isEmpty }.joined(separator: " or ")
    }
}
