import IDRHDF5
import IDRModels
import Testing

struct SizeModelTests {
    @Test func agreesWithCellpose() async throws {
        let file = try await HDF5Reader(NetworkFixtures.path("segmentation_illumination/cellpose.h5"))
        let (A, smean) = (try await file.read("/size_model/A", as: Double.self), try await file.read("/size_model/smean", as: Double.self))
        let styles = try await file.read("/size_model/styles", as: Double.self)
        let expected = try await file.read("/size_model/diam_style", as: Double.self)
        let ymean = try await file.read("/size_model/ymean", as: Double.self)[0]
        let diamMean = try await file.read("/size_model/diam_mean", as: Double.self)[0]
        #expect(styles.count == expected.count * A.count && !expected.isEmpty)
        for (index, diameter) in expected.enumerated() {
            let style = Array(styles[index * A.count..<(index + 1) * A.count])
            let ours = SizeModel.diameter(style: style, A: A, smean: smean, ymean: ymean, diamMean: diamMean)
            #expect(abs(ours - diameter) <= 1e-6 * diameter)
        }
        // The fixture has both kinds: objects at the lower limit and larger ones.
        #expect(expected.contains(5) && expected.contains { $0 > 5 })
    }

    @Test func anImageWithoutStyleHasTheMeanDiameter() {
        #expect(SizeModel.diameter(style: [.nan, 0], A: [1, 1], smean: [0, 0], ymean: 0, diamMean: 30) == 30)
        #expect(SizeModel.diameter(style: [1e6], A: [1], smean: [0], ymean: 0, diamMean: 17) == 17)
        #expect(SizeModel.diameter(style: [0], A: [1], smean: [0], ymean: 0, diamMean: 17).rounded() == 17)
    }
}
