import Foundation
import IDRComparison
import IDRCrate
import IDRFiles
import IDRPlan
import IDRRecord
import IDRTables
import TestSupport

/// A run of one batch whose table a test writes down: two wells, `SAMPLE_01/A1` and `A2`, with the cells that are given.
struct SmallRun {
    struct Cell {
        var label: Int32
        var x: Double
        var y: Double
        var features: [Float]
    }

    var sample: SampleRecord
    /// Of each well.
    var wells: [[Cell]]
    var model = "net"
    var gene = "GENE1"
    /// Added to the record's `kept` and outputs, name to content.
    var kept: [String: String] = [:]
    /// Of the table's file: false leaves it out, as a published record does.
    var hasTables = true
    /// Stands in the digest of the crops.
    var crops = "crops"
    var edit: (inout BatchRecord) -> Void = { _ in }

    init() {
        sample = SampleRecord()
        sample.batches = 1
        wells = [
            (1...3).map { Cell(label: $0, x: Double($0) * 40, y: 25.5, features: [0.5, Float($0), 0, -2]) },
            (1...2).map { Cell(label: $0, x: Double($0) * 50, y: 80, features: [0.25, 1, Float($0), -4]) },
        ]
    }

    /// Writes the run to a new folder.
    func write(to folder: String) async throws -> RecordFolder {
        try await sample.write(to: folder)
        let run = try RecordFolder(reading: folder)
        let batch = run.folder(of: 0)
        for name in ["batch_0.csv.gz", "batch_0.h5ad"] { try FileManager.default.removeItem(atPath: "\(batch)/\(name)") }
        let table = try table(run.plan)
        var record = try run.batch(0)
        let content = try table.writeCSV(to: "\(batch)/batch_0.csv.gz")
        let file = try ContentFile(file: "\(batch)/batch_0.csv.gz", name: "batch_0.csv.gz")
        record.outputs = [OutputRecord(file: file, contentSHA256: content)]
        for (name, text) in kept {
            record.outputs.append(OutputRecord(file: ContentFile(name: name, bytes: text.utf8.count, sha256: try SHA256.digest(of: text))))
        }
        record.kept = kept.isEmpty ? [] : ["masks"]
        for (index, cells) in wells.enumerated() {
            record.images[index].cells = cells.count
            record.images[index].digests[.labels] = try SHA256.digest(of: "\(cells.map(\.label))")
            record.images[index].digests[.locations] = try SHA256.digest(of: "\(cells.map(\.x)) \(cells.map(\.y))")
            record.images[index].digests[.crops] = try SHA256.digest(of: "\(crops) \(cells.map(\.x))")
            record.images[index].digests[.features] = try SHA256.digest(ofValues: cells.flatMap(\.features))
        }
        edit(&record)
        try Fingerprint(table).write(to: batch)
        try AtomicFile.write(CanonicalJSON.encode(record), to: "\(batch)/record.json")
        if !hasTables { try FileManager.default.removeItem(atPath: "\(batch)/batch_0.csv.gz") }
        try Manifest(of: batch).write(to: batch)
        return run
    }

    private func table(_ plan: ResolvedPlan) throws -> ProfileTable {
        let count = wells.joined().first?.features.count ?? 4
        let images = zip(plan.wells, wells).map { well, cells in
            let stem = "\(well.plate)_\(well.wellNumber)_18"
            return ImageProfile(
                index: [well.plate, "\(well.wellNumber)_18", "1", "sample", "\(stem).tif", gene, "1"],
                locations: NucleusLocations(x: cells.map(\.x), y: cells.map(\.y)),
                cellIDs: ImageProfile.cellIDs(image: stem, labels: cells.map(\.label)),
                features: cells.isEmpty ? nil : cells.flatMap(\.features))
        }
        return try ProfileTable(images, schema: ProfileSchema(model: model, featureCount: count))
    }
}

/// A record and a rerun of it, in a scratch folder of their own.
struct ComparedRuns {
    let scratch: ScratchFolder
    let record: RecordFolder
    let rerun: RecordFolder

    /// Of the small run as it is.
    init(_ rerun: SmallRun) async throws { try await self.init(SmallRun(), rerun) }

    init(_ record: SmallRun, _ rerun: SmallRun) async throws {
        scratch = try ScratchFolder()
        self.record = try await record.write(to: scratch("record"))
        self.rerun = try await rerun.write(to: scratch("rerun"))
    }

    func compare(_ declared: AgreementClass = .bit) throws -> BatchComparison {
        try BatchComparison(original: record, rerun: rerun, batch: 0, declared: declared)
    }
}
