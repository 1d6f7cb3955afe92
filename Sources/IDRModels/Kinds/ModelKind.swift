import IDRPlan

/// A kind of file that holds weights: what tells it from others, and how one is tried.
///
/// Kinds that segment or give features refine this, ``SegmenterKind`` and ``FeatureNetworkKind``, and stand in those tables.
package protocol ModelKind: Sendable {
    var kind: ModelFile.Kind { get }
    var part: ModelPart { get }
    /// For people.
    var text: String { get }
    /// Where endings are listed, what stands behind this one's: "EfficientNet-B0"; nil where the ending says all.
    var shortText: String? { get }
    /// How the names of its files end, with the dot; the usual one first.
    var endings: [String] { get }
    /// Endings that are taken too where a file is named by its path.
    var otherEndings: [String] { get }
    /// Torch files of several kinds end alike: what only this kind's have.
    var marker: TorchMarker? { get }

    /// Loads the file at `path` as a run does, and has it compute once.
    /// - Throws: ``IDRError`` where it cannot be used.
    func trial(of path: String) async throws -> ModelTrial.Answer
}

extension ModelKind {
    package var otherEndings: [String] { [] }
    package var marker: TorchMarker? { nil }
}

/// What a file of weights is for.
package enum ModelPart: Sendable, Hashable {
    case segmenter
    /// Belongs to a segmenter, and estimates diameters for it.
    case sizeModel
    case features
}

/// A tensor that tells whose weights a torch file holds.
package struct TorchMarker: Sendable, Hashable {
    package let tensor: String
    /// "EfficientNet-Lite0", "a Cellpose 2 network".
    package let network: String

    package init(tensor: String, of network: String) {
        self.tensor = tensor
        self.network = network
    }
}
