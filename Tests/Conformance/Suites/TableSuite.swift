import Foundation
import IDRFiles
import IDRPlan
import IDRTables

/// The table that IDR_stream and pycytominer write of a batch: equal bytes for equal features.
struct TableSuite {
    let report: Report
    let folder: String

    /// Checks the table beside the file, if the file holds a batch (an index and images); false otherwise.
    func check(_ file: FixtureFile, _ groups: [FixtureGroup]) async throws -> Bool {
        let root = groups[0]
        guard let index = try await root.text("index_csv") else { return false }
        let stem = String(file.name.dropLast(3))
        let tables = files(in: folder, ending: ".csv.gz").filter {
            let name = URL(fileURLWithPath: $0).lastPathComponent.dropLast(7)
            return name == stem || name.hasPrefix(stem + "_batch_")
        }
        for path in tables {
            await report.section(URL(fileURLWithPath: path).lastPathComponent) { try await checkTable(path, root, groups, index) }
        }
        return !tables.isEmpty
    }

    private func checkTable(_ path: String, _ root: FixtureGroup, _ groups: [FixtureGroup], _ index: String) async throws {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let rows = try CSVRows.all(index.utf8, called: "index_csv of \(root.name)").dropFirst()
        var images: [ImageProfile] = []
        var featureCount = 0
        var inFile: [FixtureGroup] = []
        for group in groups.dropFirst() where try await group.text("locations_csv") != nil { inFile.append(group) }
        guard inFile.count == rows.count else { throw IDRError(.invalidInput, "the index has \(rows.count) rows for \(inFile.count) images") }
        for (group, row) in zip(inFile, rows) {
            let locations = try NucleusLocations(csv: (try await group.text("locations_csv") ?? "").utf8, reading: .pandas)
            let features: [Float]? = group.has("features") ? try await group.values("features") : nil
            if group.has("features") { featureCount = try await group.shape("features")[1] }
            let ids = ImageProfile.cellIDs(image: row[4], labels: (0..<locations.count).map { Int32($0 + 1) })
            images.append(ImageProfile(index: row, locations: locations, cellIDs: ids, features: features))
        }
        let hasOutlines = try await root.text("extra_metadata")?.contains("object_outlines") == true
        let table = try ProfileTable(images, schema: ProfileSchema(featureCount: featureCount, hasOutlines: hasOutlines), compat: true)
        let expected = try Gzip.decompress(file: path, limit: 1 << 30)
        report.exact("\(name) text", try table.csv(), expected) { $0 &+ 1 }
        try checkHeader(of: table, name, path)
    }

    /// The archive's header: method, flags, time, the member's name. The compressed bytes depend on zlib's version.
    private func checkHeader(of table: ProfileTable, _ name: String, _ path: String) throws {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count > 18, bytes[bytes.startIndex + 3] == 8 else {
            throw IDRError(.invalidInput, "\(name) does not name its member")
        }
        let length = 10 + (bytes.dropFirst(10).firstIndex(of: 0) ?? 10) - 10 + 1
        let member = String(decoding: bytes.dropFirst(10).prefix(length - 11), as: UTF8.self)
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("conformance-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let file = scratch.appendingPathComponent(member + ".gz").path
        try table.writeCSV(to: file)
        let ours = FileManager.default.contents(atPath: file) ?? Data()
        report.exact("\(name) header", Array(ours.prefix(length)), Array(bytes.prefix(length))) { $0 &+ 1 }
    }
}
