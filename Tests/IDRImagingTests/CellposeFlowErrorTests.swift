import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test(arguments: ["bad_flows", "dense_touching", "edge_touching", "empty", "one_large", "sparse", "tiny", "too_large"])
    func flowsOfLabelsEqualTheOriginal(name: String) async throws {
        let group = "/post/" + name
        let flows = Cellpose.flows(of: try await CellposeFixture.labels(group + "/gt_labels"))
        let expected = try await CellposeFixture.values(group + "/labels_to_flows_yx", as: Float.self)
        // Half precision in the fixture.
        #expect(largestDifference((flows.y.pixels + flows.x.pixels).map { Float($0) }, expected) < 5e-4)
    }

    @Test(arguments: CellposeFixture.flowCases)
    func flowErrorsEqualTheOriginal(name: String) async throws {
        let group = "/post/" + name
        guard try await CellposeFixture.exists(group + "/flow_errors") else { return }
        let labels = try await CellposeFixture.labels(group + "/masks_get_masks")
        let errors = Cellpose.flowErrors(of: labels, try await CellposeFixture.prediction(group))
        let expected = try await CellposeFixture.values(group + "/flow_errors", as: Double.self)
        #expect(errors.count == expected.count)
        // In tiny symmetric objects the direction is rounding noise, and logarithms may differ between C libraries.
        let tolerance = name == "tiny" ? 0.1 : 1e-9
        for (error, other) in zip(errors, expected) { #expect(abs(error - other) <= tolerance) }
        guard try await CellposeFixture.exists(group + "/masks_to_flows_cpu") else { return }
        let flows = Cellpose.flows(of: labels)
        let original = try await CellposeFixture.values(group + "/masks_to_flows_cpu", as: Float.self)
        if name != "tiny" { #expect(largestDifference((flows.y.pixels + flows.x.pixels).map { Float($0) }, original) < 5e-4) }
    }

    @Test(arguments: 0..<8)
    func flowsAreAtMostUnitVectorsZeroOutsideAndDependOnNothingButTheObject(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let labels = randomLabels(height: 50, width: 40, objects: 14, using: &generator)
        let (y, x) = Cellpose.flows(of: labels)
        for (index, label) in labels.pixels.enumerated() {
            let length = (y.pixels[index] * y.pixels[index] + x.pixels[index] * x.pixels[index]).squareRoot()
            #expect(label == 0 ? length == 0 : length < 1 + 1e-9)
        }
        for label in Set(labels.pixels) where label > 0 {
            let alone = Cellpose.flows(of: labels.map { $0 == label ? 1 : 0 })
            for index in labels.pixels.indices where labels.pixels[index] == label {
                #expect(alone.y.pixels[index] == y.pixels[index] && alone.x.pixels[index] == x.pixels[index])
            }
        }
    }

    @Test func flowsOfASquarePointToItsCentre() {
        var labels = LabelImage(height: 15, width: 15, repeating: 0)
        for y in 2..<13 { for x in 2..<13 { labels[y, x] = 1 } }
        let (y, x) = Cellpose.flows(of: labels)
        #expect(y[5, 7] > 0.9 && y[10, 7] < -0.9)
        #expect(x[7, 5] > 0.9 && x[7, 10] < -0.9)
        #expect(abs(y[7, 7]) < 1e-6 && abs(x[7, 7]) < 1e-6)
    }

    @Test func objectsWithReversedFlowsAreRemovedAndTheNumbersOfTheOthersKept() async throws {
        let labels = try await CellposeFixture.labels("/post/bad_flows/masks_get_masks")
        let prediction = try await CellposeFixture.prediction("/post/bad_flows")
        let errors = Cellpose.flowErrors(of: labels, prediction)
        let kept = Cellpose.removingBadFlows(labels, prediction, threshold: 0.8)
        #expect(errors.contains { $0 > 0.8 } && errors.contains { $0 <= 0.8 })
        #expect(kept == labels.map { $0 > 0 && errors[Int($0) - 1] > 0.8 ? 0 : $0 })
        #expect(Cellpose.removingBadFlows(labels, prediction, threshold: .infinity) == labels)
    }

    @Test func singlePixelsGapsInTheNumbersAndPredictionsThatAreNotFinitePass() throws {
        let labels = drawing("1....", "...3.", ".9...")
        let zero = Plane<Float>(height: 3, width: 5, repeating: 0)
        #expect(Cellpose.flowErrors(of: labels, try uniform(flowY: zero, flowX: zero)) == [0, 0, 0])
        let undefined = zero.map { _ in Float.nan }
        let prediction = try uniform(flowY: undefined, flowX: zero)
        #expect(Cellpose.flowErrors(of: labels, prediction).allSatisfy { $0.isNaN })
        #expect(Cellpose.removingBadFlows(labels, prediction, threshold: 0.4) == labels)
        #expect(
            Cellpose.flowErrors(
                of: drawing("....."), try uniform(flowY: Plane(height: 1, width: 5, repeating: 0), flowX: Plane(height: 1, width: 5, repeating: 0))
            ).isEmpty)
    }
}
