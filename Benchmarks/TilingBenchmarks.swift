import Foundation
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord
import TestSupport

/// Large tiles against the published ones: the same nuclei for how much less. `IMAGES=folder` adds the portable grey maps of a folder,
/// `EVERY=1` takes every frame of the example movies and not each tenth.
enum TilingBenchmarks {
    private struct Agreement {
        var f1: [Double] = []
        /// With a diameter that each way has estimated by itself.
        var ownF1: [Double] = []
        var nuclei = 0
        /// Images that lose more than one nucleus, or more than one in a hundred.
        var poorer = 0
        var published = 0.0
        var large = 0.0
    }

    static func run() async throws -> [Measurement] {
        let weights = try ModelStore.standard.file(Segmentation.defaultModel, ending: [".pth"])
        let segmenter = CellposeSegmenter(
            network: try CellposeNetwork(stateDict: TorchFile(reading: weights).tensors, name: weights),
            sizeModel: try SizeModelWeights(reading: ModelStore.standard.file(Segmentation.defaultModel, ending: [".npy"])))
        var sets = [("frames of 1344 x 1024", try await RealFrames().frames), ("quadrants of the movie", try await quadrants())]
        if let folder = ProcessInfo.processInfo.environment["IMAGES"] {
            sets.append(("images of \(URL(fileURLWithPath: folder).lastPathComponent)", try images(folder)))
        }
        var measurements: [Measurement] = []
        for (name, planes) in sets {
            var found = Agreement()
            for plane in planes { try add(plane, segmenter, to: &found) }
            let how = "\(planes.count) images, \(found.nuclei) nuclei; \(found.poorer) images lose more than one nucleus or 1 %"
            measurements += [
                Measurement(
                    name: "F1 of large tiles, \(name)", value: mean(found.f1), unit: "", goal: .atLeast(0.995),
                    how: "\(how); least \(Measurement.text(found.f1.min() ?? 1)); \(Measurement.text(mean(found.ownF1))) with each one's own diameter"
                ),
                Measurement(
                    name: "CPU time of large tiles, \(name)", value: found.large / found.published, unit: "", goal: .atMost(0.74),
                    how: "segmentation alone, of that in published tiles"),
            ]
        }
        return measurements
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    private static func add(_ plane: Plane<UInt8>, _ segmenter: CellposeSegmenter, to found: inout Agreement) throws {
        let image = Cellpose.normalized(plane)
        let diameter = try segmenter.estimateDiameter(image).refined
        let own = try segmenter.estimateDiameter(image, .large).refined
        let start = ResourceMeter.processCPUSeconds()
        let published = try segmenter.segment(image, diameter: diameter)
        let middle = ResourceMeter.processCPUSeconds()
        let large = try segmenter.segment(image, diameter: diameter, .large)
        found.large += ResourceMeter.processCPUSeconds() - middle
        found.published += middle - start
        found.f1.append(MaskAgreement.f1(large, published))
        found.ownF1.append(MaskAgreement.f1(own == diameter ? large : try segmenter.segment(image, diameter: own, .large), published))
        let (before, after) = (Int(published.pixels.max() ?? 0), Int(large.pixels.max() ?? 0))
        found.nuclei += before
        if before - after > max(1, before / 100) { found.poorer += 1 }
    }

    private static func quadrants() async throws -> [Plane<UInt8>] {
        let folder = RealFrames.checkout.appending(
            path: "example_files/idr0013-neumann-mitocheck/20150916-mitocheck-analysis/mitocheck/EXAMPLE_01--quadrants-of-Fluo-N2DL-HeLa-02/hdf5")
        let step = ProcessInfo.processInfo.environment["EVERY"].flatMap(Int.init) ?? 10
        var planes: [Plane<UInt8>] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where file.hasSuffix(".ch5") {
            let movie = try await CellH5Movie(reading: folder.appending(path: file).path)
            for frame in stride(from: 1, through: 20, by: step) {
                if case .uint8(let plane) = try await movie.plane(PlaneIndex(frame: frame)) { planes.append(plane) }
            }
        }
        return planes
    }

    /// Portable grey maps: `P5 width height 255`, a white space each, and the pixels.
    private static func images(_ folder: String) throws -> [Plane<UInt8>] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { $0.hasSuffix(".pgm") }.map { name in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            let words = bytes.split(maxSplits: 4) { [9, 10, 32].contains($0) }.map { String(decoding: $0.prefix(9), as: UTF8.self) }
            guard words.count == 5, words[0] == "P5", let width = Int(words[1]), let height = Int(words[2]), bytes.count > width * height else {
                throw CocoaError(.fileReadCorruptFile)
            }
            return Plane(height: height, width: width, pixels: Array(bytes.suffix(width * height)))
        }
    }
}
