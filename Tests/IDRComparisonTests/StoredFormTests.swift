import Foundation
import IDRComparison
import IDRFiles
import IDRNotebook
import IDRPlan
import IDRRecord
import IDRTransfer
import TestSupport
import Testing

/// The forms of all that is stored are a promise to everyone who keeps a record. One of these tests fails when a form drifts.
///
/// When it does: raise the type's format where what is written changes, keep reading the old ones, and put the new digest here.
struct StoredFormTests {
    struct Form: Sendable, CustomTestStringConvertible {
        let name: String
        let type: any StoredValue.Type
        let formats: ClosedRange<Int>
        /// Of the text of the form of `values`.
        let digest: String
        /// Values that use every field, as far as records of former releases and samples have them.
        let values: @Sendable () async throws -> [any Encodable]

        init(
            _ name: String, _ type: any StoredValue.Type, _ formats: ClosedRange<Int>, _ digest: String,
            _ values: @escaping @Sendable () async throws -> [any Encodable]
        ) {
            (self.name, self.type, self.formats, self.digest, self.values) = (name, type, formats, digest, values)
        }

        var testDescription: String { name }
    }

    static let forms = [
        Form("run.json", RunRecord.self, 3...3, "44337b327db95602529b03b2a7143daa879cd13d5bcb7b3a2798d301b11a47a4") { try records().map(\.run) },
        Form("a plan", Plan.self, 2...6, "194b86d21b262afbbc42d9a0474d049ce49c3770cdd8bf59961af78e9d23db9c") {
            [Specimens.plan, perImage, int8, Specimens.selecting]
        },
        Form("plan.json", ResolvedPlan.self, 2...6, "339a24e2ba6271274e65fbadc7f4cef7597d70bc63df5a26b63a8326e116ece9") {
            try records().map(\.plan) + [Specimens.resolved, Specimens.byPlate]
        },
        Form("record.json", BatchRecord.self, 3...5, "652b717afd8a1121be9764f42752b35de54ebf440e8a56b0c8bff23b9ce31d47") {
            try batches() + [measured()]
        },
        Form("environment.json", RunEnvironment.self, 1...1, "a31250a9c445eacf36c5e89676c97bbd1d96d5f1ff3419410f6644a040486606") {
            try environments()
        },
        Form("idr.lock", Lock.self, 1...1, "5196359dbdd169753064c3beb6baf1d59633fa803ed12c33c0752d07e5e95451") {
            try records().map { try $0.lock() }
        },
        Form("manifest.json", Manifest.self, 1...1, "25ae42d631a67099c0b98f82f33592d81b97fce89010d315eb5a5e3c44973de5") {
            try records().map { try $0.manifest() }
        },
        Form("journal.jsonl", Journal.Event.self, 1...1, "1a5c30ccc78274b5612ab2b7af7b29c51ed8ca0db0b3f9924cff0dd08a292146") {
            try records().flatMap(\.journal)
        },
        Form("shared", SharedValueRecord<JSONValue>.self, 2...3, "9f5f1f21e5752ff0b2430a695ecfc7a2670891e19aaf266fba070803165511e0") {
            let planes = try measured().images[0].input.planes
            var candidate = SharedCandidate(
                WellReference(plate: "Q", well: "A1", wellNumber: 1, gene: "", controlType: ""), of: "P", planes: planes, value: 27.5)
            candidate.reason = "why"
            return [
                SharedValueRecord(value: 27.5, plate: "P", well: "A1", planes: planes),
                SharedValueRecord(value: 27.5, plate: "P", well: "A1", planes: planes, candidates: [candidate]),
            ]
        },
        Form("notebook.json", Notebook.self, 1...1, "d842b84ee9a7ced3321065fb85b91a61f12dc40ed8e580c8964c7d8f91034b28") { [notebook] },
        Form("verdict.json", Verdict.self, 1...1, "8028d2fb2d6c5b9eaf7097dc1a71c2c8bea950dde3a56571f29932af0c998ad5") { [try await verdict()] },
        Form("entry.json of a cache", CacheEntry.self, 1...1, "fa2dfa388d12cfa1cfc3b6455541be778d199be73af28ae6084112e3ead261c8") {
            [try await entry()]
        },
        Form("note of a part", PartNote.self, 1...1, "ffd79893e0d0fbd8fc3c79617b8102401923b029de60bc3ad267d391e8c3a2e5") {
            [PartNote(source: "https://host/x")]
        },
    ]

    @Test(arguments: forms) func theFormIsTheCommittedOne(_ form: Form) async throws {
        #expect(form.type.readableFormats == form.formats)
        let text = try await FormText.describe(form.values())
        let digest = try SHA256.digest(of: text).hex
        #expect(digest == form.digest, "the form of \(form.name) drifted; it is now \(digest):\n\(text)")
    }

    /// A batch of a run that measures, in the newest form.
    private static func measured() throws -> BatchRecord {
        var record = try SampleRecord().batch(0)
        for position in record.images.indices {
            record.images[position].digests[.measurements] = Digest(filledWith: 0x33)
            record.images[position].notes = ["a"]
            record.images[position].environment = Digest(filledWith: 0x44)
            for channel in record.images[position].channels.indices { record.images[position].channels[channel].pixelType = "uint16" }
        }
        let cause = IDRError(.transfer, "it could not be fetched", at: ["P"], because: "it is gone", fix: "run again")
        record.missing = [MissingImage(plate: "P", well: "A9", field: 1, frame: 1, kind: .failed, cause: cause)]
        let chunk = SourceVersion(name: "0/1", entityTag: "\"e\"", lastModified: "then", bytes: 7)
        record.images[0].input.versions = [chunk, SourceVersion(name: "0/2", isAbsent: true)]
        return record
    }

    private static func batches() throws -> [BatchRecord] {
        try records().flatMap { record in
            try record.completeBatches.map { try record.batch($0) } + record.failedBatches.map { try record.failure($0) }
        }
    }

    private static func environments() throws -> [RunEnvironment] {
        try records().flatMap { record in try record.completeBatches.map { try record.environment(of: $0) } }
    }

    private static let perImage: Plan = {
        var plan = Specimens.plan
        plan.segmentation?.estimate = .perImage
        return plan
    }()

    private static let int8: Plan = {
        var plan = Specimens.plan
        plan.segmentation?.precision = .int8
        return plan
    }()

    private static func records() throws -> [RecordFolder] { try OldRecord.folders.map { try RecordFolder(reading: $0.path) } }

    private static let notebook: Notebook = {
        let run = RunSummary(
            name: "run", facts: [.init(name: "screen", value: "idr0013A")],
            batches: [.init(number: 0, images: 1, cells: 2, seconds: 3, failure: "it failed")], warnings: ["a"],
            verdict: .init(headline: "BIT", record: Digest(filledWith: 0xaa), text: "b"))
        let table = TableExcerpt(title: "t", columns: [.init(name: "n", type: "number")], rows: [["1"]], rowCount: 1, columnCount: 1)
        let outputs: [CellOutput] = [
            .text("a"), .markdown("b"), .table(table), .figure(Picture(alt: "c", form: .png([1, 2, 3], width: 1, height: 1))),
            .number(name: "n", value: "1", unit: "s"), .run(run), .warning("d"), .error("e"),
        ]
        let events = outputs.map { Notebook.Event(line: 2, output: $0, seconds: 1) }
        return Notebook(
            name: "s.swift", source: "// %% Cell\nprint(1)\n", events: events, startedAt: SampleRecord.began, seconds: 61, state: .finished)
    }()

    private static func verdict() async throws -> Verdict {
        var rerun = SmallRun()
        rerun.wells[0][0].features[2] = 0.1
        let runs = try await ComparedRuns(rerun)
        return Verdict(
            record: Digest(filledWith: 0xaa), rerun: Digest(filledWith: 0xbb), judgedAt: SampleRecord.began, declared: .bit,
            agreement: Agreement(), batches: [try runs.compare()], setup: ["a"], notes: ["b"])
    }

    private static func entry() async throws -> CacheEntry {
        let scratch = try ScratchFolder()
        let cache = try FileCache(folder: scratch("cache"), limit: 1 << 20)
        return try #require(try await cache.put("key", [1, 2, 3], source: "https://host/x", etag: "\"e\"", lastModified: "then"))
    }
}

/// Another program than the one that wrote a record says so, and what is damaged is said to be that.
struct NewerRecordTests {
    /// A record whose `file` has another format, or is cut.
    private func record(_ file: String, _ edit: (String) -> String) async throws -> (ScratchFolder, IDRError?) {
        let scratch = try ScratchFolder()
        try await SampleRecord().write(to: scratch("record"))
        let text = edit(String(decoding: try scratch.bytes("record/\(file)"), as: UTF8.self))
        try text.write(toFile: scratch("record/\(file)"), atomically: true, encoding: .utf8)
        do throws(IDRError) {
            let record = try RecordFolder(reading: scratch("record"))
            for number in record.completeBatches { _ = (try record.batch(number), try record.environment(of: number)) }
            _ = (try record.lock(), try record.manifest())
            return (scratch, nil)
        } catch {
            return (scratch, error)
        }
    }

    @Test(arguments: ["run.json", "plan.json", "batch_0/record.json", "batch_0/environment.json", "idr.lock", "manifest.json"])
    func aNewerFileIsSaidToBeThat(_ file: String) async throws {
        let (scratch, error) = try await record(file) { $0.replacing(/"format" : [0-9]+/, with: "\"format\" : 99") }
        #expect(error?.problem == "the file was written by a newer IDRKit" && error?.subject == [scratch("record/\(file)")], "\(error as Any)")
        #expect(error?.reason?.hasPrefix("it has format 99, this one reads up to ") == true && error?.advice == "use a newer IDRKit")
    }

    @Test func aNewerLineOfTheJournalIsSaidToBeThat() async throws {
        let (scratch, error) = try await record("journal.jsonl") { $0 + "{\"format\":2,\"happened\":\"something\"}\n" }
        #expect(error?.problem == "the file was written by a newer IDRKit" && error?.subject == [scratch("record/journal.jsonl")])
        // Half a line is what a killed process leaves.
        #expect(try await record("journal.jsonl") { $0 + "{\"at\":\"20" }.1 == nil)
    }

    @Test(arguments: ["run.json", "plan.json", "batch_0/record.json", "idr.lock"]) func aCutFileIsSaidToBeThat(_ file: String) async throws {
        let (scratch, error) = try await record(file) { String($0.prefix(40)) }
        #expect(error?.subject == [scratch("record/\(file)")] && error?.reason == "it is no JSON: it was cut off, or damaged", "\(error as Any)")
    }

    /// What another IDRKit wrote with other bytes keeps its identity.
    @Test func theIdentityIsThatOfTheStoredBytes() async throws {
        let (scratch, error) = try await record("plan.json") { $0.replacing("\n", with: "\n ") }
        let record = try RecordFolder(reading: scratch("record"))
        #expect(try error == nil && record.planBytes() == scratch.bytes("record/plan.json"))
    }
}
