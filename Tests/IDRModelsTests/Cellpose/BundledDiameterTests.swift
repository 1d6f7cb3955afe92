import Foundation
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import Testing

/// The card's table of diameters, made with this program: the same nuclei, rescaled to a known median diameter.
struct BundledDiameterTests {
    /// Pixels of the rescaled crops' sides at most.
    private static let side = 640

    private func segmenter(_ model: String) throws -> CellposeSegmenter {
        let store = ModelStore.standard
        let network = try CellposeNetwork(stateDict: TorchFile(reading: store.file(.named(model), ending: [".pth"])).tensors, name: model)
        return CellposeSegmenter(network: network, sizeModel: try SizeModelWeights(reading: store.file(.named(model), ending: [".npy"])))
    }

    /// The frame's middle, scaled so that its nuclei have a median diameter of `diameter` pixels.
    private func nuclei(of diameter: Double) async throws -> Plane<Float> {
        let movie = try await CellH5Movie(reading: BundledModelTests.movie)
        guard case .uint8(let image) = try await movie.plane(PlaneIndex(frame: 1)) else { throw CocoaError(.fileReadCorruptFile) }
        let truth = try await movie.labels(PlaneIndex(frame: 1))
        var scale = diameter / Cellpose.medianDiameter(of: truth)
        let (height, width) = (min(image.height, Int(Double(Self.side) / scale)), min(image.width, Int(Double(Self.side) / scale)))
        let (top, left) = ((image.height - height) / 2, (image.width - width) / 2)
        func crop<Pixel>(_ plane: Plane<Pixel>) -> Plane<Pixel> {
            Plane(height: height, width: width, pixels: (top..<top + height).flatMap { y in (left..<left + width).map { plane[y, $0] } })
        }
        // Of the nuclei that are in the crop, whole.
        let inside = Cellpose.removingEdgeObjects(crop(truth))
        scale = diameter / Cellpose.medianDiameter(of: inside)
        let part = crop(image).map { Float($0) }
        return Cellpose.normalized(
            Cellpose.resizedLinear(part, height: Int(Double(height) * scale), width: Int(Double(width) * scale)))
    }

    @Test(arguments: [8, 12, 18, 25, 36, 45, 56, 73, 80] as [Double])
    func diametersHoldOverTheRangeOfTheCard(_ diameter: Double) async throws {
        let found = try segmenter("nuclei-2").estimateDiameter(await nuclei(of: diameter))
        #expect(found.objects > 0 && abs(found.refined / diameter - 1) <= 0.15, "\(diameter): \(found.refined), from style \(found.fromStyle)")
        let range = try #require(ModelCard.diameters(ofNetwork: ModelStore.standard.file(.named("nuclei-2"), ending: [".pth"])))
        #expect(range.contains(diameter))
    }

    /// The first pass of an estimate needs the style alone, which the encoder gives: the whole network's bits.
    @Test(arguments: ["nuclei-2", "nuclei-small"], [8, 25, 73] as [Double]) func theEncoderGivesTheStyle(model: String, diameter: Double) async throws
    {
        let segmenter = try segmenter(model)
        let image = try await nuclei(of: diameter)
        let (encoder, whole) = (try segmenter.style(of: image), try segmenter.predict(image, rescale: 1).style)
        #expect(encoder.map(\.bitPattern) == whole.map(\.bitPattern) && encoder.count > 1)
    }

    /// The older model says 30 to 40 of what is smaller or larger, and its card no more than it holds.
    @Test func theOlderModelsCardSaysWhereItEnds() throws {
        #expect(ModelCard.diameters(ofNetwork: try ModelStore.standard.file(.nucleiSmall, ending: [".pth"])) == 10...40)
    }

    @Test func onlyTheLineOfACardCounts() {
        #expect(ModelCard.diameters(inCard: "# x\n| diameters | 7.5 to 90 px |\n") == 7.5...90)
        for text in ["", "diameters 8 to 80 px", "| diameters | 80 to 8 px |", "| diameters | small |", "x | diameters | 8 to 80 px |"] {
            #expect(ModelCard.diameters(inCard: text) == nil, "\(text)")
        }
    }
}
