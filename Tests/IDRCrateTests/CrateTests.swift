import Foundation
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Crates as graphs: everything that is named is there, and says what the record says.
struct CrateTests {
    private static let completed = "http://schema.org/CompletedActionStatus"
    private static let failed = "http://schema.org/FailedActionStatus"

    @Test(arguments: SampleKind.allCases) func everyReferenceAndFileOfEveryCrateIsThere(_ kind: SampleKind) async throws {
        let folder = try ScratchFolder()
        for crate in try await kind.crates(in: folder) {
            let graph = try CrateGraph(reading: crate)
            #expect(try graph.problems() == [], "\(crate)")
            #expect(graph.context.first as? String == "https://w3id.org/ro/crate/1.1/context")
            let profiles = CrateGraph.references(graph.byID["./"], "conformsTo")
            #expect(profiles.contains("https://w3id.org/ro/wfrun/provenance/0.5") && profiles.contains("https://w3id.org/ro/wfrun/process/0.5"))
        }
    }

    @Test func aRecordIsTheSameBytesEachTime() async throws {
        let folder = try ScratchFolder()
        let first = try await SampleRecord().write(to: folder("a"))
        let second = try await SampleRecord().write(to: folder("b"))
        #expect(first == second)
    }

    @Test func eachStageIsAnActionWithWhatItTookAndGave() async throws {
        let folder = try ScratchFolder()
        var sample = SampleRecord()
        sample.source = .files
        try await sample.write(to: folder.path)
        let graph = try CrateGraph(reading: folder("batch_0"))
        for stage in ["fetch", "correct", "segment", "profile", "write"] {
            let action = try #require(graph.named("\(stage) of batch 0", type: "CreateAction"))
            #expect(action["actionStatus"] as? String == Self.completed && action["startTime"] != nil && action["endTime"] != nil)
            #expect(!CrateGraph.references(action, "object").isEmpty && !CrateGraph.references(action, "result").isEmpty)
            let usage = CrateGraph.references(action, "resourceUsage").compactMap { graph.byID[$0]?["name"] as? String }
            #expect(usage.contains("wallSeconds"))
            #expect(graph.named(stage, type: "HowToStep") != nil && graph.named(stage, type: "SoftwareApplication") != nil)
        }
        let record = try RecordFolder(reading: folder.path).batch(0)
        let segment = try #require(graph.named("segment of batch 0", type: "CreateAction"))
        let objects = CrateGraph.references(segment, "object").compactMap { graph.byID[$0] }
        #expect(objects.contains { $0["sha256"] as? String == record.images[0].digests.all(of: .frames).first?.hex })
        #expect(objects.contains { $0["name"] as? String == "nuclei-small.pth" && CrateGraph.id($0).hasPrefix("ni:///sha-256;") })
        #expect(objects.contains { $0["name"] as? String == "segmentation.diameter" && $0["value"] as? Double == 27.5 })
        let fetch = try #require(graph.named("fetch of batch 0", type: "CreateAction"))
        let image = try #require(CrateGraph.references(fetch, "object").compactMap { graph.byID[$0] }.first)
        #expect(CrateGraph.id(image) == record.images[0].input.location && image["sha256"] as? String == record.images[0].input.files[0].sha256.hex)
        let planes = CrateGraph.references(fetch, "result").compactMap { graph.byID[$0]?["value"] as? [String] }.first ?? []
        #expect(planes.count == 3 && planes[0].hasSuffix(record.images[0].input.planes[0].sha256.hex))
    }

    @Test func theAuthorIsWhoTheConfigurationSaysAndNobodyElse() async throws {
        let folder = try ScratchFolder()
        try await SampleRecord().write(to: folder("named"))
        let named = try CrateGraph(reading: folder("named/batch_0"))
        #expect(CrateGraph.references(named.byID["./"], "author") == ["https://orcid.org/0000-0002-1825-0097"])
        #expect(CrateGraph.references(named.byID["./"], "publisher") == ["https://ror.org/05gq02987"])
        #expect(CrateGraph.references(named.byID["./"], "license") == ["https://spdx.org/licenses/CC0-1.0"])
        var sample = SampleRecord()
        sample.author = nil
        try await sample.write(to: folder("nobody"))
        for crate in ["nobody", "nobody/batch_0"] {
            let graph = try CrateGraph(reading: folder(crate))
            #expect(graph.nodes(ofType: "Person").isEmpty && graph.nodes(ofType: "Organization").isEmpty)
            #expect(graph.nodes.allSatisfy { $0["agent"] == nil && $0["author"] == nil })
            let license = try #require(CrateGraph.references(graph.byID["./"], "license").first)
            #expect(graph.byID[license]?["name"] as? String == "No licence stated")
        }
    }

    @Test func failedAndInterruptedBatchesSaySo() async throws {
        let folder = try ScratchFolder()
        var sample = SampleRecord()
        sample.batches = 4
        sample.failed = [1]
        sample.interrupted = [2]
        try await sample.write(to: folder.path)
        let batch = try CrateGraph(reading: folder("failures/batch_1"))
        let run = try #require(batch.named("run of sample.swift on batch 1", type: "CreateAction"))
        #expect(run["actionStatus"] as? String == Self.failed && (run["error"] as? String)?.contains("503") == true)
        let whole = try CrateGraph(reading: folder.path)
        let actions = whole.nodes(ofType: "CreateAction")
        let states = Dictionary(actions.map { (CrateGraph.id($0), $0) }) { first, _ in first }
        #expect(states["#action/batch_0"]?["actionStatus"] as? String == Self.completed)
        #expect(CrateGraph.references(states["#action/batch_0"], "result") == ["batch_0/"])
        #expect((states["#action/batch_1"]?["error"] as? String)?.contains("503") == true)
        #expect(CrateGraph.references(states["#action/batch_1"], "result") == ["failures/batch_1/"])
        #expect(states["#action/batch_2"]?["actionStatus"] as? String == Self.failed && states["#action/batch_2"]?["endTime"] == nil)
        #expect((states["#action/batch_2"]?["error"] as? String)?.hasPrefix("interrupted") == true)
        #expect(states["#run"]?["error"] as? String == "batches that failed: 1; batches that were interrupted: 2")
    }

    @Test func withoutTheSourceAnotherFileStandsForTheWorkflow() async throws {
        let folder = try ScratchFolder()
        var sample = SampleRecord()
        sample.script = nil
        try await sample.write(to: folder.path)
        let batch = try CrateGraph(reading: folder("batch_0"))
        #expect(CrateGraph.references(batch.byID["./"], "mainEntity") == ["record.json"])
        let whole = try CrateGraph(reading: folder.path)
        #expect(CrateGraph.references(whole.byID["./"], "mainEntity") == ["plan.json"])
        for graph in [batch, whole] { #expect(graph.nodes(ofType: "ComputerLanguage").allSatisfy { $0["name"] as? String != "Swift" }) }
    }

    @Test func outputsThatArePublishedWithoutAreKnownByContent() async throws {
        let folder = try ScratchFolder()
        try await SampleRecord().write(to: folder.path)
        let before = try CrateGraph(reading: folder("batch_0"))
        #expect(before.byID["batch_0.h5ad"] != nil)
        try SampleRecord.omitBulk(folder.path)
        let after = try CrateGraph(reading: folder("batch_0"))
        let output = try #require(after.named("batch_0.h5ad", type: "File"))
        #expect(CrateGraph.id(output).hasPrefix("ni:///sha-256;") && output["sha256"] as? String == before.byID["batch_0.h5ad"]?["sha256"] as? String)
        #expect(after.byID["cells.csv"] != nil)
    }

    @Test func warningsLibrariesAgreementAndTrustAreThere() async throws {
        let folder = try ScratchFolder()
        var sample = SampleRecord()
        sample.warnings = ["SAMPLE_01/A1 frame 18: no nuclei were found"]
        sample.trust = "signed: someone@example.org"
        try await sample.write(to: folder.path)
        let graph = try CrateGraph(reading: folder("batch_0"))
        func value(_ name: String) -> String? { graph.named(name, type: "PropertyValue")?["value"].map { "\($0)" } }
        #expect(value("warning 1") == sample.warnings[0] && value("trust") == sample.trust)
        #expect(value("statistical.cosine") == "0.999" && value("peakMemoryBytes") == "229658624" && value("openBLASCore") == "Haswell")
        let library = try #require(graph.named("libonnxruntime.so.1.32.0", type: "SoftwareApplication"))
        #expect(library["softwareVersion"] as? String == "1.32.0" && library["sha256"] as? String == String(repeating: "f6", count: 32))
        #expect(graph.named("IDRKit", type: "SoftwareApplication")?["identifier"] as? String == "commit " + String(repeating: "c3", count: 20))
        let swift = try #require(graph.nodes(ofType: "ComputerLanguage").first)
        #expect(swift["name"] as? String == "Swift" && swift["version"] as? String == sample.environment.compiler)
    }

    /// RFC 6920, section 8.1: the example's digest in both forms.
    @Test func contentIsNamedAsTheStandardSays() async throws {
        let folder = try ScratchFolder()
        var sample = SampleRecord()
        sample.models[0].sha256 = try #require(Digest("7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"))
        try await sample.write(to: folder.path)
        let graph = try CrateGraph(reading: folder("batch_0"))
        #expect(graph.byID["ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"] != nil)
    }
}
