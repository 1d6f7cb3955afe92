import Foundation
import IDRComparison
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport

/// What another processor makes of the same images: the limits of `TOLERANCE` for nuclei with other outlines come from here.
/// `RECORDS=folder` keeps the runs; started once more on another processor (or under an emulator of one), `AGAINST=folder` names those of the first.
/// Without `RECORDS` nothing is run.
enum ProcessorBenchmarks {
    /// The example's four quadrants of each of these frames.
    private static let frames = [2, 6, 10, 14, 18]

    static func run() async throws -> [Measurement] {
        let variables = ProcessInfo.processInfo.environment
        guard let folder = variables["RECORDS"] else { return [] }
        var (nuclei, images, others, broken) = (0, 0, 0, 0)
        var (cosines, shifts, times): ([Double], [Double], [Double]) = ([], [], [])
        var classes: [AgreementClass] = []
        var sets: Set<String> = []
        for frame in frames {
            var options = RunOptions()
            options.output = "\(folder)/\(frame)"
            options.stages = .off
            let mirror = RealFrames.checkout.appending(path: "example_files").path
            _ = try await screen("idr0013A", mirror: mirror).controls().frame(frame).correct().segment(diameter: .perImage).profile()
                .run(batchSize: 4, options: options)
            guard let against = variables["AGAINST"] else { continue }
            let (record, rerun) = (try RecordFolder(reading: "\(against)/\(frame)"), try RecordFolder(reading: "\(folder)/\(frame)"))
            sets.formUnion([record, rerun].map { (try? $0.environment(of: 0).instructionSets.joined(separator: " ")) ?? "unknown" })
            let comparison = try BatchComparison(original: record, rerun: rerun, batch: 0, declared: .tolerance)
            (nuclei, images) = (nuclei + comparison.cells, images + comparison.images)
            classes.append(comparison.reached)
            guard let difference = comparison.difference else { continue }
            broken += difference.cellsOnlyInRecord + difference.cellsOnlyInRerun
            for cell in difference.reshapedCells ?? [] {
                others += 1
                cosines.append(cell.cosine ?? 0)
                shifts.append(cell.shift)
            }
            times += difference.worstFeatures.prefix(1).map(\.timesTolerance)
            print((comparison.reasons + comparison.notes).map { "frame \(frame): \($0)" }.joined(separator: "\n"))
        }
        guard images > 0 else { return [] }
        let how = "\(images) quadrants, \(nuclei) nuclei; \(sets.sorted().joined(separator: " against "))"
        return [
            Measurement(name: "nuclei beyond the tolerance with other outlines", value: Double(others), unit: "", how: how),
            Measurement(name: "nuclei on one side only", value: Double(broken), unit: "", how: how),
            Measurement(name: "smallest cosine of theirs", value: cosines.min() ?? 1, unit: "", how: "features, \(others) nuclei"),
            Measurement(name: "farthest that a centre moved", value: shifts.max() ?? 0, unit: "pixels", how: "\(others) nuclei"),
            Measurement(name: "largest difference of features", value: times.max() ?? 0, unit: "tolerances", how: how),
            Measurement(
                name: "batches within the tolerance", value: Double(classes.count { $0 <= .tolerance }), unit: "",
                how: "of \(classes.count), with the limits of this version"),
        ]
    }
}
