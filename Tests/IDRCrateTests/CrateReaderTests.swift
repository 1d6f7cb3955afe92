import IDRPlan
import TestSupport
import Testing

/// Crates as the field's own programs read them: the packages `rocrate` and `runcrate`.
@Suite(.enabled(if: TestPython.isAvailable, "\(TestPython.reason)"))
struct CrateReaderTests {
    private static let parts = """
        import sys
        from rocrate.rocrate import ROCrate
        crate = ROCrate(sys.argv[1])
        print(crate.mainEntity.id, crate.mainEntity.type)
        print(crate.root_dataset["license"].id, crate.creator and crate.creator["name"])
        for entity in crate.data_entities: print(entity.id, entity.get("sha256"))
        """

    private static let report = """
        import sys
        from runcrate.report import dump_crate_actions
        dump_crate_actions(sys.argv[1])
        """

    @Test func theReportOfABatchNamesStagesInputsAndOutputs() async throws {
        let folder = try ScratchFolder()
        var sample = SampleRecord()
        sample.source = .files
        try await sample.write(to: folder.path)
        let report = try TestPython.output(of: Self.report, folder("batch_0"))
        for stage in ["fetch", "correct", "segment", "profile", "write"] {
            #expect(report.contains("action: #action/\(stage)\n  step: #step/\(stage)\n  instrument: #tool/\(stage) (SoftwareApplication)"))
        }
        #expect(report.hasPrefix("action: #run\n  instrument: script.swift"))
        #expect(report.contains("https://idr.example.org/files/study/SAMPLE_01/hdf5/00001_01.ch5 <- #parameter/images"))
        #expect(report.contains("0.8 <- #parameter/segmentation.flowThreshold"))
        #expect(report.contains("batch_0.csv.gz <- #parameter/tables") && report.contains("started: 2026-01-01T00:00:00Z"))
    }

    @Test func theReportOfARunNamesItsBatches() async throws {
        let folder = try ScratchFolder()
        var sample = SampleRecord()
        sample.failed = [1]
        try await sample.write(to: folder.path)
        let report = try TestPython.output(of: Self.report, folder.path)
        #expect(report.contains("action: #action/batch_0\n  step: #step/batch") && report.contains("batch_0/ <- #parameter/batches"))
        #expect(report.contains("failures/batch_1/") && report.contains("plan.json <- #parameter/plan"))
    }

    @Test(arguments: SampleKind.allCases) func theFieldsLibraryReadsEveryCrate(_ kind: SampleKind) async throws {
        let folder = try ScratchFolder()
        for crate in try await kind.crates(in: folder) {
            let graph = try CrateGraph(reading: crate)
            let parts = try TestPython.output(of: Self.parts, crate)
            let main = try #require(CrateGraph.references(graph.byID["./"], "mainEntity").first)
            #expect(parts.hasPrefix("\(main) "))
            for part in CrateGraph.references(graph.byID["./"], "hasPart") {
                #expect(parts.contains("\n\(part) "), "\(part)")
            }
            _ = try TestPython.output(of: Self.report, crate)
        }
    }
}
