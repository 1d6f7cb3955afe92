import IDRData
import IDRImaging
import IDRPlan

/// PyBaSiC: groups that hold a stack `images`, groups that say what the same stack gives with another movie's penalties,
/// the rule of context frames, and resizing. Tolerances are those of the fixtures' MANIFEST.
struct IlluminationSuite {
    let report: Report
    let file: Fixture

    func run() async throws {
        for group in try await file.children() {
            let name = "\(file.name) \(group)"
            do {
                if try await file.exists("/\(group)/images") {
                    try await checkStack(group, name)
                } else if try await file.exists("/\(group)/corrected_uint8") {
                    try await checkReusedPenalties(group, name)
                } else if group == "frame_context" {
                    try await checkContext(name)
                } else {
                    try await checkResizing(group, name)
                }
            } catch {
                report.fail(name, error)
            }
        }
    }

    private func checkStack(_ group: String, _ name: String) async throws {
        let images = try await file.planes("/\(group)/images", as: UInt8.self)
        let fit = try BaSiC.fit(images)
        guard try await file.exists("/\(group)/flatfield") else {
            // The original never ends on these; what must hold is stated in the file.
            report.holds("\(name) is reported as degenerate", !fit.status.isUsable)
            report.exact("\(name) is returned unchanged", try BaSiC.correct(images, with: fit).flatMap(\.pixels), images.flatMap(\.pixels)) {
                $0 &+ 1
            }
            return
        }
        try await checkPenalties(fit, group, name)
        try await checkFields(fit, images, group, name)
        try await checkCorrection(fit, images, group, name)
        try await checkWorkingStack(images, group, name)
    }

    private func checkPenalties(_ fit: BaSiC.Fit, _ group: String, _ name: String) async throws {
        for (attribute, value) in [("lambda_flatfield", fit.penalties?.flatfield), ("lambda_darkfield", fit.penalties?.darkfield)] {
            guard let expected = try await file.number(attribute, of: "/\(group)") else { continue }
            report.relative("\(name) \(attribute)", [value ?? .nan], [expected], tolerance: 1e-10)
        }
        if let rounds = try await file.number("n_reweight", of: "/\(group)") {
            report.exact("\(name) n_reweight", [fit.reweightings], [Int(rounds)])
        }
    }

    private func checkFields(_ fit: BaSiC.Fit, _ images: [Plane<UInt8>], _ group: String, _ name: String) async throws {
        if try await file.exists("/\(group)/alm_iterations") {
            let expected = try await file.read("/\(group)/alm_iterations", as: Int32.self).map(Int.init)
            report.exact("\(name) alm_iterations", fit.decompositionIterations, expected)
        }
        if try await file.exists("/\(group)/shading128_final") {
            for (dataset, plane) in [("shading128_final", fit.workingShading), ("darkfield128_final", fit.workingDarkfield)] {
                let expected = try await file.read("/\(group)/\(dataset)", as: Double.self)
                let scale = expected.reduce(0) { max($0, abs($1)) }
                report.absolute("\(name) \(dataset)", plane.pixels, expected, tolerance: 1e-5 * scale)
            }
        }
        let total = Int(try await file.number("flat_stride", of: "/\(group)") ?? 1)
        for (dataset, plane, tolerance) in [("flatfield", fit.flatfield, 1e-6), ("darkfield", fit.darkfield, 1e-5)] {
            let stride = total * Int(try await file.number("stride", of: "/\(group)/\(dataset)") ?? 1)
            let expected = try await file.read("/\(group)/\(dataset)", as: Double.self)
            report.absolute("\(name) \(dataset)", sampled(plane, every: stride), expected, tolerance: tolerance)
        }
        report.absolute("\(name) baseline", fit.baseline, try await file.read("/\(group)/baseline", as: Double.self), tolerance: 1e-6)
    }

    private func checkCorrection(_ fit: BaSiC.Fit, _ images: [Plane<UInt8>], _ group: String, _ name: String) async throws {
        if try await file.exists("/\(group)/corrected_float_frame0") {
            let dataset = "/\(group)/corrected_float_frame0"
            let stride = Int(try await file.number("flat_stride", of: "/\(group)") ?? 1) * Int(try await file.number("stride", of: dataset) ?? 1)
            let computed = try BaSiC.correctedIntensities(images, with: fit, keeping: [0])[0]
            // Stored as float32; the flatfield's tolerance times the intensities' range.
            report.absolute(
                "\(name) corrected_float_frame0", sampled(computed, every: stride), try await file.read(dataset, as: Double.self), tolerance: 1e-3)
        }
        let dataset = "/\(group)/corrected_uint8"
        let kept = try await file.numbers("frames", of: dataset)?.map { Int($0) }
        let corrected = try BaSiC.correct(images, with: fit, keeping: kept)
        let expected = try await file.read(dataset, as: UInt8.self)
        let computed = corrected.flatMap(\.pixels)
        report.mismatches("\(name) corrected_uint8", computed, expected, tolerance: 1e-4) { $0 &+ 1 }
        report.absolute("\(name) corrected_uint8 largest step", computed.map(Double.init), expected.map(Double.init), tolerance: 1)
    }

    private func checkWorkingStack(_ images: [Plane<UInt8>], _ group: String, _ name: String) async throws {
        let dataset = "/\(group)/working_stack_sorted"
        guard try await file.exists(dataset) else { return }
        let side = BaSiC.workingSize
        let resized = images.map { BaSiC.resize($0, height: side, width: side).pixels }
        var sorted = (0..<images.count).map { _ in [Double](repeating: 0, count: side * side) }
        for pixel in 0..<side * side {
            for (frame, value) in resized.map({ $0[pixel] }).sorted().enumerated() { sorted[frame][pixel] = value }
        }
        let expected = try await file.read(dataset, as: Double.self)
        // Two planes stand for a longer stack: the first and the last.
        let computed = expected.count == sorted.count * side * side ? sorted.flatMap(\.self) : sorted[0] + sorted[sorted.count - 1]
        report.absolute("\(name) working_stack_sorted", computed, expected, tolerance: 1e-4)
    }

    /// The published process kept the first movie's penalties: `A_after_B` is stack A with B's.
    private func checkReusedPenalties(_ group: String, _ name: String) async throws {
        guard let source = group.components(before: "_after_"), try await file.exists("/\(source)/images"),
            let flatfield = try await file.number("lambda_flatfield", of: "/\(group)"),
            let darkfield = try await file.number("lambda_darkfield", of: "/\(group)")
        else { throw IDRError(.invalidInput, "it is not said which stack \(group) was computed from") }
        let images = try await file.planes("/\(source)/images", as: UInt8.self)
        let fit = try BaSiC.fit(images, penalties: BaSiC.Penalties(flatfield: flatfield, darkfield: darkfield))
        try await checkFields(fit, images, group, name)
        try await checkCorrection(fit, images, group, name)
    }

    private func checkResizing(_ group: String, _ name: String) async throws {
        let datasets = try await file.children(of: "/\(group)")
        for input in datasets where input.hasSuffix("_in") {
            let output = String(input.dropLast(3)) + "_out"
            guard datasets.contains(output) else { continue }
            let expected = try await file.plane("/\(group)/\(output)", as: Double.self)
            let resized =
                try await file.type("/\(group)/\(input)") == .uint8
                ? BaSiC.resize(try await file.plane("/\(group)/\(input)", as: UInt8.self), height: expected.height, width: expected.width)
                : BaSiC.resize(try await file.plane("/\(group)/\(input)", as: Double.self), height: expected.height, width: expected.width)
            report.absolute("\(name) \(input)", resized.pixels, expected.pixels, tolerance: 1e-4)
        }
    }

    private func sampled(_ plane: Plane<Double>, every step: Int) -> [Double] {
        guard step > 1 else { return plane.pixels }
        var values: [Double] = []
        for y in stride(from: 0, to: plane.height, by: step) {
            for x in stride(from: 0, to: plane.width, by: step) { values.append(plane[y, x]) }
        }
        return values
    }
}

extension String {
    /// What stands before the first `separator`, or nil where there is none.
    func components(before separator: String) -> String? {
        range(of: separator).map { String(self[..<$0.lowerBound]) }
    }
}
