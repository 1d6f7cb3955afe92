package import IDRImaging
package import IDRPlan

/// Finds the nuclei of one image, with a network that was read before. Called from several threads at once.
///
/// A new one is a type that conforms, its ``SegmenterKind``, and that one's entry in ``Segmenters/kinds``.
package protocol Segmenter: Sendable {
    /// `plane` as the other functions take it: the same size, values scaled as the network was trained on.
    func normalized(_ plane: Plane<UInt8>) -> Plane<Float>
    func normalized(_ plane: Plane<UInt16>) -> Plane<Float>
    func normalized(_ plane: Plane<Float>) -> Plane<Float>

    /// The diameter of the objects that the network was trained on, in pixels.
    var meanDiameter: Double { get }

    /// The diameter of the objects in `image` (normalised), in pixels, and how many they were; ``meanDiameter`` where there are none.
    /// - Throws: an ``IDRError`` where there is nothing to estimate it with.
    func diameter(of image: Plane<Float>, _ parameters: Segmentation) throws(IDRError) -> (pixels: Double, objects: Int)

    /// The objects of `image` (normalised): labels 1...n, those at the border included.
    /// - Parameters:
    ///   - diameter: of the objects, in pixels.
    ///   - parameters: of the stage; a segmenter reads those that it has.
    func labels(of image: Plane<Float>, diameter: Double, _ parameters: Segmentation) throws(IDRError) -> LabelImage

    /// The size of the tiles in which ``labels(of:diameter:_:)`` sees `image`, in pixels of the network's grid; nil where they are the published ones.
    func tile(of image: Plane<Float>, diameter: Double, _ parameters: Segmentation) -> (height: Int, width: Int)?
}

/// A kind of weights that make a ``Segmenter``.
package protocol SegmenterKind: ModelKind {
    /// The numbers that it computes with.
    var precision: Precision { get }

    /// Reads the weights.
    /// - Parameter sizeModel: path of what estimates diameters, where a run needs that.
    /// - Throws: an ``IDRError`` where a file is damaged, or not of this kind.
    func load(_ path: String, sizeModel: String?) throws(IDRError) -> any Segmenter
}

extension SegmenterKind {
    package var part: ModelPart { .segmenter }
    package var precision: Precision { .float32 }
}

/// The segmenters that there are.
package enum Segmenters {
    package static let kinds: [any SegmenterKind] = [CellposeKind(), CellposeInt8Kind()]

    /// How the names of their weights end, of those that compute with numbers of `precision`.
    package static func endings(_ precision: Precision) -> [String] { kinds.filter { $0.precision == precision }.flatMap(\.endings) }

    /// What the weights in a file called `name` compute with; nil where they are no segmenter's.
    package static func precision(of name: String) -> Precision? {
        let ending = ModelFile.ending(of: name)
        return kinds.first { ($0.endings + $0.otherEndings).contains(ending) }?.precision
    }

    /// The segmenter of the weights at `path`: which one is found by what the file is.
    /// - Throws: an ``IDRError`` where a file cannot be used; of one that is no kind's, what the first kind says of it.
    package static func load(_ path: String, sizeModel: String? = nil) throws(IDRError) -> any Segmenter {
        let index = try ModelKinds.index(of: path, ending: ModelFile.ending(of: path), among: kinds)
        return try kinds[index ?? 0].load(path, sizeModel: sizeModel)
    }
}
