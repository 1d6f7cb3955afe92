import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test(arguments: CellposeFixture.flowCases)
    func masksEqualTheOriginalPixelByPixel(name: String) async throws {
        let group = "/post/" + name
        var options = try await CellposeFixture.options(group)
        let prediction = try await CellposeFixture.prediction(group)
        let destinations = Cellpose.followFlows(prediction, iterations: options.iterations, interpolated: options.interpolated)
        if try await CellposeFixture.exists(group + "/masks_get_masks") {
            #expect(Cellpose.labels(at: try #require(destinations)) == (try await CellposeFixture.labels(group + "/masks_get_masks")))
        }
        let final = try await CellposeFixture.labels(group + "/masks_final")
        #expect(Cellpose.labels(from: prediction, options) == final)
        options.flowThreshold = 0.4
        #expect(Cellpose.labels(from: prediction, options) == (try await CellposeFixture.labels(group + "/masks_final_thr0.4")))
        #expect(Cellpose.removingEdgeObjects(final) == (try await CellposeFixture.labels(group + "/masks_edge_removed")))
        let diameter = try await CellposeFixture.attribute("diameter_median", of: group, as: Double.self)[0]
        #expect(Cellpose.medianDiameter(of: final) == diameter)
    }

    @Test(arguments: 0..<12)
    func masksFollowTheirDefinition(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (height, width) = (Int.random(in: 8...70, using: &generator), Int.random(in: 8...70, using: &generator))
        let truth = randomLabels(height: height, width: width, objects: 12, using: &generator)
        let prediction = try prediction(of: truth, noise: Float(seed % 4), using: &generator)
        let destinations = try #require(Cellpose.followFlows(prediction, iterations: 60))
        #expect(Cellpose.labels(at: destinations) == defined(destinations))
    }

    /// The definition of the masks, without any shortcut.
    private func defined(_ destinations: Cellpose.FlowDestinations) -> LabelImage {
        let (height, width) = (destinations.height, destinations.width)
        let (y, x) = destinations.planes()
        var counts = Plane<Int>(height: height + 40, width: width + 40, repeating: 0)
        for (row, column) in zip(y.pixels, x.pixels) { counts[Int(row) + 20, Int(column) + 20] += 1 }
        var sinks = LabelImage(height: height + 40, width: width + 40, repeating: 0)
        var last: Int32 = 0
        for row in 20..<(height + 20) {
            for column in 20..<(width + 20) where counts[row, column] > 10 {
                let window = (-2...2).flatMap { dy in (-2...2).map { counts[row + dy, column + $0] } }
                guard counts[row, column] == window.max() else { continue }
                last += 1
                var reached = Set([[row, column]])
                for _ in 0..<5 {
                    for pixel in reached {
                        for dy in -1...1 {
                            for dx in -1...1 where counts[pixel[0] + dy, pixel[1] + dx] > 2 { reached.insert([pixel[0] + dy, pixel[1] + dx]) }
                        }
                    }
                }
                for pixel in reached { sinks[pixel[0], pixel[1]] = last }
            }
        }
        let labels = zip(y.pixels, x.pixels).map { sinks[Int($0) + 20, Int($1) + 20] }
        var numbers: [Int32: Int32] = [0: 0]
        for label in 1...max(1, last) where Double(labels.count { $0 == label }) > 0.4 * Double(labels.count) { numbers[label] = 0 }
        var next: Int32 = 0
        return LabelImage(
            height: height, width: width,
            pixels: labels.map { label in
                if let number = numbers[label] { return number }
                next += 1
                numbers[label] = next
                return next
            })
    }

    @Test func anObjectOfMoreThan40PercentOfTheImageIsDropped() throws {
        func objects(cell: Int, image: Int) throws -> Int32? {
            var labels = LabelImage(height: image, width: image, repeating: 0)
            for y in 0..<cell { for x in 0..<cell { labels[y + 1, x + 1] = 1 } }
            var generator = SeededGenerator(seed: 1)
            let prediction = try prediction(of: labels, noise: 0.2, using: &generator)
            return Cellpose.labels(from: prediction, Cellpose.MaskOptions(iterations: 200)).pixels.max()
        }
        #expect(try objects(cell: 12, image: 20) == 1)
        #expect(try objects(cell: 12, image: 18) == 0)
    }

    @Test(arguments: [(1, 1), (1, 9), (4, 4), (3, 200)])
    func smallImagesHaveNoObjectsAndDoNotTrap(height: Int, width: Int) throws {
        let flow = Plane<Float>(height: height, width: width, repeating: 3)
        let prediction = try uniform(flowY: flow, flowX: flow)
        for interpolated in [true, false] {
            var options = Cellpose.MaskOptions(iterations: 200)
            options.interpolated = interpolated
            let labels = Cellpose.labels(from: prediction, options)
            #expect(labels.height == height && labels.width == width)
            #expect(labels.pixels.allSatisfy { $0 == 0 })
        }
    }

    @Test func backgroundAloneAndAnEmptyPlaneGiveNoObjects() throws {
        let zero = Plane<Float>(height: 20, width: 30, repeating: 0)
        let background = try Cellpose.Prediction(flowY: zero, flowX: zero, cellProbability: zero)
        #expect(Cellpose.labels(from: background, Cellpose.MaskOptions(iterations: 10)).pixels.allSatisfy { $0 == 0 })
        let empty = Plane<Float>(height: 0, width: 0, pixels: [])
        let nothing = try Cellpose.Prediction(flowY: empty, flowX: empty, cellProbability: empty)
        #expect(Cellpose.labels(from: nothing, Cellpose.MaskOptions(iterations: 10)).pixels.isEmpty)
        let enlarged = Cellpose.labels(from: background, .sizePass(iterations: 10), size: (40, 61))
        #expect(enlarged.height == 40 && enlarged.width == 61)
    }

    @Test func labelsAreEnlargedBeforeHolesAreFilledAndSmallObjectsRemoved() async throws {
        let group = "/post/dense_nointerp"
        let options = Cellpose.MaskOptions.sizePass(iterations: 200)
        let prediction = try await CellposeFixture.prediction(group)
        let raw = try await CellposeFixture.labels(group + "/masks_get_masks")
        let kept = Cellpose.removingBadFlows(raw, prediction, threshold: 0.4)
        let enlarged = Cellpose.resizedNearest(kept, height: 300, width: 400)
        #expect(Cellpose.labels(from: prediction, options, size: (300, 400)) == Cellpose.fillingHolesAndRemovingSmall(enlarged))
    }

    @Test func diametersAreTheOriginals() async throws {
        let shape = try await CellposeFixture.shape("/size_model/diameters_counts")
        let counts = try await CellposeFixture.values("/size_model/diameters_counts", as: Int32.self).map(Int.init)
        let expected = try await CellposeFixture.values("/size_model/diameters_out", as: Double.self)
        for row in 0..<shape[0] {
            let areas = counts[(row * shape[1])..<((row + 1) * shape[1])].filter { $0 > 0 }
            #expect(Cellpose.medianDiameter(areas: areas) == expected[row])
        }
    }

    @Test func theDiameterOfAnImageWithoutBackgroundLeavesOutTheFirstObject() {
        #expect(Cellpose.medianDiameter(of: drawing("11122", "11122")) == Cellpose.medianDiameter(areas: [4]))
        #expect(Cellpose.medianDiameter(of: drawing("1112.", "11122")) == Cellpose.medianDiameter(areas: [6, 3]))
        #expect(Cellpose.medianDiameter(of: drawing("...")) == 0)
        #expect(Cellpose.medianDiameter(of: drawing("11")) == 0)
    }
}
