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
        let formats: ClosedRange<Int>
        /// Of the schema text of `values`.
        let digest: String
        /// Values that use every field, as far as records of former releases have them.
        let values: @Sendable () async throws -> [any StoredValue]

        var testDescription: String { name }
    }

    static let forms = [
        Form(name: "run.json", formats: 3...3, digest: "617352c6ac11e02408fc4b96b653cbeb3bc003887394f66cfb33fef923c9ac85") {
            try records().map(\.run)
        },
        Form(name: "plan.json", formats: 2...2, digest: "764382e162a5badb14789ac3feb0f9cdaf713c0f8bda3d89d054c4415bd71720") {
            try records().map(\.plan)
        },
        Form(name: "record.json", formats: 3...3, digest: "2d0fd31fc92d0363f961f36d199d4870bb3aaff8c04eb59a916d14b5c8eb4df5") {
            try records().flatMap { record in
                try record.completeBatches.map { try record.batch($0) } + record.failedBatches.map { try record.failure($0) }
            }
        },
        Form(name: "environment.json", formats: 1...1, digest: "9c7de17de59ba1d1114d277afb954398cbb4f2f332cfb32c56960b748263d5a3") {
            try records().flatMap { record in try record.completeBatches.map { try record.environment(of: $0) } }
        },
        Form(name: "idr.lock", formats: 1...1, digest: "8af2824cfac666a3ff2ff6a90ca28d41f4b0232a24d8c7dc3f3307fc445e6ee2") {
            try records().map { try $0.lock() }
        },
        Form(name: "manifest.json", formats: 1...1, digest: "36d90565fa5c7e49cffbd998bcec589d7621b5b51a830dc07ac223e5d1d3b589") {
            try records().map { try $0.manifest() }
        },
        Form(name: "journal.jsonl", formats: 1...1, digest: "3fe1b701325433452955c937f2775f63042b92353422591f6814e7de6c0462cf") {
            try records().flatMap(\.journal)
        },
        Form(name: "shared", formats: 2...2, digest: "665688fc758ce7fac7d6084482c8ea1d6e82852da637f10fd220fb2f4bfcb2ce") {
            try records().flatMap { try $0.sharedInputs() }
        },
        Form(name: "notebook.json", formats: 1...1, digest: "69574ecf0a231d2650132f21cfa56c621be487fea1266ece322e9ff71c5f2e70") { [notebook] },
        Form(name: "verdict.json", formats: 1...1, digest: "b524edbfd325fe72fc5fc1961f2474cf8a7d970ad76abb7fb686035063c20be3") {
            [try await verdict()]
        },
        Form(name: "entry.json of a cache", formats: 1...1, digest: "074b7ee9eeea12c821d2079bccd701606a63e9aba22e2227fff71d1fd00cae91") {
            [try await entry()]
        },
        Form(name: "note of a part", formats: 1...1, digest: "54f9ebe4e0c9c54394c572608fd4431e041fde4ee6b236659552f4340ff6cd18") {
            [PartNote(source: "https://host/x")]
        },
    ]

    @Test(arguments: forms) func theFormIsTheCommittedOne(_ form: Form) async throws {
        let values = try await form.values()
        #expect(try type(of: #require(values.first)).readableFormats == form.formats)
        let schema = SchemaText.describe(values)
        let digest = try SHA256.digest(of: schema).hex
        #expect(digest == form.digest, "the form of \(form.name) drifted; it is now \(digest):\n\(schema)")
    }

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
        do {
            let record = try RecordFolder(reading: scratch("record"))
            for number in record.completeBatches { _ = (try record.batch(number), try record.environment(of: number)) }
            _ = (try record.lock(), try record.manifest())
            return (scratch, nil)
        } catch {
            return (scratch, error as? IDRError)
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
