import Foundation
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// What a person is told when something is wrong, and that nothing is lost or half-written.
@Suite(.serialized) struct BadInputTests {
    /// Runs with one bad movie of four: its image is missing, the record says why, and the others are there.
    private func expectOneMissingImage(
        _ small: SmallScreen, frame: Int = 2, _ kind: MissingImage.Kind = .failed, says texts: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let lacking = try await small.pipeline(frame: frame).run(batchSize: 2, options: small.options())
        let missing = lacking.batches.flatMap(\.missing)
        #expect(missing.map(\.well) == ["A3"] && missing.map(\.kind) == [kind], sourceLocation: sourceLocation)
        #expect(lacking.batches.flatMap(\.images).map(\.well) == ["A2", "B2", "B3"], sourceLocation: sourceLocation)
        let text = missing.first.map { "\($0.cause)" } ?? ""
        for part in texts + ["plate P_1", "well A3", "00003_01.ch5"] {
            #expect(text.contains(part), "\(part) in: \(text)", sourceLocation: sourceLocation)
        }
        let files = small.scratch.files(below: "run")
        #expect(files.contains("batch_0/batch_0.csv.gz") && files.contains("batch_1/batch_1.csv.gz"), sourceLocation: sourceLocation)
        #expect(!files.contains { $0.hasPrefix("failures") || $0.hasSuffix(".partial") }, sourceLocation: sourceLocation)
        // The movie is put right: its image alone is computed.
        try await small.writeMovie("A3", planes: ExampleFrames.small(1) + (frame > 4 ? ExampleFrames.small(1) : []))
        let run = try await small.pipeline(frame: frame).run(
            batchSize: 2,
            options: small.options { options in
                var access = Access()
                if kind == .absent { access.freshness = .refresh }
                options.access = access
            })
        #expect(run.batches.allSatisfy(\.missing.isEmpty) && run.batches.flatMap(\.images).count == 4, sourceLocation: sourceLocation)
        #expect(run.batches[1].startedAt == lacking.batches[1].startedAt, sourceLocation: sourceLocation)
    }

    @Test func aMissingMovie() async throws {
        let small = try await SmallScreen()
        try FileManager.default.removeItem(atPath: small.movie("A3"))
        try await expectOneMissingImage(small, .absent, says: ["no images of this well", "no such file"])
    }

    @Test func aTruncatedMovie() async throws {
        let small = try await SmallScreen()
        let whole = try Data(contentsOf: URL(fileURLWithPath: small.movie("A3")))
        try whole.prefix(whole.count * 2 / 3).write(to: URL(fileURLWithPath: small.movie("A3")))
        try await expectOneMissingImage(small, says: ["\(whole.count)", "\(whole.count * 2 / 3)"])
    }

    @Test func aFileThatIsNotHDF5() async throws {
        let small = try await SmallScreen()
        try Data("<html>not found</html>".utf8).write(to: URL(fileURLWithPath: small.movie("A3")))
        try await expectOneMissingImage(small, says: ["HDF5"])
    }

    /// A compressed chunk of zeros: the file opens, only the frame's decoding fails.
    @Test func aMovieWithAZeroedHole() async throws {
        let small = try await SmallScreen()
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Fixtures/cellh5/zeroed_hole.ch5")
        try FileManager.default.removeItem(atPath: small.movie("A3"))
        try FileManager.default.copyItem(atPath: fixture.path, toPath: small.movie("A3"))
        try await expectOneMissingImage(small, says: ["frame 2 cannot be decoded"])
    }

    @Test func aFrameThatDoesNotExist() async throws {
        let small = try await SmallScreen()
        for well in ["A2", "B2", "B3"] {
            let planes = try await ExampleFrames.small(0)
            try await small.writeMovie(well, planes: planes + planes)
        }
        try await expectOneMissingImage(small, frame: 5, .absent, says: ["frame 5 does not exist", "valid frames are 1...4"])
    }

    @Test func pixelsOfAnotherType() async throws {
        let small = try await SmallScreen()
        try await small.writeMovie("A3", planes: ExampleFrames.small(1).map { $0.map { Int64($0) << 40 + 1 } })
        try await expectOneMissingImage(small, says: ["int64"])
    }

    @Test func pixelsOfAnotherRank() async throws {
        let small = try await SmallScreen()
        try await small.writeMovie("A3", planes: ExampleFrames.small(1), rank: 4)
        try await expectOneMissingImage(small, says: ["4"])
    }

    @Test func everyBadWellOfABatchIsNamed() async throws {
        let small = try await SmallScreen()
        for well in ["A2", "A3"] { try Data("no movie".utf8).write(to: URL(fileURLWithPath: small.movie(well))) }
        let error = await #expect(throws: IDRError.self) {
            try await small.pipeline.run(batchSize: 2, onFailure: .stop, options: small.options())
        }
        #expect(error?.problem == "1 of 2 batches failed: 0" && "\(String(describing: error))".contains("well A2"), "\(String(describing: error))")
        #expect(try RecordFolder(reading: small.scratch("run")).failure(0).missing.map(\.well) == ["A2", "A3"])
    }

    @Test func namesAndTablesThatDoNotFit() async throws {
        let small = try await SmallScreen()
        func message(_ selected: Pipeline<Selecting>) async -> String {
            let error = await #expect(throws: IDRError.self) {
                try await selected.frame(2).correct().segment(diameter: 27).profile().run(batchSize: 2, options: small.options())
            }
            return error.map { "\($0)" } ?? ""
        }
        let here = screen("idr0013A", mirror: small.mirror)
        expect(await message(here.wells("H12")), says: "no well \"H12\"")
        expect(await message(here.plates("P_2")), says: "P_1")
        expect(await message(here.wells("A2").controls(.positive)), says: "no well is left after controls(.positive)")
        expect(await message(here.where("Gene", is: "KIF11")), says: "Original Gene Target")
        expect(await message(screen("idr0016A", mirror: small.mirror)), says: "idr0013-neumann-mitocheck")
        expect(await message(screen("13", mirror: small.mirror)), says: "idr0013A")
        expect(await message(screen("idr0013A", mirror: "/nonexistent")), says: "/nonexistent")
        try small.writeAnnotation(["Plate,Well Number,Well,Gene", "P_1,2,A2,KIF11"])
        expect(await message(here.controls()), says: "Control Type")
        try small.writeAnnotation(["Plate,Well Number,Well,Original Gene Target,Control Type", "P_1,2,A2,KIF11,", "P_1,3,A3,,empty well"])
        expect(await message(here.controls()), says: "empty well")
        #expect(small.scratch.contents == ["mirror"])
    }

    @Test func anOutputFolderOfSomethingElse() async throws {
        let small = try await SmallScreen()
        _ = try await small.pipeline.run(batchSize: 4, options: small.options())
        let before = try small.contents(of: "run")
        func message(_ pipeline: Pipeline<Profiled>, _ batchSize: Int, _ output: String) async -> String {
            let error = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: batchSize, options: small.options(output)) }
            return error.map { "\($0)" } ?? ""
        }
        expect(await message(small.pipeline(frame: 3), 4, "run"), says: "belongs to another plan")
        expect(await message(small.pipeline, 2, "run"), says: "--batch-size 4")
        expect(await message(small.pipeline, 4, "mirror"), says: "holds other files")
        expect(await message(small.pipeline, 4, "mirror/idr0013-neumann-mitocheck/screenA/idr0013-screenA-plates.tsv"), says: "cannot be made")
        #expect(try small.contents(of: "run") == before)
    }

    @Test func anImageOfAnotherSizeThanTheConfiguration() async throws {
        let small = try await SmallScreen()
        let config = small.scratch("config.json")
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "example_files/DP_files/profiling_config.json")
        try FileManager.default.copyItem(atPath: example.path, toPath: config)
        let pipeline = screen("idr0013A", mirror: small.mirror).wells("A2").frame(2).segment(diameter: 27).profile(config: config)
        let error = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: 1, options: small.options()) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("200 x 160") && text.contains("width 550 and height 350") && text.contains("well A2"), "\(text)")
    }

    @Test func weightsThatAreNotWhatTheyShouldBe() async throws {
        let small = try await SmallScreen()
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
        let network = fixtures.appending(path: "segmentation_illumination/cpnet_reduced_trained.pth").path
        let whole = try Data(contentsOf: URL(fileURLWithPath: network))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: small.scratch("half.pth")))
        // A pickle that calls os.system; those inside a torch file are tested with its reader.
        try Data([0x80, 2] + "cos\nsystem\n(S'touch pwned'\ntR.".utf8).write(to: URL(fileURLWithPath: small.scratch("evil.pth")))
        func message(_ model: String, _ checkpoint: String? = nil) async -> String {
            let pipeline = screen("idr0013A", mirror: small.mirror).wells("A2").frame(2).segment(diameter: 27, model: .path(model))
                .profile(checkpoint: checkpoint)
            let error = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: 1, options: small.options()) }
            return error.map { "\($0)" } ?? ""
        }
        expect(await message(small.scratch("half.pth")), says: "half.pth")
        expect(await message(small.scratch("evil.pth")), says: "not a torch file")
        expect(await message(small.scratch("none.pth")), says: "none.pth")
        let b0 = fixtures.appending(path: "features/keras_layout_probe_fixed_wS.h5").path
        expect(await message(network, b0), says: "keras_layout_probe_fixed_wS.h5")
        expect(await message(b0), says: "keras_layout_probe_fixed_wS.h5")
        #expect(!FileManager.default.fileExists(atPath: "pwned"))
    }
}

private func expect(_ text: String, says word: String, at location: SourceLocation = #_sourceLocation) {
    #expect(text.contains(word), "\(text)", sourceLocation: location)
}
