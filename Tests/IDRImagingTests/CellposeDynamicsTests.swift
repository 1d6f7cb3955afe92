import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test(arguments: CellposeFixture.flowCases)
    func finalPositionsEqualTheOriginal(name: String) async throws {
        let group = "/post/" + name
        let options = try await CellposeFixture.options(group)
        let prediction = try await CellposeFixture.prediction(group)
        let destinations = Cellpose.followFlows(prediction, iterations: options.iterations, interpolated: options.interpolated)
        guard try await CellposeFixture.exists(group + "/p_final") else {
            #expect(destinations == nil)
            return
        }
        let planes = try #require(destinations).planes()
        let moving = try await CellposeFixture.values(group + "/n_moving", as: Int64.self)
        #expect(destinations?.pixels.count == Int(moving[0]))
        let expected = try await CellposeFixture.values(group + "/p_final", as: Float.self).map { $0 / 128 }
        // The fixture is rounded to 1/128 pixel.
        #expect(largestDifference(planes.y.pixels + planes.x.pixels, expected) < 0.005)
    }

    @Test(arguments: [0, 1, 11, 12, 13, 200], [true, false])
    func stoppingSettledPixelsChangesNoBit(iterations: Int, interpolated: Bool) throws {
        var generator = SeededGenerator(seed: UInt64(iterations) &* 2 &+ (interpolated ? 1 : 0))
        for noise in [Float(0), 1, 20] {
            let labels = randomLabels(height: 61, width: 47, objects: 18, using: &generator)
            let prediction = try prediction(of: labels, noise: noise, using: &generator)
            let result = try #require(Cellpose.followFlows(prediction, iterations: iterations, interpolated: interpolated))
            #expect(result.pixels.count > 100)
            for (pixel, end) in zip(result.pixels, result.ends) {
                var point = SIMD2(Float(Int(pixel) / 47), Float(Int(pixel) % 47))
                for _ in 0..<iterations { point = stepped(point, prediction, interpolated) }
                #expect(point == end)
            }
        }
    }

    /// One step as the original defines it: positions single, interpolation in double precision.
    private func stepped(_ point: SIMD2<Float>, _ prediction: Cellpose.Prediction, _ interpolated: Bool) -> SIMD2<Float> {
        func flow(_ plane: Plane<Float>, _ y: Int, _ x: Int) -> Double {
            Double(prediction.cellProbability[y, x] > 0 ? plane[y, x] / 5 : 0)
        }
        let (y, x) = (Int(point.x), Int(point.y))
        let (y1, x1) = (min(y + 1, prediction.height - 1), min(x + 1, prediction.width - 1))
        let (fy, fx) = interpolated ? (Double(point.x) - Double(y), Double(point.y) - Double(x)) : (0, 0)
        func component(_ plane: Plane<Float>) -> Float {
            let top = flow(plane, y, x) * (1 - fy) * (1 - fx) + flow(plane, y, x1) * (1 - fy) * fx
            return Float(top + flow(plane, y1, x) * fy * (1 - fx) + flow(plane, y1, x1) * fy * fx)
        }
        let next = SIMD2(point.x + component(prediction.flowY), point.y + component(prediction.flowX))
        return SIMD2(min(Float(prediction.height - 1), max(0, next.x)), min(Float(prediction.width - 1), max(0, next.y)))
    }

    @Test func fewerThanFiveMovingPixelsAreNoObjects() throws {
        func destinations(moving: Int) throws -> Cellpose.FlowDestinations? {
            var flow = Plane<Float>(height: 6, width: 6, repeating: 0)
            for pixel in 0..<moving { flow.pixels[pixel] = 1 }
            return Cellpose.followFlows(try uniform(flowY: flow, flowX: flow.map { _ in 0 }), iterations: 10)
        }
        #expect(try destinations(moving: 4) == nil)
        #expect(try destinations(moving: 5)?.pixels == [0, 1, 2, 3, 4])
    }

    @Test func aPurelyHorizontalFlowMovesNothingAsInTheOriginal() throws {
        let zero = Plane<Float>(height: 8, width: 8, repeating: 0)
        #expect(Cellpose.followFlows(try uniform(flowY: zero, flowX: zero.map { _ in 5 }), iterations: 10) == nil)
    }

    @Test func pixelsStayInsideTheImageHoweverStrongTheFlow() throws {
        let strong = Plane<Float>(height: 5, width: 9, repeating: .greatestFiniteMagnitude)
        for interpolated in [true, false] {
            let down = try #require(Cellpose.followFlows(try uniform(flowY: strong, flowX: strong), iterations: 3, interpolated: interpolated))
            #expect(down.ends.allSatisfy { $0 == SIMD2(4, 8) })
            let up = try uniform(flowY: strong.map { -$0 }, flowX: strong.map { -$0 })
            #expect(try #require(Cellpose.followFlows(up, iterations: 3, interpolated: interpolated)).ends.allSatisfy { $0 == SIMD2(0, 0) })
        }
    }

    @Test func flowsThatAreNotFiniteCountAsZero() throws {
        var flow = Plane<Float>(height: 7, width: 7, repeating: 2)
        flow[3, 3] = .nan
        flow[0, 0] = .infinity
        let result = try #require(Cellpose.followFlows(try uniform(flowY: flow, flowX: flow), iterations: 50))
        #expect(result.pixels.count == 47)
        #expect(result.ends.allSatisfy { $0.x >= 0 && $0.x <= 6 && $0.y >= 0 && $0.y <= 6 })
    }

    @Test func planesOfDifferentSizesAreRefused() {
        let small = Plane<Float>(height: 2, width: 2, repeating: 0)
        let large = Plane<Float>(height: 2, width: 3, repeating: 0)
        #expect(throws: (any Error).self) { try Cellpose.Prediction(flowY: small, flowX: large, cellProbability: small) }
        #expect(throws: (any Error).self) { try Cellpose.Prediction(flowY: small, flowX: small, cellProbability: large) }
    }

    @Test func aPredictionIsResizedPlaneByPlane() throws {
        let plane = Plane<Float>(height: 2, width: 2, pixels: [0, 1, 2, 3])
        let prediction = try Cellpose.Prediction(flowY: plane, flowX: plane.map { -$0 }, cellProbability: plane.map { $0 + 9 })
        let resized = prediction.resized(height: 5, width: 4)
        #expect(resized.height == 5 && resized.width == 4)
        #expect(resized.flowX == Cellpose.resizedLinear(prediction.flowX, height: 5, width: 4))
        #expect(resized.cellProbability == Cellpose.resizedLinear(prediction.cellProbability, height: 5, width: 4))
    }
}
