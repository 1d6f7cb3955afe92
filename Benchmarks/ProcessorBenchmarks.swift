import Foundation
import IDRComparison
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport

/// What another processor makes of the same images: the limits of `TOLERANCE` for nuclei with other outlines come from here.
/// `RECORDS=folder` keeps the runs; started once more on another processor (or with instruction sets hidden, Tools/mask_cpuid.c), `AGAINST=folder`
/// names those of the first. Without `RECORDS` nothing is run.
enum ProcessorBenchmarks {
    /// The example's four quadrants of each of these frames.
    private static let frames = Array(2...19)

    static func run() async throws -> [Measurement] {
        let variables = ProcessInfo.processInfo.environment
        guard let folder = variables["RECORDS"] else { return [] }
        var measurements: [Measurement] = []
        for precision in [Precision.float32, .int8] {
            var seen = Seen()
            for frame in frames {
                let name = "\(precision.rawValue)-\(frame)"
                try await run(frame, precision, output: "\(folder)/\(name)")
                if let against = variables["AGAINST"] { try seen.compare("\(against)/\(name)", with: "\(folder)/\(name)") }
            }
            measurements += seen.measurements(precision.rawValue)
        }
        return measurements
    }

    private static func run(_ frame: Int, _ precision: Precision, output: String) async throws {
        var options = RunOptions()
        (options.output, options.stages, options.isQuiet) = (output, .off, true)
        let mirror = RealFrames.checkout.appending(path: "example_files").path
        _ = try await screen("idr0013A", mirror: mirror).controls().frame(frame).correct()
            .segment(diameter: .perImage, precision: precision).profile().run(batchSize: 4, options: options)
    }

    /// What was found between two processors.
    private struct Seen {
        private var (nuclei, images, others, broken) = (0, 0, 0, 0)
        private var (cosines, shifts, times): ([Double], [Double], [Double]) = ([], [], [])
        private var classes: [AgreementClass] = []
        private var sets: Set<String> = []

        mutating func compare(_ first: String, with second: String) throws {
            let (record, rerun) = (try RecordFolder(reading: first), try RecordFolder(reading: second))
            sets.formUnion([record, rerun].map { (try? $0.environment(of: 0).instructionSets.joined(separator: " ")) ?? "unknown" })
            let comparison = try BatchComparison(original: record, rerun: rerun, batch: 0, declared: .tolerance)
            (nuclei, images) = (nuclei + comparison.cells, images + comparison.images)
            classes.append(comparison.reached)
            guard let difference = comparison.difference else { return }
            broken += difference.cellsOnlyInRecord + difference.cellsOnlyInRerun
            for cell in difference.reshapedCells ?? [] {
                others += 1
                cosines.append(cell.cosine ?? 0)
                shifts.append(cell.shift)
            }
            times += difference.worstFeatures.prefix(1).map(\.timesTolerance)
            for line in comparison.reasons + comparison.notes { print("\(first): \(line)") }
        }

        func measurements(_ precision: String) -> [Measurement] {
            guard images > 0 else { return [] }
            let how = "\(images) quadrants, \(nuclei) nuclei, \(precision); \(sets.sorted().joined(separator: " against "))"
            return [
                Measurement(name: "nuclei beyond the tolerance with other outlines", value: Double(others), unit: "", how: how),
                Measurement(name: "nuclei on one side only", value: Double(broken), unit: "", how: how),
                Measurement(name: "smallest cosine of theirs", value: cosines.min() ?? 1, unit: "", how: "features, \(others) nuclei"),
                Measurement(name: "farthest that a centre moved", value: shifts.max() ?? 0, unit: "pixels", how: "\(others) nuclei"),
                Measurement(name: "largest difference of features", value: times.max() ?? 0, unit: "tolerances", how: how),
                Measurement(name: "batches with the same bits", value: Double(classes.count { $0 == .bit }), unit: "", how: "of \(classes.count)"),
                Measurement(
                    name: "batches within the tolerance", value: Double(classes.count { $0 <= .tolerance }), unit: "",
                    how: "of \(classes.count), with the limits of this version"),
            ]
        }
    }
}
