import Foundation
import IDRHDF5
import IDRImaging
import IDRPlan

/// PyBaSiC: stacks and their fits, a stack corrected with another's penalties, the rule of context frames, and resizing.
struct IlluminationSuite {
    let report: Report

    /// Tolerances of the fixtures' MANIFEST.
    private enum Tolerance {
        /// Grey levels; stored as float32.
        static let resized = 1e-4
        /// Unchanged by a relative noise of 1e-9 on the input.
        static let penalty = 1e-10
        /// Of the field's largest magnitude.
        static let workingField = 1e-5
        static let flatfield = 1e-6
        static let darkfield = 1e-5
        static let baseline = 1e-6
        /// Of the largest intensity: the flatfield's and darkfield's errors together, stored as float32.
        static let intensity = 1e-5
        /// Share of pixels that may differ, by one grey level, where ×255 is truncated.
        static let truncated = 1e-4
    }

    /// Checks `group` if its layout is one of these; false otherwise.
    func check(_ group: FixtureGroup) async throws -> Bool {
        if group.has("images") {
            await report.section(group.name) { try await checkStack(group) }
        } else if group.has("corrected_uint8", "flatfield") {
            await report.section(group.name) { try await checkHeldPenalties(group) }
        } else if let table = try await contextTable(of: group) {
            await report.section("\(group.name) \(table)") { try await checkContext(group, table) }
        } else if !group.datasets.isEmpty && group.datasets.allSatisfy({ $0.hasSuffix("_in") || $0.hasSuffix("_out") }) {
            await report.section(group.name) { try await checkResizing(group) }
        } else {
            return false
        }
        return true
    }

    private func checkStack(_ group: FixtureGroup) async throws {
        let images: [Plane<UInt8>] = try await group.planes("images")
        let fit = try BaSiC.fit(images)
        guard group.has("flatfield") else {
            // The original never ends on these; what must hold instead is said in the file.
            report.holds("\(group.name) is reported as degenerate", !fit.status.isUsable)
            report.exact("\(group.name) is returned unchanged", try BaSiC.correct(images, with: fit).flatMap(\.pixels), images.flatMap(\.pixels)) {
                $0 &+ 1
            }
            return
        }
        for (attribute, value) in [("lambda_flatfield", fit.penalties?.flatfield), ("lambda_darkfield", fit.penalties?.darkfield)] {
            guard let expected = try await group.number(attribute) else { continue }
            report.relative("\(group.name) \(attribute)", [value ?? .nan], [expected], tolerance: Tolerance.penalty)
        }
        if let rounds = try await group.number("n_reweight") { report.exact("\(group.name) n_reweight", [fit.reweightings], [Int(rounds)]) }
        try await checkWorkingStack(of: images, group)
        try await checkFirstRound(of: images, group)
        try await checkFit(fit, of: images, group)
    }

    /// The published process kept the first movie's penalties: `A_after_B` is stack A with those of B, which its attributes repeat.
    private func checkHeldPenalties(_ group: FixtureGroup) async throws {
        let names = group.lastPart.components(separatedBy: "_after_")
        guard names.count == 2, let flatfield = try await group.number("lambda_flatfield"),
            let darkfield = try await group.number("lambda_darkfield")
        else { throw IDRError(.invalidInput, "it is not said which stack and which penalties this was computed from") }
        let parent = group.path.dropLast(group.lastPart.count)
        let source = FixtureGroup(file: group.file, path: parent + names[0])
        let images: [Plane<UInt8>] = try await source.planes("images")
        let fit = try BaSiC.fit(images, penalties: BaSiC.Penalties(flatfield: flatfield, darkfield: darkfield))
        try await checkFit(fit, of: images, group)
    }

    private func checkWorkingStack(of images: [Plane<UInt8>], _ group: FixtureGroup) async throws {
        guard group.has("working_stack_sorted") else { return }
        let expected: [Plane<Double>] = try await group.planes("working_stack_sorted")
        var sorted = BaSiC.sortedAlongFrames(try BaSiC.workingStack(images))
        // Of a longer stack the file keeps the first and the last plane.
        if expected.count == 2 && sorted.count > 2 { sorted = [sorted[0], sorted[sorted.count - 1]] }
        report.absolute("\(group.name) working_stack_sorted", sorted.flatMap(\.pixels), expected.flatMap(\.pixels), tolerance: Tolerance.resized)
    }

    private func checkFirstRound(of images: [Plane<UInt8>], _ group: FixtureGroup) async throws {
        guard group.has("shading128_first") else { return }
        var settings = BaSiC.Settings.published
        settings.reweightingLimit = 1
        try await checkWorkingFields(of: BaSiC.fit(images, settings: settings), group, round: "first")
    }

    private func checkWorkingFields(of fit: BaSiC.Fit, _ group: FixtureGroup, round: String) async throws {
        for (field, plane) in [("shading128", fit.workingShading), ("darkfield128", fit.workingDarkfield)] where group.has("\(field)_\(round)") {
            let expected: [Double] = try await group.values("\(field)_\(round)")
            report.absolute("\(group.name) \(field)_\(round)", plane.pixels, expected, tolerance: Tolerance.workingField * magnitude(of: expected))
        }
    }

    private func checkFit(_ fit: BaSiC.Fit, of images: [Plane<UInt8>], _ group: FixtureGroup) async throws {
        report.exact(
            "\(group.name) alm_iterations", fit.decompositionIterations, try await group.values("alm_iterations", as: Int32.self).map(Int.init))
        try await checkWorkingFields(of: fit, group, round: "final")
        for (field, plane, tolerance) in [
            ("flatfield", fit.flatfield, Tolerance.flatfield), ("darkfield", fit.darkfield, Tolerance.darkfield),
        ] {
            let computed = sampled(plane, every: try await step(of: field, in: group))
            report.absolute("\(group.name) \(field)", computed, try await group.values(field), tolerance: tolerance)
        }
        report.absolute("\(group.name) baseline", fit.baseline, try await group.values("baseline"), tolerance: Tolerance.baseline)
        if group.has("corrected_float_frame0") {
            let computed = try BaSiC.correctedIntensities(images, with: fit, keeping: [0])[0]
            let expected: [Double] = try await group.values("corrected_float_frame0")
            report.absolute(
                "\(group.name) corrected_float_frame0", sampled(computed, every: try await step(of: "corrected_float_frame0", in: group)), expected,
                tolerance: Tolerance.intensity * magnitude(of: expected))
        }
        let kept = try await group.numbers("frames", of: "corrected_uint8")?.map { Int($0) }
        let corrected = try BaSiC.correct(images, with: fit, keeping: kept).flatMap(\.pixels)
        let expected: [UInt8] = try await group.values("corrected_uint8")
        report.mismatches("\(group.name) corrected_uint8 share", corrected, expected, tolerance: Tolerance.truncated) { $0 &+ 1 }
        report.absolute("\(group.name) corrected_uint8 step", corrected.map(Double.init), expected.map(Double.init), tolerance: 1)
    }

    /// A dataset may keep every n-th row and column of every m-th.
    private func step(of dataset: String, in group: FixtureGroup) async throws -> Int {
        Int(try await group.number("flat_stride") ?? 1) * Int(try await group.number("stride", of: dataset) ?? 1)
    }

    private func sampled(_ plane: Plane<Double>, every step: Int) -> [Double] {
        stride(from: 0, to: plane.height, by: step).flatMap { y in stride(from: 0, to: plane.width, by: step).map { plane[y, $0] } }
    }

    private func magnitude(of values: [Double]) -> Double { values.reduce(0) { max($0, abs($1)) } }

    private func checkResizing(_ group: FixtureGroup) async throws {
        for output in group.datasets.sorted() where output.hasSuffix("_out") {
            let input = String(output.dropLast(4)) + "_in"
            guard group.has(input) else { continue }
            let expected: Plane<Double> = try await group.plane(output)
            let resized =
                try await group.type(input) == .uint8
                ? BaSiC.resize(try await group.plane(input, as: UInt8.self), height: expected.height, width: expected.width)
                : BaSiC.resize(try await group.plane(input, as: Double.self), height: expected.height, width: expected.width)
            report.absolute("\(group.name) \(output)", resized.pixels, expected.pixels, tolerance: Tolerance.resized)
        }
    }
}

/// Which frames the published pipeline reads around a wanted one.
extension IlluminationSuite {
    /// The name of the table of context frames in `group`, if it has one.
    private func contextTable(of group: FixtureGroup) async throws -> String? {
        for dataset in group.datasets.sorted() {
            let members = try await group.members(of: dataset)
            if members.contains("frame_num") && members.contains("n_frames") { return dataset }
        }
        return nil
    }

    /// A row is a wish: the movie's frames, the wanted frame (1-based), the frames read and the one returned (0-based), or an exception.
    ///
    /// Two kinds of rows differ on purpose. A frame that does not exist is an error here that says the valid range (the original raises, or
    /// returns another frame). Where a movie is too short for the rule, the original raises, and here the frames that exist are used.
    private func checkContext(_ group: FixtureGroup, _ table: String) async throws {
        let counts = try await group.values(table, member: "n_frames", as: Int64.self).map(Int.init)
        let wanted = try await group.values(table, member: "frame_num", as: Int64.self).map(Int.init)
        let returned = try await group.values(table, member: "returned_0based", as: Int64.self).map(Int.init)
        let context = try await group.strings(table, member: "context_0based")
        let exceptions = try await group.strings(table, member: "exception")
        for row in counts.indices {
            let (count, frame) = (counts[row], wanted[row])
            let name = "\(group.name) \(table) frame \(frame) of \(count)"
            guard frame >= 1, frame <= count else {
                let reason = context[row].isEmpty ? "raises as the original" : "is refused"
                report.holds("\(name) \(reason) and the valid range is said", refusal(frame, count).contains(Self.range(count)))
                continue
            }
            let found = try BaSiC.contextFrames(frame: frame, count: count)
            let kept = found.kept.map { found.frames.lowerBound - 1 + $0 }
            if exceptions[row].isEmpty {
                let frames = context[row].split(separator: " ").compactMap { Int($0) }
                report.exact("\(name) context", found.frames.map { $0 - 1 }, frames)
                report.exact("\(name) returned", kept, [returned[row]])
            } else {
                report.exact("\(name) uses the frames there are", found.frames.map(\.self), Array(1...count))
                report.exact("\(name) returns the wanted frame", kept, [frame - 1])
            }
        }
    }

    /// The frames of a movie of `count` as the program's message says them.
    private static func range(_ count: Int) -> String {
        switch count {
        case 0: "the movie has no frames"
        case 1: "the movie has one frame, frame 1"
        default: "valid frames are 1...\(count)"
        }
    }

    private func refusal(_ frame: Int, _ count: Int) -> String {
        do {
            _ = try BaSiC.contextFrames(frame: frame, count: count)
            return ""
        } catch { return error.reason ?? error.problem }
    }
}
