import IDRImaging
import IDRPlan

/// CellProfiler's measurements of the objects of one image: every column that IDRKit measures, against the original's.
struct MeasurementSuite {
    let report: Report

    /// Tolerance of the fixtures' MANIFEST: `|d| <= relative * |expected| + absolute`.
    private enum Tolerance {
        static let relative = 1e-5
        static let absolute = 1e-6
    }

    private static let mean = "Intensity_MeanIntensity_"

    /// Checks the file if its root holds an image, its objects and their features; false otherwise.
    func check(_ root: FixtureGroup) async throws -> Bool {
        guard root.has("image", "labels", "feature_names", "features") else { return false }
        await report.section(root.name) { try await checkFeatures(root) }
        return true
    }

    private func checkFeatures(_ root: FixtureGroup) async throws {
        let names = try await root.strings("feature_names")
        let features: [Double] = try await root.values("features")
        guard let channel = names.first(where: { $0.hasPrefix(Self.mean) })?.dropFirst(Self.mean.count) else {
            throw IDRError(.invalidInput, "the channel of \(root.name) has no name", because: "it has no column \(Self.mean)...")
        }
        let image = CellProfiler.Channel(String(channel), try await root.plane("image", as: UInt8.self))
        let measured = try CellProfiler.measure(try await root.labels("labels"), in: [image])
        // The originals' objects are 1...n.
        report.exact("\(root.name) objects", measured.labels.map(Int.init), Array(1..<features.count / max(1, names.count) + 1))
        report.exact("\(root.name) order of columns", measured.columnNames, names.filter(Set(measured.columnNames).contains)) { $0 + "?" }
        for column in measured.columns {
            guard let index = names.firstIndex(of: column.name) else {
                report.skip("\(root.name) \(column.name)", because: "the original did not measure it")
                continue
            }
            let expected = stride(from: index, to: features.count, by: names.count).map { features[$0] }
            report.within(
                "\(root.name) \(column.name), of the tolerance", column.values, expected, relative: Tolerance.relative,
                absolute: Tolerance.absolute)
        }
        let others = names.count { measured[$0] == nil }
        if others > 0 { report.skip("\(root.name) \(others) columns", because: "they are not measured") }
    }
}
