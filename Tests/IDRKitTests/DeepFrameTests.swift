import Foundation
import IDRFormats
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Frames of more than 8 bits keep them through correction, segmentation and crops; frames of 8 bits have the numbers that they always had.
@Suite(.serialized) struct DeepFrameTests {
    private let pipeline = { (small: SmallScreen, behaviour: Behaviour) in
        screen("idr0013A", mirror: small.mirror).controls().first(1).frame(2).correct(behaviour).segment(diameter: 27)
    }

    /// The example's nuclei with a camera of 16 bits, `gain` grey levels each of theirs, and `change` made to every frame.
    private func deep(
        _ gain: Float = 16, change: (inout Plane<UInt16>) -> Void = { _ in }
    ) async throws -> SmallScreen {
        let small = try await SmallScreen()
        var planes: [Plane<UInt16>] = []
        for plane in try await ExampleFrames.small(0) {
            var plane = plane.map { UInt16(Float($0) * gain) + 100 }
            change(&plane)
            planes.append(plane)
        }
        try await small.writeMovie("A2", planes: planes)
        return small
    }

    private func image(_ small: SmallScreen, _ output: String, _ behaviour: Behaviour = .standard) async throws -> ImageRecord {
        let run = try await pipeline(small, behaviour).measure().run(
            batchSize: 1, options: small.options(output) { $0.keep = [.frames] })
        return try #require(run.batches.first?.images.first)
    }

    @Test func framesOfEightBitsHaveTheNumbersTheyAlwaysHad() async throws {
        let small = try await SmallScreen()
        let planes = try await ExampleFrames.small(0)
        for behaviour in [Behaviour.standard, .compat] {
            let image = try await image(small, "\(behaviour)", behaviour)
            // What the kernel of the first release does: eight bits, from the largest value of the stack.
            let fit = try BaSiC.fit(Array(planes[1...3]))
            let corrected = try BaSiC.correct(Array(planes[1...3]), with: fit, keeping: [0])[0]
            #expect(try image.digests[.frames, channel: 1] == PlaneDigest.sha256(of: .uint8(corrected)))
            #expect(image.channels[0].pixelType == nil)
        }
    }

    @Test func sixteenBitsStaySixteenBits() async throws {
        let plain = try await image(deep(), "run")
        #expect(plain.channels[0].pixelType == "uint16" && plain.cells > 0)
        // Neither one hot pixel nor a blob of debris takes anything from the nuclei.
        let hot = try await image(deep { $0.pixels[5] = 65535 }, "run")
        #expect(hot.cells == plain.cells)
        #expect(hot.notes?.contains { $0.contains("hot pixels set the range") } == true, "\(String(describing: hot.notes))")
        let debris = try await image(
            deep { plane in
                for y in 2..<12 { for x in 2..<12 { plane.pixels[y * 200 + x] = 60000 } }
            }, "run")
        #expect(abs(debris.cells - plain.cells) <= 1)
        #expect(plain.notes == nil, "\(String(describing: plain.notes))")
    }

    /// The published pipeline's way: 255 is the largest value of the stack.
    @Test func compatHasEightBits() async throws {
        let small = try await deep { $0.pixels[5] = 65535 }
        let image = try await image(small, "run", .compat)
        #expect(image.channels[0].pixelType == nil)
        #expect(try TIFFFile(reading: small.scratch("run/batch_0/P_1_2_2.tif")).plane(page: 1).pixelType == .uint8)
        #expect(image.notes?.contains { $0.contains("hot pixels") } == true)
    }

    /// Kept frames are what was segmented, in the unit of the pixels.
    @Test func keptFramesAreFloatingPoint() async throws {
        let small = try await deep()
        _ = try await image(small, "run")
        guard case .float32(let plane) = try TIFFFile(reading: small.scratch("run/batch_0/P_1_2_2.tif")).plane(page: 1) else {
            Issue.record("a frame of 16 bits is kept as floating point")
            return
        }
        #expect(plane.pixels.max() ?? 0 > 255 && plane.pixels.allSatisfy { $0 >= 0 && $0.isFinite })
    }

    /// Intensities count from the brightest that the pixels' own type holds.
    @Test func intensitiesAreOfTheNumberTypesRange() async throws {
        var means: [Double] = []
        for gain in [Float(16), 64] {
            let small = try await deep(gain)
            let run = try await pipeline(small, .standard).measure().run(batchSize: 1, options: small.options())
            let cells = try await run.singleCells()
            let values = cells.values(of: try #require(cells.featureNames.firstIndex { $0.hasPrefix("Intensity_MeanIntensity_") }))
            means.append(values.reduce(0, +) / Double(values.count))
        }
        #expect(means[0] > 0 && means[1] < 1 && (3...6).contains(means[1] / means[0]), "\(means)")
    }

    /// Keys of 8-bit frames are those of the first release; frames of more bits have others.
    @Test func onlyDeepFramesHaveAnotherKey() async throws {
        let small = try await deep()
        let run = try await screen("idr0013A", mirror: small.mirror).controls().frame(2).correct().segment(diameter: 27).measure().run(
            batchSize: 4, options: small.options())
        let record = try RecordFolder(reading: run.folder)
        let environment = try record.environment(of: 0)
        let kernels = try run.batches[0].images.map { image in
            try StageOutcome.all(of: image, record.plan, environment).first?.keys.first?.settings["kernel"]
        }
        #expect(kernels == ["2", "1", "1", "1"])
    }
}

/// What is said of pixels.
struct PixelNoteTests {
    private func notes(_ frame: Plane<UInt16>, _ label: (Int) -> Int32) -> [String] {
        let labels = LabelImage(height: frame.height, width: frame.width, pixels: frame.pixels.indices.map(label))
        return PixelNotes.of(.uint16(frame), readAs: .uint16(frame), nuclei: labels)
    }

    private let ramp = Plane<UInt16>(height: 100, width: 100, pixels: (0..<10000).map { UInt16($0 % 900) })

    @Test func ordinaryPixelsAreNotSpokenOf() { #expect(notes(ramp) { $0 < 3000 ? 1 : 0 } == []) }

    @Test func fewLevelsAreSaid() {
        let flat = ramp.map { 1000 + $0 % 14 }
        #expect(notes(flat) { $0 < 3000 ? 1 : 0 } == ["the pixels of nuclei have only 14 grey levels"])
        #expect(notes(flat) { _ in 0 } == [])
    }

    @Test(arguments: [255, 1023, 4095, 65535] as [UInt16]) func saturationIsSaid(_ top: UInt16) {
        let plane = ramp.map { $0 % 50 == 0 ? top : UInt16(min(Int(top) / 2, Int($0))) }
        #expect(notes(plane) { $0 < 3000 ? 1 : 0 }.contains { $0.contains("saturated (\(top))") })
        // A plateau elsewhere is no end of a range.
        #expect(!notes(plane.map { $0 == top ? top - 20 : $0 }) { $0 < 3000 ? 1 : 0 }.contains { $0.contains("saturated") })
    }

    @Test func hotPixelsAreSaid() {
        var plane = ramp
        plane.pixels[77] = 65535
        #expect(
            notes(plane) { _ in 0 } == ["1 of 10000 pixels are more than 3 times as bright as all others (up to 65535): hot pixels set the range"])
        for pixel in 0..<200 { plane.pixels[pixel] = 65535 }
        #expect(notes(plane) { _ in 0 } == [])
    }
}
