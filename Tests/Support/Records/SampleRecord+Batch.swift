import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
package import IDRPlan
package import IDRRecord
import IDRTables

/// What one batch of a sample holds.
extension SampleRecord {
    /// The record of batch `number`, before its outputs are known.
    package func batch(_ number: Int, failure: IDRError? = nil) throws -> BatchRecord {
        let began = SampleRecord.began.addingTimeInterval(Double(number) * 60)
        let seconds: [(stage: String, from: Double, to: Double)] = [
            ("fetch", 0, 3), ("correct", 3, 10), ("segment", 10, 40), ("profile", 40, 55), ("write", 55, 56),
        ]
        let done = failure == nil ? seconds : Array(seconds.prefix(1))
        let stages = done.map { stage in
            StageTiming(
                stage: stage.stage, startedAt: began.addingTimeInterval(stage.from), finishedAt: began.addingTimeInterval(stage.to),
                wallSeconds: stage.to - stage.from, cpuSeconds: stage.stage == "fetch" ? 0 : 0.9 * (stage.to - stage.from))
        }
        var record = BatchRecord(
            run: try identity(), batch: number, startedAt: began, finishedAt: began.addingTimeInterval(failure == nil ? 57 : 4),
            images: failure == nil ? try wells(of: number).map { try image(of: $0, in: number) } : [], outputs: [], kept: [], stages: stages,
            peakMemoryBytes: 229_658_624, threads: 2, environment: try SHA256.digest(of: CanonicalJSON.encode(environment)),
            catalog: resolved.tables.map {
                CatalogRecord(file: $0, address: "https://idr.example.org/tables/\($0.name)", fetchedAt: SampleRecord.began)
            },
            warnings: warnings, failure: failure)
        edit(&record)
        return record
    }

    private func wells(of batch: Int) -> ArraySlice<WellReference> {
        resolved.wells[batch * wellsPerBatch..<(batch + 1) * wellsPerBatch]
    }

    private func image(of well: WellReference, in batch: Int) throws -> ImageRecord {
        let cells = empty.contains(batch) ? 0 : cellsPerWell
        func digest(_ what: String) throws -> Digest {
            try SHA256.digest(of: "\(what) of \(well.plate) \(well.well) \(well.wellNumber), seed \(seed)")
        }
        var digests = StageDigests()
        digests[.frames, channel: 1] = try digest("frame")
        for artifact in [Artifact.labels, .locations, .crops, .features] { digests[artifact] = try digest(artifact.id) }
        let correction = CorrectionRecord(status: "converged", flatfieldPenalty: 3.5, darkfieldPenalty: 0.7, reweightings: 7)
        return ImageRecord(
            plate: well.plate, well: well.well, field: 1, frame: plan.frames.first ?? 1, input: try input(of: well),
            channels: [ChannelRecord(number: 1, name: "chromatin", isSegmented: true, isProfiled: true, correction: correction)],
            segmentation: SegmentationRecord(diameter: 27.5, diameterSource: "given", found: cells + 1, kept: cells), cells: cells, undefinedCells: 0,
            digests: digests)
    }

    /// What came in does not depend on the seed: it is the same study.
    private func input(of well: WellReference) throws -> InputRecord {
        let path = "study/\(well.plate)/hdf5/\(String(format: "%05d", well.wellNumber))_01.ch5"
        let planes = try (0..<3).map { offset in
            let pixels = Plane(height: 1, width: path.utf8.count + 1, pixels: Array(path.utf8) + [UInt8(offset)])
            return try PlaneDigest(.uint8(pixels), index: PlaneIndex(frame: 18 + offset))
        }
        let address = source == .mirror ? path : "https://idr.example.org/files/\(path)"
        let files = source == .cellH5 ? [] : [ContentFile(name: path, bytes: 1_287_765, sha256: try SHA256.digest(of: path))]
        var transfer = TransferCounts()
        if source != .mirror { (transfer.requests, transfer.bytes) = (3, 450_000) }
        return InputRecord(
            source: source.rawValue, location: address, files: files, length: source == .cellH5 ? 139_000_000 : nil,
            entityTag: source == .cellH5 ? "\"5f3a-1\"" : nil, planes: planes, transfer: transfer)
    }

    /// The tables of batch `number`.
    func table(_ number: Int) throws -> ProfileTable {
        let images = wells(of: number).map { well in
            let cells = empty.contains(number) ? 0 : cellsPerWell
            var generator = SeededGenerator(seed: UInt64(seed * 10_000 + well.wellNumber))
            let image = "\(well.plate)_\(well.wellNumber)_\(plan.frames.first ?? 1)"
            return ImageProfile(
                index: [well.plate, "\(well.wellNumber)", "1", "sample", "\(image).png", well.gene, "1"],
                locations: NucleusLocations(
                    x: (0..<cells).map { _ in Double.random(in: 0..<512, using: &generator) },
                    y: (0..<cells).map { _ in Double.random(in: 0..<512, using: &generator) }),
                cellIDs: ImageProfile.cellIDs(image: image, labels: (0..<cells).map { Int32($0 + 1) }),
                features: cells == 0 ? nil : (0..<cells * featureCount).map { _ in Float.random(in: -1..<1, using: &generator) })
        }
        return try ProfileTable(images, schema: ProfileSchema(featureCount: featureCount))
    }
}
