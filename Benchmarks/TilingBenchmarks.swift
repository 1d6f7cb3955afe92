import Foundation
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord
import TestSupport

/// Ways to find nuclei for less against the published one, floats in tiles of 224 pixels: the same nuclei for how much less. `IMAGES=folder:folder`
/// adds the portable grey maps of folders, `EVERY=1` takes every frame of the example movies and not each tenth.
enum TilingBenchmarks {
    private struct Way {
        let name: String
        let segmenter: any Segmenter
        let cost: Double
        var parameters = Segmentation()
        var f1: [Double] = []
        /// With a diameter that each way has estimated by itself.
        var ownF1: [Double] = []
        /// Images that lose more than one nucleus, or more than one in a hundred.
        var poorer = 0
        var seconds = 0.0
    }

    private static let compat = Segmentation(behaviour: .compat)

    static func run() async throws -> [Measurement] {
        let floats = try segmenter(.float32)
        let whole = try segmenter(.int8)
        var sets = [("frames of 1344 x 1024", try await RealFrames().frames), ("quadrants of the movie", try await quadrants())]
        for folder in ProcessInfo.processInfo.environment["IMAGES"]?.split(separator: ":").map(String.init) ?? [] {
            sets.append(("images of \(URL(fileURLWithPath: folder).lastPathComponent)", try images(folder)))
        }
        var measurements: [Measurement] = []
        var all: [String: [Double]] = [:]
        for (name, planes) in sets {
            var ways = [
                Way(name: "large tiles", segmenter: floats, cost: 0.74), Way(name: "int8", segmenter: whole, cost: 0.5),
                Way(name: "int8 squares", segmenter: whole, cost: 0.5, parameters: compat),
            ]
            var nuclei = 0
            var published = 0.0
            for plane in planes {
                let image = floats.normalized(plane)
                let diameter = try floats.diameter(of: image, compat).pixels
                let start = ResourceMeter.processCPUSeconds()
                let expected = try floats.labels(of: image, diameter: diameter, compat)
                published += ResourceMeter.processCPUSeconds() - start
                nuclei += Int(expected.pixels.max() ?? 0)
                for index in ways.indices { try compare(&ways[index], image, diameter, expected) }
            }
            for way in ways {
                all[way.name, default: []] += way.f1
                let how =
                    "\(planes.count) images, \(nuclei) nuclei; \(way.poorer) images lose more than one nucleus or 1 %; least "
                    + "\(Measurement.text(way.f1.min() ?? 1)); \(Measurement.text(mean(way.ownF1))) with each one's own diameter"
                measurements += [
                    Measurement(name: "F1 of \(way.name), \(name)", value: mean(way.f1), unit: "", how: how),
                    Measurement(
                        name: "CPU time of \(way.name), \(name)", value: way.seconds / published, unit: "", goal: .atMost(way.cost),
                        how: "segmentation alone, of that in floats and published tiles"),
                ]
            }
        }
        return measurements
            + all.sorted { $0.key < $1.key }.map { name, scores in
                Measurement(
                    name: "F1 of \(name), all images", value: mean(scores), unit: "", goal: .atLeast(0.995),
                    how: "\(scores.count) images, each with the diameter that compat estimates; least \(Measurement.text(scores.min() ?? 1))")
            }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    private static func segmenter(_ precision: Precision) throws -> any Segmenter {
        let store = ModelStore.standard
        return try Segmenters.load(
            store.file(Segmentation.defaultModel, ending: Segmenters.endings(precision)),
            sizeModel: store.file(Segmentation.defaultModel, ending: [".npy"]))
    }

    private static func compare(_ way: inout Way, _ image: Plane<Float>, _ diameter: Double, _ expected: LabelImage) throws {
        let own = try way.segmenter.diameter(of: image, way.parameters).pixels
        let start = ResourceMeter.processCPUSeconds()
        let labels = try way.segmenter.labels(of: image, diameter: diameter, way.parameters)
        way.seconds += ResourceMeter.processCPUSeconds() - start
        let found = MaskAgreement.matched(expected, labels)
        way.f1.append(MaskAgreement.f1(expected, labels))
        way.ownF1.append(
            own == diameter
                ? MaskAgreement.f1(expected, labels)
                : MaskAgreement.f1(expected, try way.segmenter.labels(of: image, diameter: own, way.parameters)))
        if found.a - found.matched > max(1, found.a / 100) { way.poorer += 1 }
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
