import IDRHDF5
import IDRImaging
import TestSupport
import Testing

/// DeepProfiler's own crops and network inputs, from the shared fixtures: equal to the last bit.
@Suite struct DeepProfilerFixtureTests {
    @Test(arguments: ["dp_sA.h5", "dp_sB.h5"])
    func cropsAndInputsAreDeepProfilersToTheBit(file: String) async throws {
        let cases = try await DeepProfilerCase.all(in: file)
        #expect(!cases.isEmpty)
        for item in cases {
            let geometry = CropGeometry(nominalHeight: item.image.height, nominalWidth: item.image.width)
            for (k, index) in item.cropIndex.enumerated() {
                let crop = DeepProfilerCrops.normalizedCrop(at: item.centers[index], of: item.image, geometry: geometry)
                #expect(sameBits(crop.pixels[...], item.crops[(k * 128 * 128)..<((k + 1) * 128 * 128)]), "\(item.name) crop \(index)")
            }
            var inputs = [Float](repeating: 7, count: item.centers.count * geometry.valuesPerCrop)
            var span = inputs.mutableSpan
            let areNaN = DeepProfilerCrops.write(item.centers, of: item.image, geometry: geometry, into: &span)
            for (k, index) in item.inputIndex.enumerated() {
                let expected = item.inputs[(k * 224 * 224)..<((k + 1) * 224 * 224)]
                let input = inputs[index * geometry.valuesPerCrop..<(index + 1) * geometry.valuesPerCrop]
                #expect(sameBits(input, expected), "\(item.name) input \(index)")
                #expect(areNaN[index] == expected.contains { $0.isNaN })
            }
        }
    }
}

@Suite struct DeepProfilerCropsTests {
    /// The published description followed literally, one output value at a time.
    private func referenceCrop(_ image: Plane<Float>, _ box: CropBox, size: Int, wanted: (Int, Int)) -> Float {
        func position(_ start: Float, _ end: Float, _ source: Int, _ i: Int) -> Float {
            start * Float(source - 1) + Float(i) * ((end - start) * Float(source - 1) / Float(size - 1))
        }
        let iy = position(box.y1, box.y2, image.height, wanted.0)
        let ix = position(box.x1, box.x2, image.width, wanted.1)
        if iy < 0 || iy > Float(image.height - 1) || ix < 0 || ix > Float(image.width - 1) { return 0 }
        let (t, l) = (Int(iy.rounded(.down)), Int(ix.rounded(.down)))
        let (b, r) = (Int(iy.rounded(.up)), Int(ix.rounded(.up)))
        let (ly, lx) = (iy - Float(t), ix - Float(l))
        let top = image[t, l] + (image[t, r] - image[t, l]) * lx
        let bottom = image[b, l] + (image[b, r] - image[b, l]) * lx
        return top + (bottom - top) * ly
    }

    @Test(arguments: 0..<40)
    func cropsOfAnySizeFollowTheDescription(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let image = randomImage(height: .random(in: 1...70, using: &random), width: .random(in: 1...70, using: &random), &random)
        let geometry = CropGeometry(
            boxSize: .random(in: 2...40, using: &random), inputSize: .random(in: 1...60, using: &random),
            nominalHeight: .random(in: 1...90, using: &random), nominalWidth: .random(in: 1...90, using: &random))
        let center = CropCenter(x: .random(in: -20...100, using: &random), y: .random(in: -20...100, using: &random))
        let box = CropBox(around: center, geometry: geometry)
        let size = geometry.boxSize
        var expected = (0..<size * size).map { referenceCrop(image, box, size: size, wanted: ($0 / size, $0 % size)) }
        let (low, high) = (expected.min() ?? 0, expected.max() ?? 0)
        expected = expected.map { ($0 - low) / high }
        let crop = DeepProfilerCrops.normalizedCrop(at: center, of: image, geometry: geometry)
        #expect(sameBits(crop.pixels[...], expected[...]))

        let input = DeepProfilerCrops.networkInput(from: crop, geometry: geometry)
        #expect(sameBits(input.pixels[...], referenceInput(crop, size: geometry.inputSize)[...]))
    }

    private func referenceInput(_ crop: Plane<Float>, size: Int) -> [Float] {
        func place(_ i: Int) -> (Int, Int, Float) {
            let p = Float(i) * (Float(crop.height) / Float(size))
            let lower = Int(p.rounded(.down))
            return (lower, min(lower + 1, crop.height - 1), p - Float(lower))
        }
        let values = (0..<size * size).map { index -> Float in
            let (t, b, ly) = place(index / size)
            let (l, r, lx) = place(index % size)
            let top = crop[t, l] + (crop[t, r] - crop[t, l]) * lx
            let bottom = crop[b, l] + (crop[b, r] - crop[b, l]) * lx
            return top + (bottom - top) * ly
        }
        if values.contains(where: \.isNaN) { return values.map { _ in .nan } }
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        return values.map { ($0 - low) / (high - low) * 2 - 1 }
    }

    @Test func boxesAreDividedByTheConfigurationsSize() {
        var geometry = CropGeometry(nominalHeight: 1024, nominalWidth: 1344)
        let center = CropCenter(x: 500.25, y: 300.75)
        let box = CropBox(around: center, geometry: geometry)
        #expect(box.y1 == Float(300.75 - 64) / 1024 && box.y2 == Float(300.75 + 64) / 1024)
        #expect(box.x1 == Float(500.25 - 64) / 1344 && box.x2 == Float(500.25 + 64) / 1344)
        geometry.nominalWidth = 672
        #expect(CropBox(around: center, geometry: geometry).x1 == Float(500.25 - 64) / 672)
    }

    @Test func aWrongConfiguredSizeMovesTheCrop() {
        var random = SeededGenerator(seed: 3)
        let image = randomImage(height: 200, width: 200, &random)
        let right = CropGeometry(nominalHeight: 200, nominalWidth: 200)
        let wrong = CropGeometry(nominalHeight: 100, nominalWidth: 200)
        let center = CropCenter(x: 100, y: 100)
        #expect(
            DeepProfilerCrops.normalizedCrop(at: center, of: image, geometry: right)
                != DeepProfilerCrops.normalizedCrop(at: center, of: image, geometry: wrong))
    }

    @Test(arguments: [
        CropCenter(x: .nan, y: 10), CropCenter(x: 10, y: .infinity), CropCenter(x: -1e300, y: 1e300), CropCenter(x: 1e9, y: 0),
        CropCenter(x: -64.5, y: 30),
    ])
    func aCropWithoutPixelsIsNaN(center: CropCenter) {
        var random = SeededGenerator(seed: 1)
        let image = randomImage(height: 60, width: 60, &random)
        let geometry = CropGeometry(inputSize: 32, nominalHeight: 60, nominalWidth: 60)
        for mask in [nil, ObjectMask(LabelImage(height: 60, width: 60, repeating: 1))] {
            var values = [Float](repeating: 0, count: 2 * geometry.valuesPerCrop)
            var span = values.mutableSpan
            let areNaN = DeepProfilerCrops.write([center, CropCenter(x: 30, y: 30)], of: image, geometry: geometry, mask: mask, into: &span)
            #expect(areNaN == [true, false])
            #expect(values[..<geometry.valuesPerCrop].allSatisfy { $0.isNaN })
            #expect(values[geometry.valuesPerCrop...].allSatisfy { (-1...1).contains($0) })
        }
    }

    @Test func constantAndUnusableImagesAreNaNAndFlagged() {
        let geometry = CropGeometry(boxSize: 16, inputSize: 20, nominalHeight: 40, nominalWidth: 40)
        var withNaN = Plane<Float>(height: 40, width: 40, repeating: 3)
        withNaN[20, 20] = .nan
        let images = [
            Plane<Float>(height: 40, width: 40, repeating: 0), Plane(height: 40, width: 40, repeating: 9), withNaN,
            Plane(height: 40, width: 40, repeating: .infinity), Plane(height: 0, width: 0, repeating: 0),
        ]
        for image in images {
            var values = [Float](repeating: 0, count: geometry.valuesPerCrop)
            var span = values.mutableSpan
            #expect(DeepProfilerCrops.write([CropCenter(x: 20, y: 20)], of: image, geometry: geometry, into: &span) == [true])
            #expect(values.allSatisfy { $0.isNaN })
        }
    }

    @Test func noCentersWriteNothing() {
        var values: [Float] = []
        var span = values.mutableSpan
        let geometry = CropGeometry(nominalHeight: 8, nominalWidth: 8)
        #expect(DeepProfilerCrops.write([], of: Plane(height: 8, width: 8, repeating: 1), geometry: geometry, into: &span).isEmpty)
    }
}

@Suite struct ObjectMaskTests {
    @Test func theLabelIsTheMedianAroundTheCentre() {
        var labels = LabelImage(height: 30, width: 30, repeating: 2)
        for y in 0..<30 { for x in 0..<15 { labels[y, x] = 8 } }
        let mask = ObjectMask(labels)
        #expect(mask.label(at: CropCenter(x: 5, y: 5)) == 8)
        #expect(mask.label(at: CropCenter(x: 25.9, y: 12)) == 2)
        // Half of the 100 pixels each: the mean of the two in the middle.
        #expect(mask.label(at: CropCenter(x: 15, y: 15)) == 5)
        // At the corner only what lies inside counts; beyond the lower edge nothing is left.
        #expect(mask.label(at: CropCenter(x: 0, y: 0)) == 8)
        #expect(mask.label(at: CropCenter(x: 3, y: 40)) == 0)
        // Python takes a negative end from the other side: rows 0..<29 here.
        #expect(mask.label(at: CropCenter(x: 25, y: -6)) == 2)
        #expect(mask.label(at: CropCenter(x: .nan, y: 3)) == 0)
        #expect(mask.label(at: CropCenter(x: 1e300, y: -1e300)) == 0)
    }

    @Test func otherObjectsAreZeroed() {
        var labels = LabelImage(height: 64, width: 64, repeating: 1)
        for y in 0..<64 { for x in 32..<64 { labels[y, x] = 3 } }
        var random = SeededGenerator(seed: 9)
        let image = randomImage(height: 64, width: 64, &random).map { $0 + 1 }
        let geometry = CropGeometry(boxSize: 32, inputSize: 32, nominalHeight: 64, nominalWidth: 64)
        let center = CropCenter(x: 24, y: 32)
        let crop = DeepProfilerCrops.normalizedCrop(at: center, of: image, geometry: geometry, mask: ObjectMask(labels))
        let plain = DeepProfilerCrops.normalizedCrop(at: center, of: image, geometry: geometry)
        // The other object's half and the seam, where the interpolated label is neither.
        for y in 0..<32 { for x in 25..<32 { #expect(crop[y, x] == 0) } }
        #expect(crop[10, 5] > 0 && plain[10, 30] > 0)
        #expect(crop.pixels.filter { $0 == 0 }.count < 16 * 32)
    }
}

/// One image of a fixture file.
private struct DeepProfilerCase: Sendable {
    var name: String
    var image: Plane<Float>
    var centers: [CropCenter]
    var cropIndex: [Int]
    var crops: [Float]
    var inputIndex: [Int]
    var inputs: [Float]

    static func all(in file: String) async throws -> [DeepProfilerCase] {
        let path = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Fixtures/features/" + file
        let reader = try await HDF5Reader(path)
        var cases: [DeepProfilerCase] = []
        for name in try await reader.children() {
            guard try await reader.exists("/\(name)/image") else { continue }
            let shape = try await reader.info(of: "/\(name)/image").shape
            let pixels = try await reader.read("/\(name)/image", as: UInt8.self)
            let xy = try await reader.read("/\(name)/locations_xy", as: Double.self)
            cases.append(
                DeepProfilerCase(
                    name: name, image: Plane(height: shape[0], width: shape[1], pixels: pixels.map(Float.init)),
                    centers: stride(from: 0, to: xy.count, by: 2).map { CropCenter(x: xy[$0], y: xy[$0 + 1]) },
                    cropIndex: try await reader.read("/\(name)/crop_index", as: Int32.self).map(Int.init),
                    crops: try await reader.read("/\(name)/crops_norm"),
                    inputIndex: try await reader.read("/\(name)/netin_index", as: Int32.self).map(Int.init),
                    inputs: try await reader.read("/\(name)/netin")))
        }
        return cases
    }
}

private func sameBits(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN || $0 == 0 && $1 == 0 }
}

private func randomImage(height: Int, width: Int, _ random: inout SeededGenerator) -> Plane<Float> {
    Plane(height: height, width: width, pixels: (0..<height * width).map { _ in Float(UInt8.random(in: 0...255, using: &random)) })
}
