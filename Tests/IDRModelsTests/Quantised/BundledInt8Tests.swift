import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import Testing

/// The bundled network in 8-bit whole numbers against the one that it was made from.
struct BundledInt8Tests {
    private static func segmenter(_ precision: Precision) throws -> any Segmenter {
        let store = ModelStore.standard
        return try Segmenters.load(
            store.file(.nuclei2, ending: Segmenters.endings(precision)), sizeModel: store.file(.nuclei2, ending: [".npy"]))
    }

    @Test func itFindsTheSameNuclei() async throws {
        let (floats, whole) = (try Self.segmenter(.float32), try Self.segmenter(.int8))
        #expect(whole.meanDiameter == floats.meanDiameter)
        var scores: [Double] = []
        for number in 1...3 {
            let (image, _) = try await BundledModelTests.frame(number)
            let expected = try floats.labels(of: image, diameter: 25, Segmentation())
            scores.append(MaskAgreement.f1(expected, try whole.labels(of: image, diameter: 25, Segmentation())))
        }
        #expect(scores.reduce(0, +) / 3 >= 0.985 && (scores.min() ?? 0) >= 0.975, "F1 against floats: \(scores)")
    }

    @Test func itEstimatesNearlyTheSameDiameters() async throws {
        let (floats, whole) = (try Self.segmenter(.float32), try Self.segmenter(.int8))
        let (image, _) = try await BundledModelTests.frame(1)
        let expected = try floats.diameter(of: image, Segmentation()).pixels
        #expect(abs(try whole.diameter(of: image, Segmentation()).pixels - expected) <= 0.02 * expected)
    }
}
