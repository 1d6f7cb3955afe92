import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test func oddLabelsAreFilledAndFreedOfEdgesAsInTheOriginal() async throws {
        let filled = Cellpose.fillingHolesAndRemovingSmall(try await CellposeFixture.labels("/post/odd_labels/fill_in"))
        #expect(filled == (try await CellposeFixture.labels("/post/odd_labels/fill_out")))
        let free = Cellpose.removingEdgeObjects(try await CellposeFixture.labels("/post/odd_labels/labels_in"))
        #expect(free == (try await CellposeFixture.labels("/post/odd_labels/edge_out")))
    }

    @Test func aHoleSwallowsTheObjectThatLiesInIt() {
        let labels = drawing(
            "1111111.",
            "1.....1.",
            "1.222.1.",
            "1.222.1.",
            "1.....1.",
            "1111111.")
        #expect(Cellpose.fillingHolesAndRemovingSmall(labels, minimumArea: 5) == drawing(repeating: "1111111.", 6))
        // The inner object is found first where its number is smaller; it is gone all the same.
        let swapped = labels.map { $0 == 0 ? 0 : 3 - $0 }
        #expect(Cellpose.fillingHolesAndRemovingSmall(swapped, minimumArea: 5) == drawing(repeating: "2222222.", 6))
    }

    @Test func baysAndDiagonalGapsAreNoHolesDiagonalWallsAreClosed() {
        let bay = drawing("111", "1.1", "1.1")
        #expect(Cellpose.fillingHolesAndRemovingSmall(bay, minimumArea: 1) == bay)
        let diamond = drawing(".1.", "1.1", ".1.")
        #expect(Cellpose.fillingHolesAndRemovingSmall(diamond, minimumArea: 1) == drawing(".1.", "111", ".1."))
        #expect(Cellpose.fillingHolesAndRemovingSmall(diamond, minimumArea: 5) == drawing("...", "...", "..."))
    }

    @Test func areasCountBeforeFillingAndNumbersCloseUp() {
        let labels = drawing("111.22222", "1.1......", "111.33333")
        #expect(Cellpose.fillingHolesAndRemovingSmall(labels, minimumArea: 6) == drawing("111......", "111......", "111......"))
        #expect(Cellpose.fillingHolesAndRemovingSmall(labels, minimumArea: 9).pixels.allSatisfy { $0 == 0 })
        let gaps = labels.map { $0 * 7 }
        #expect(Cellpose.fillingHolesAndRemovingSmall(gaps, minimumArea: 1) == Cellpose.fillingHolesAndRemovingSmall(labels, minimumArea: 1))
    }

    @Test func objectsAtTheBorderAreRemoved() {
        let labels = drawing(
            "1........",
            "..2..3..4",
            "..2..3...",
            ".........",
            "..6......")
        #expect(Cellpose.removingEdgeObjects(labels) == drawing(".........", "..1..2...", "..1..2...", ".........", "........."))
        #expect(Cellpose.removingEdgeObjects(drawing("1")) == drawing("."))
        #expect(Cellpose.removingEdgeObjects(LabelImage(height: 0, width: 4, pixels: [])).pixels.isEmpty)
    }

    @Test func numbersFarApartAndBelowZeroAreLabelsAndBackground() {
        let labels = LabelImage(height: 3, width: 4, pixels: [0, 0, 0, 0, 0, .max, 5, 0, .min, -3, 0, 0])
        #expect(Cellpose.removingEdgeObjects(labels).pixels == [0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0])
        #expect(Cellpose.outlines(of: labels).labels == [5, .max])
    }

    @Test(arguments: 0..<10)
    func filledObjectsHaveNoHolesEnoughAreaAndConsecutiveNumbers(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var labels = randomLabels(height: 45, width: 52, objects: 12, using: &generator)
        for index in labels.pixels.indices where Int.random(in: 0..<6, using: &generator) == 0 { labels.pixels[index] = 0 }
        let filled = Cellpose.fillingHolesAndRemovingSmall(labels)
        #expect(Cellpose.fillingHolesAndRemovingSmall(filled, minimumArea: 0) == filled)
        let numbers = Set(filled.pixels).subtracting([0]).sorted()
        #expect(numbers == Array(1...Int32(max(1, numbers.count))).prefix(numbers.count).map { $0 })
        let free = Cellpose.removingEdgeObjects(filled)
        for y in 0..<free.height { #expect(free[y, 0] == 0 && free[y, free.width - 1] == 0) }
        for x in 0..<free.width { #expect(free[0, x] == 0 && free[free.height - 1, x] == 0) }
    }
}
