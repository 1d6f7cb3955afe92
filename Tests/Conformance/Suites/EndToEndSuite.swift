import Foundation
import IDRHDF5
import IDRImaging
import IDRModels
import IDRPlan
import IDRTables

/// Cellpose from an image to the table of locations, with the diameter estimated.
struct EndToEndSuite {
    let report: Report
    let folder: String
    /// Files of weights that other cases of the folder name as theirs.
    let othersWeights: Set<String>

    /// Tolerances of the fixtures' MANIFEST.
    private enum Tolerance {
        /// float32 networks, some stored in half precision.
        static let network = 2e-3
        /// The median of integer areas.
        static let diameter = 1e-3
        static let diameterFromStyle = 1e-4
        /// Pixels.
        static let location = 0.5
        /// Share of rows that may be further off: pixels at the edge of a mask.
        static let locationsBeyond = 0.01
    }

    /// Checks `group` if its layout is an image with what Cellpose found in it; false otherwise.
    func check(_ group: FixtureGroup) async throws -> Bool {
        guard group.has("image", "masks", "dP", "cellprob", "style") else { return false }
        await report.section(group.name) { try await checkImage(group) }
        return true
    }

    private func checkImage(_ group: FixtureGroup) async throws {
        let segmenter = try segmenter(style: try await group.shape("style").reduce(1, *))
        let image: Plane<Float> =
            try await group.type("image") == .uint8
            ? Cellpose.normalized(try await group.plane("image", as: UInt8.self))
            : Cellpose.normalized(try await group.plane("image", as: UInt16.self))
        let estimate = try segmenter.estimateDiameter(image)
        if let expected = try await group.number("diam_style") {
            report.relative("\(group.name) diam_style", [estimate.fromStyle], [expected], tolerance: Tolerance.diameterFromStyle)
        }
        if let expected = try await group.number("diam") {
            report.relative("\(group.name) diam", [estimate.refined], [expected], tolerance: Tolerance.diameter)
        }
        if group.has("style_pass1") {
            report.absolute(
                "\(group.name) style_pass1", estimate.style.map(Double.init), try await group.values("style_pass1"), tolerance: Tolerance.network)
        }
        let rescale = segmenter.meanDiameter / estimate.refined
        let pass = try segmenter.predict(image, rescale: rescale)
        try await checkPass(pass, of: image, group)
        let found = try segmenter.segment(image, from: pass)
        report.labels("\(group.name) masks", found, try await group.labels("masks"))
        let kept = Cellpose.removingEdgeObjects(found)
        if group.has("masks_edge_removed") { report.labels("\(group.name) masks_edge_removed", kept, try await group.labels("masks_edge_removed")) }
        try await checkTable(of: kept, group)
    }

    private func checkPass(_ pass: CellposeSegmenter.Pass, of image: Plane<Float>, _ group: FixtureGroup) async throws {
        if let expected = try await group.number("rescale") {
            report.relative("\(group.name) rescale", [pass.rescale], [expected], tolerance: Tolerance.diameter)
        }
        if let expected = try await group.number("niter") {
            report.exact("\(group.name) niter", [Cellpose.iterations(rescale: pass.rescale)], [Int(expected)])
        }
        if let expected = try await group.numbers("network_input_hw") {
            report.exact("\(group.name) network_input_hw", [pass.prediction.height, pass.prediction.width], expected.map { Int($0) })
        }
        report.absolute("\(group.name) style", pass.style.map(Double.init), try await group.values("style"), tolerance: Tolerance.network)
        let full = pass.rescale == 1 ? pass.prediction : pass.prediction.resized(height: image.height, width: image.width)
        for (dataset, planes) in [("dP", [full.flowY, full.flowX]), ("cellprob", [full.cellProbability])] {
            let step = Int(try await group.number("stride", of: dataset) ?? 1)
            let computed = planes.flatMap { plane in
                stride(from: 0, to: plane.height, by: step).flatMap { y in stride(from: 0, to: plane.width, by: step).map { Double(plane[y, $0]) } }
            }
            report.mixed("\(group.name) \(dataset)", computed, try await group.values(dataset), tolerance: Tolerance.network)
        }
    }

    private func checkTable(of labels: LabelImage, _ group: FixtureGroup) async throws {
        let outlines = Cellpose.outlines(of: labels)
        let centers = (0..<outlines.count).map { outlines.center(of: $0) ?? (.nan, .nan) }
        guard let file = try await group.text("csv") else {
            // Without objects the original's table is one line end, which pandas cannot read.
            return report.exact("\(group.name) no rows", [centers.count], [0])
        }
        let path = "\(folder)/\(URL(fileURLWithPath: file).lastPathComponent)"
        guard let bytes = FileManager.default.contents(atPath: path) else { throw IDRError(.missing, "\(path) is missing") }
        let expected = try NucleusLocations(csv: bytes, called: path)
        report.exact("\(group.name) rows of \(file)", [centers.count], [expected.count])
        report.share(
            "\(group.name) locations beyond \(Tolerance.location) px", centers.map(\.x) + centers.map(\.y), expected.x + expected.y,
            beyond: Tolerance.location, tolerance: Tolerance.locationsBeyond)
        guard expected.outlines != nil else { return }
        let written = NucleusLocations(
            x: centers.map(\.x), y: centers.map(\.y),
            outlines: (0..<outlines.count).map { NumPyText.pairs(outlines[$0].flatMap { [$0.x, $0.y] }, isAbbreviated: true) })
        let lines = { (text: String) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        report.mismatches(
            "\(group.name) lines of \(file)", lines(written.csv), lines(String(decoding: bytes, as: UTF8.self)),
            tolerance: Tolerance.locationsBeyond
        ) { $0 + "." }
    }

    /// The trained network: the files do not name it, but it is no other case's, and its style has the right length.
    private func segmenter(style: Int) throws -> CellposeSegmenter {
        for path in files(in: folder, ending: ".pth") where !othersWeights.contains(URL(fileURLWithPath: path).lastPathComponent) {
            let weights = try TorchFile(reading: path)
            guard try CPnet(stateDict: weights.tensors).channels.last == style else { continue }
            let network = try CellposeNetwork(stateDict: weights.tensors, name: URL(fileURLWithPath: path).lastPathComponent)
            let size = files(in: folder, ending: ".npy").lazy.compactMap { try? SizeModelWeights(reading: $0) }.first { $0.A.count == style }
            return CellposeSegmenter(network: network, sizeModel: size)
        }
        throw IDRError(.missing, "no .pth file in \(folder) belongs to a network whose style has \(style) numbers")
    }
}
