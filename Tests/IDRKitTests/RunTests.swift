import Foundation
import IDRFiles
import IDRFormats
import IDRHDF5
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import IDRTables
import TestSupport
import Testing

/// Whole runs on small movies: what they leave behind, and that it depends on nothing but the plan and the pixels.
@Suite(.serialized) struct RunTests {
    @Test func aRunLeavesTablesAndRecordsThatAgree() async throws {
        let small = try await SmallScreen()
        let run = try await small.pipeline.run(batchSize: 3, options: small.options { $0.keep = [.masks, .frames] })
        #expect(run.batches.map(\.batch) == [0, 1] && run.cellCount > 8)
        let cards = ["profiling", "segmentation"].map { "models/\($0)/MODEL_CARD.md" }
        #expect(
            small.scratch.files(below: "run").filter { !$0.contains("batch_") }
                == [".lock", "environment.json", "idr.lock", "journal.jsonl", "manifest.json"] + cards
                + ["notebook.json", "plan.json", "report.html", "ro-crate-metadata.json", "run.json", "script.swift"])
        let folder = try RecordFolder(reading: run.folder)
        #expect(folder.completeBatches == [0, 1] && folder.failedBatches == [] && Journal.isClosed(folder.journal))
        #expect(try folder.manifest().problems(in: run.folder) == [])
        #expect(try SHA256.digest(ofFile: small.scratch("run/plan.json")).hex == run.identity)
        for record in run.batches {
            #expect(record.run.hex == run.identity && record.failure == nil && record.kept == ["frames", "masks"])
            #expect(record.stages.map(\.stage) == ["fetch", "correct", "segment", "profile", "write"])
            #expect(record.peakMemoryBytes > 10_000_000 && record.threads == 2 && record.finishedAt >= record.startedAt)
            try whatItStoodOnIsRecorded(folder, record)
            for output in record.outputs {
                #expect(try SHA256.digest(ofFile: small.scratch("run/batch_\(record.batch)/\(output.name)")) == output.file.sha256)
            }
            for image in record.images {
                #expect(try SHA256.digest(ofFile: small.movie(image.well)) == image.input.files.first?.sha256)
                #expect(image.input.source == "mirror" && image.input.transfer == TransferCounts())
                #expect(
                    image.input.planes.map(\.index.frame) == [2, 3, 4] && image.segmentation.diameterSource == "given"
                        && image.cells == image.segmentation.kept)
            }
            let own = [
                "cells.csv", "environment.json", "idr.lock", "manifest.json", "record.json", "ro-crate-metadata.json", "script.swift", "wells.csv",
            ]
            #expect(Set(small.scratch.files(below: "run/batch_\(record.batch)")) == Set(record.outputs.map(\.name) + own))
        }
        try await everyRowHasItsNucleus(in: small, run)
    }

    /// What was said and signed of its digest still holds.
    @Test func aWholeRecordStaysAsItIs() async throws {
        let small = try await SmallScreen()
        _ = try await small.pipeline.run(batchSize: 2, options: small.options())
        // The report is no part of the record.
        func record() -> [String] { small.scratch.files(below: "run").filter { ![RecordLayout.report, RecordLayout.notebook].contains($0) } }
        let names = record()
        let before = try names.map { try small.scratch.bytes("run/\($0)") }
        let again = try await small.pipeline.run(batchSize: 2, options: small.options())
        #expect(again.cellCount > 8 && record() == names)
        #expect(try names.map { try small.scratch.bytes("run/\($0)") } == before)
        // One that is not begins again.
        try FileManager.default.removeItem(atPath: small.scratch("run/batch_1/cells.csv"))
        _ = try await small.pipeline.run(batchSize: 2, options: small.options())
        let record = try RecordFolder(reading: small.scratch("run"))
        #expect(record.journal.count { $0.event == .sessionBegan } == 2)
        #expect(try record.manifest().problems(in: record.path) == [])
    }

    private func whatItStoodOnIsRecorded(_ folder: RecordFolder, _ record: BatchRecord) throws {
        let environment = try folder.environment(of: record.batch)
        #expect(try SHA256.digest(of: CanonicalJSON.encode(environment)) == record.environment)
        let libraries = environment.libraries.map(\.name)
        for name in ["libc.so", "libcrypto", "libcurl", "libhdf5", "libm.so", "libonnxruntime", "libopenblas", "libswiftCore", "libz.so"] {
            #expect(libraries.contains { $0.hasPrefix(name) }, "\(name) in \(libraries)")
        }
        #expect(!environment.openBLASCore.isEmpty && environment.openBLASCore != "unknown" && !environment.instructionSets.isEmpty)
        #expect(try folder.lock() == environment.lock(models: folder.plan.models))
        let fingerprint = try folder.fingerprint(of: record.batch)
        #expect(fingerprint.cells.count == record.cells && fingerprint.wells.map(\.cells) == record.images.map(\.cells))
        #expect(Set(record.images.map(\.digests[.features])).count == record.images.count)
    }

    /// The cell id of the AnnData file joins a row to a label of the kept mask; the CSV has the same rows and no such column.
    private func everyRowHasItsNucleus(in small: SmallScreen, _ run: ProfileRun) async throws {
        for (record, table) in zip(run.batches, run.tables) {
            let text = String(decoding: try Gzip.decompress(file: table, limit: 1 << 24), as: UTF8.self)
            let rows = text.split(separator: "\n")
            let cells = record.images.reduce(0) { $0 + $1.cells }
            #expect(rows.count == cells + 1 && !rows[0].lowercased().contains("cell_id"))
            let file = small.scratch("run/batch_\(record.batch)/batch_\(record.batch).h5ad")
            let reader = try await HDF5Reader(file)
            let (ids, identity) = (try await reader.readStrings("/obs/_index"), try await reader.readStrings("/uns/idrkit/run"))
            #expect(ids.count == cells && Set(ids).count == cells && identity == [run.identity])
            for image in record.images {
                let stem = "P_1_\(ScratchMirror.number(of: image.well))_2"
                let path = small.scratch("run/batch_\(record.batch)/\(stem)_masks.tif")
                let labels = Set(try TIFFReader.read(path).labels().pixels.filter { $0 > 0 }.map { "\(stem)#\($0)" })
                #expect(Set(ids.filter { $0.hasPrefix(stem + "#") }) == labels && labels.count == image.cells)
            }
        }
    }

    @Test func theBytesDependOnNeitherThreadsNorFolderNorOrder() async throws {
        let small = try await SmallScreen()
        _ = try await small.pipeline.run(batchSize: 2, options: small.options("a") { $0.threads = 1 })
        _ = try await small.pipeline.run(batchSize: 2, options: small.options("b") { $0.threads = 4 })
        let expected = try small.contents(of: "a")
        #expect(expected.keys.contains("batch_1/batch_1.h5ad"))
        #expect(try small.contents(of: "b") == expected)
        // One batch alone, the last first, then the rest: and from a mirror in another place.
        try FileManager.default.copyItem(atPath: small.mirror, toPath: small.scratch("elsewhere"))
        for batches in [[1], [0]] {
            let options = small.options("c") {
                $0.batches = batches
                $0.access = Access(mirror: small.scratch("elsewhere"))
            }
            _ = try await small.pipeline.run(batchSize: 2, options: options)
        }
        #expect(try small.contents(of: "c") == expected)
    }

    @Test func batchSizeCutsTheTablesAndChangesNoRow() async throws {
        let small = try await SmallScreen()
        func rows(_ batchSize: Int) async throws -> [Substring] {
            let run = try await small.pipeline.run(batchSize: batchSize, options: small.options("size\(batchSize)"))
            return try run.tables.flatMap { table in
                String(decoding: try Gzip.decompress(file: table, limit: 1 << 24), as: UTF8.self).split(separator: "\n").dropFirst()
                    .map { $0.drop { $0 != "," } }
            }
        }
        let whole = try await rows(4)
        #expect(whole.count > 8)
        #expect(try await rows(1) == whole)
    }

    /// One diameter a plate, in a step of its own; `compat` takes the first movie's penalties and a diameter for every image.
    @Test(arguments: [Behaviour.standard, .compat])
    func sharedValuesAreAFunctionOfThePlanAlone(behaviour: Behaviour) async throws {
        let small = try await SmallScreen()
        let pipeline = screen("idr0013A", mirror: small.mirror).controls().frame(2).correct(behaviour).segment(behaviour).profile(behaviour)
        let whole = try await pipeline.run(batchSize: 2, options: small.options("a"))
        for batches in [[1], [0]] { _ = try await pipeline.run(batchSize: 2, options: small.options("b") { $0.batches = batches }) }
        #expect(try small.contents(of: "a") == small.contents(of: "b"))
        let shared = small.scratch.files(below: "a/shared")
        #expect(shared == (behaviour == .standard ? ["diameter-P_1.json"] : ["illumination-penalties.json"]))
        let sources = Set(whole.batches.flatMap { $0.images.map(\.segmentation.diameterSource) })
        #expect(sources == [behaviour == .standard ? "plate" : "image"])
        let penalties = Set(whole.batches.flatMap { $0.images.flatMap(\.channels).compactMap { $0.correction?.flatfieldPenalty } })
        #expect(penalties.count == (behaviour == .standard ? 4 : 1))
        #expect(whole.batches.flatMap(\.warnings) == [])
    }

    @Test func completeBatchesAreSkippedAndDamagedOnesRedone() async throws {
        let small = try await SmallScreen()
        let first = try await small.pipeline.run(batchSize: 2, options: small.options { $0.batches = [0] })
        let again = try await small.pipeline.run(batchSize: 2, options: small.options())
        #expect(again.batches.count == 2)
        let record = try SHA256.digest(ofFile: small.scratch("run/batch_0/record.json")).hex
        // A changed byte, or files that are to be kept now, make a batch incomplete.
        let expected = try small.contents(of: "run")
        try Data("other".utf8).write(to: URL(fileURLWithPath: small.scratch("run/batch_1/batch_1.csv.gz")))
        let repaired = try await small.pipeline.run(batchSize: 2, options: small.options())
        #expect(repaired.batches[0].startedAt == first.batches[0].startedAt && repaired.batches[1].outputs == again.batches[1].outputs)
        #expect(try SHA256.digest(ofFile: small.scratch("run/batch_0/record.json")).hex == record)
        #expect(try small.contents(of: "run") == expected)
        let kept = try await small.pipeline.run(batchSize: 2, options: small.options { $0.keep = [.masks] })
        #expect(kept.batches.allSatisfy { $0.outputs.contains { $0.name.hasSuffix("_masks.tif") } })
    }

    /// What a killed process leaves: staged files, and files that were being written.
    @Test func remainsOfAKilledRunAreSwept() async throws {
        let small = try await SmallScreen()
        let staged = small.scratch("run/.staging/batch_0")
        try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: small.scratch("run/shared"), withIntermediateDirectories: true)
        _ = try await small.pipeline.run(batchSize: 4, options: small.options("other"))
        for name in ["plan.json", "run.json"] {
            try FileManager.default.copyItem(atPath: small.scratch("other/\(name)"), toPath: small.scratch("run/\(name)"))
        }
        for name in ["run/.staging/batch_0/half.csv.gz", "run/.plan.json.77-0.partial", "run/shared/.diameter-P_1.json.77-0.partial"] {
            try Data("half".utf8).write(to: URL(fileURLWithPath: small.scratch(name)))
        }
        _ = try await small.pipeline.run(batchSize: 4, options: small.options())
        #expect(!small.scratch.files(below: "run").contains { $0.hasSuffix(".partial") || $0.contains("half") || $0.contains(".staging") })
        #expect(try small.contents(of: "run") == small.contents(of: "other"))
    }

    @Test func anImageWithoutNucleiIsAValidBatchOfNoRows() async throws {
        let small = try await SmallScreen()
        // Dim noise: BaSiC works on it, and nothing in it is a nucleus.
        for well in ["A2", "A3"] {
            let planes = (0..<4).map { frame in
                let pixels = (0..<96 * 96).map { (pixel: Int) -> UInt8 in UInt8(10 + (pixel * 7 + frame * 3) % 5) }
                return Plane(height: 96, width: 96, pixels: pixels)
            }
            try await small.writeMovie(well, planes: planes)
        }
        let run = try await small.pipeline.run(batchSize: 2, options: small.options())
        #expect(run.batches[0].images.map(\.cells) == [0, 0] && run.batches[1].images.allSatisfy { $0.cells > 0 })
        let text = String(decoding: try Gzip.decompress(file: run.tables[0], limit: 1 << 24), as: UTF8.self)
        let header = String(decoding: try Gzip.decompress(file: run.tables[1], limit: 1 << 24), as: UTF8.self).prefix { $0 != "\n" }
        #expect(text == header + "\n")
        #expect(run.batches[0].warnings.contains("P_1/A2 frame 2: no nuclei were found"))
        let shape = try await HDF5Reader(small.scratch("run/batch_0/batch_0.h5ad")).info(of: "/X").shape
        #expect(shape == [0, 1280])
    }

    @Test func aPlanIsPrintedWithoutReadingAPixel() async throws {
        let small = try await SmallScreen()
        for well in SmallScreen.wells { try FileManager.default.removeItem(atPath: small.movie(well)) }
        let run = try await small.pipeline.run(batchSize: 2, options: small.options { $0.mode = .plan })
        #expect(small.scratch.contents == ["mirror"])
        // No idrscript has started this: the process goes on, and there is nothing to read.
        #expect(run.identity.count == 64 && run.folder.isEmpty && run.batches.isEmpty && run.cellCount == 0 && run.tables.isEmpty)
        for read in [
            { _ = try await run.aggregated(by: .well) }, { _ = try await run.singleCells() }, { _ = try await run.image(of: "A2") },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: IDRError.self) { try await read() }
            #expect(error?.problem == "the run has no results" && error?.reason != nil, "\(String(describing: error))")
        }
    }
}
