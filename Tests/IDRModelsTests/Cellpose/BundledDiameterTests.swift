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

    @Test(arguments: [8, 12, 18, 25, 36, 45, 56, 73, 80] as [Double], [Cellpose.Tiling.published, .large])
    func diametersHoldOverTheRangeOfTheCard(_ diameter: Double, _ tiling: Cellpose.Tiling) async throws {
        let found = try segmenter("nuclei-2").estimateDiameter(await nuclei(of: diameter), tiling)
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

    /// Where the surroundings of each place are the whole tile, its style is the tile's.
    @Test func theStyleOfATileIsThatAroundEachPlace() async throws {
        let path = try ModelStore.standard.file(.nuclei2, ending: [".pth"])
        let tensors = try TorchFile(reading: path).tensors
        let (network, cpnet) = (try CellposeNetwork(stateDict: tensors, name: path), try CPnet(stateDict: tensors))
        let image = try await nuclei(of: 18)
        for (height, width) in [(96, 112), (224, 224), (16, 16)] {
            let tile = Plane(height: height, width: width, pixels: (0..<height).flatMap { y in (0..<width).map { image[y, $0] } })
            #expect(try network.run(tile).output == network.run(tile, isLocal: true).output, "\(height) x \(width)")
            let window = CPnet.StyleWindow(height: height / 8, width: width / 8)
            let local = try ONNXSession(model: cpnet.model(window: window), name: "local")
            let answer = try local.run(["x": Tensor(shape: [1, 2, height, width], values: tile.pixels + tile.pixels.map { _ in 0 })], outputs: ["y"])
            #expect(zip(try network.run(tile).output, answer[0].values).allSatisfy { abs($0 - $1) < 1e-3 }, "\(height) x \(width)")
        }
        // In a larger one they are its own: what is far away does not matter.
        var left = Plane<Float>(height: 224, width: 640, repeating: 0)
        for y in 0..<min(224, image.height) { for x in 0..<min(224, image.width) { left[y, x] = image[y, x] } }
        var both = left
        for y in 0..<min(224, image.height) { for x in 0..<min(160, image.width) { both[y, 479 + x] = 1 - image[y, x] } }
        let (alone, beside) = (try network.run(left, isLocal: true).output, try network.run(both, isLocal: true).output)
        func corner(_ answer: [Float]) -> [Float] { (0..<96).flatMap { y in Array(answer[(y * 640)..<(y * 640 + 96)]) } }
        #expect(zip(corner(alone), corner(beside)).allSatisfy { abs($0 - $1) < 1e-3 })
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
