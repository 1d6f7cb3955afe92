import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// The nuclei model that IDRKit ships, on frames that it was neither trained nor chosen on.
struct BundledModelTests {
    static let movie = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/mitocheck/frames18-20.ch5").path

    static let exampleMovies = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(
            path: "example_files/idr0013-neumann-mitocheck/20150916-mitocheck-analysis/mitocheck/"
                + "EXAMPLE_01--quadrants-of-Fluo-N2DL-HeLa-02/hdf5")

    /// The model cards' F1 at IoU 0.5 on MitoCheck frames 18-20 with estimated diameter, to the cards' three digits.
    static let cards: [(ModelReference, Double)] = [(.nucleiSmall, 0.934), (.nuclei2, 0.929)]

    static func segmenter(_ model: ModelReference = .nucleiSmall) throws -> CellposeSegmenter {
        let store = ModelStore.standard
        let network = try CellposeNetwork(stateDict: TorchFile(reading: store.file(model, ending: [".pth"])).tensors, name: model.name)
        return CellposeSegmenter(network: network, sizeModel: try SizeModelWeights(reading: store.file(model, ending: [".npy"])))
    }

    static func frame(_ number: Int) async throws -> (image: Plane<Float>, truth: LabelImage) {
        let movie = try await CellH5Movie(reading: movie)
        let plane = try await movie.plane(PlaneIndex(frame: number))
        guard case .uint8(let image) = plane else { throw CocoaError(.fileReadCorruptFile) }
        return (Cellpose.normalized(image), try await movie.labels(PlaneIndex(frame: number)))
    }

    @Test(arguments: cards) func itReachesTheScoreOfItsCardOnHeldOutFrames(_ model: ModelReference, _ card: Double) async throws {
        let segmenter = try Self.segmenter(model)
        var scores: [Double] = []
        for number in 1...3 {
            let (image, truth) = try await Self.frame(number)
            let diameter = try segmenter.estimateDiameter(image).refined
            let labels = try segmenter.segment(image, diameter: diameter)
            scores.append(MaskAgreement.f1(labels, truth))
        }
        let mean = scores.reduce(0, +) / 3
        #expect((mean * 1000).rounded() / 1000 >= card, "F1 of the held-out frames: \(scores)")
    }

    /// By default one diameter serves a plate; `compat` estimates it on every image, as the original does.
    @Test func oneDiameterAPlateFindsTheNucleiThatOneAnImageFinds() async throws {
        let segmenter = try Self.segmenter(Segmentation.defaultModel)
        var scores: [Double] = []
        var ofPlate: Double?
        for well in ["00002", "00003", "00026", "00027"] {
            let movie = try await CellH5Movie(reading: Self.exampleMovies.appending(path: "\(well)_01.ch5").path)
            guard case .uint8(let plane) = try await movie.plane(PlaneIndex(frame: 18)) else { throw CocoaError(.fileReadCorruptFile) }
            let image = Cellpose.normalized(plane)
            let ofImage = try segmenter.estimateDiameter(image).refined
            let shared = ofPlate ?? ofImage
            ofPlate = shared
            let published = Cellpose.removingEdgeObjects(try segmenter.segment(image, diameter: ofImage))
            scores.append(MaskAgreement.f1(Cellpose.removingEdgeObjects(try segmenter.segment(image, diameter: shared)), published))
        }
        #expect(scores.reduce(0, +) / 4 >= 0.99, "F1 against a diameter for each image: \(scores)")
    }

    /// Large tiles give the nuclei that the published tiles give: of each image all but one in a hundred, or but one, and no more others.
    /// `make bench GROUPS=tiles` looks at many more images, whose mean F1 is at least 0.995.
    @Test(arguments: 1...3) func largeTilesFindTheNucleiOfThePublishedOnes(_ number: Int) async throws {
        let segmenter = try Self.segmenter(Segmentation.defaultModel)
        let image = try await Self.frame(number).image
        let diameter = try segmenter.estimateDiameter(image).refined
        let published = try segmenter.segment(image, diameter: diameter)
        let large = try segmenter.segment(image, diameter: diameter, .large)
        let found = MaskAgreement.matched(published, large)
        let allowed = max(1, found.a / 100)
        #expect(found.a - found.matched <= allowed && found.b - found.matched <= allowed, "\(found)")
        #expect(CellposeSegmenter.layout(of: image, rescale: segmenter.meanDiameter / diameter, .large).tiles.count <= 4)
    }

    /// Free cores compute tiles of one image: which ones does not matter.
    @Test(arguments: [Cellpose.Tiling.published, .large]) func bitsDependOnNoCores(_ tiling: Cellpose.Tiling) async throws {
        let segmenter = try Self.segmenter(Segmentation.defaultModel)
        let image = try await Self.frame(1).image
        let alone = try segmenter.predict(image, rescale: 0.9, tiling)
        for count in 1...4 {
            let pass = try Cores(count).occupying { try segmenter.predict(image, rescale: 0.9, tiling) }
            #expect(pass.style == alone.style && pass.prediction.flowY.pixels == alone.prediction.flowY.pixels, "\(count) cores")
            #expect(pass.prediction.cellProbability.pixels == alone.prediction.cellProbability.pixels, "\(count) cores")
            let style = try Cores(count).occupying { try segmenter.style(of: image, tiling) }
            #expect(try style == segmenter.style(of: image, tiling), "\(count) cores")
        }
    }

    @Test func theAgreementMeasureIsWhatItSays() {
        let a = LabelImage(height: 1, width: 8, pixels: [1, 1, 1, 0, 2, 2, 0, 3])
        #expect(MaskAgreement.f1(a, a) == 1)
        let b = LabelImage(height: 1, width: 8, pixels: [7, 7, 0, 0, 0, 9, 9, 0])
        // 1~7 share 2 of 3 pixels; 2~9 share 1 of 3; 3 is alone.
        #expect(MaskAgreement.f1(a, b) == 2.0 * 1 / 5)
        #expect(MaskAgreement.f1(LabelImage(height: 1, width: 2, repeating: 0), LabelImage(height: 1, width: 2, repeating: 0)) == 1)
    }
}
