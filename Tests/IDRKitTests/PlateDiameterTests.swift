import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRKit
import IDRModels
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// A plate's diameter is that of its wells in the study's table: no selection, no batch and no bad well decides over it.
@Suite(.serialized) struct PlateDiameterTests {
    private typealias Shared = SharedValueRecord<Double>

    private func pipeline(_ small: SmallScreen, well: String? = nil) -> Pipeline<Segmented> {
        let all = screen("idr0013A", mirror: small.mirror)
        return (well.map { all.wells($0) } ?? all.controls()).frame(2).correct().segment()
    }

    private func shared(_ small: SmallScreen, _ output: String = "run") throws -> Shared {
        let path = small.scratch("\(output)/shared/diameter-P_1.json")
        return try VersionedJSON.decode(Shared.self, from: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    }

    private func labels(_ run: ProfileRun) -> [String: Digest?] {
        Dictionary(uniqueKeysWithValues: run.batches.flatMap(\.images).map { ($0.well, $0.digests[.labels]) })
    }

    /// Each image's own diameter.
    private func own(_ small: SmallScreen) async throws -> [String: Double] {
        let run = try await screen("idr0013A", mirror: small.mirror).controls().frame(2).correct().segment(diameter: .perImage).measure().run(
            batchSize: 4, options: small.options("own"))
        #expect(run.batches.flatMap(\.images).allSatisfy { $0.segmentation.diameterSource == "image" })
        #expect(!FileManager.default.fileExists(atPath: small.scratch("own/shared/diameter-P_1.json")))
        return Dictionary(uniqueKeysWithValues: run.batches.flatMap(\.images).map { ($0.well, $0.segmentation.diameter) })
    }

    @Test func itDoesNotDependOnTheSelection() async throws {
        let small = try await SmallScreen()
        let all = try await pipeline(small).measure().run(batchSize: 2, options: small.options("all"))
        let own = try await own(small)
        let record = try shared(small, "all")
        let values = own.values.sorted()
        #expect(record.value == (values[1] + values[2]) / 2 && record.candidates?.map(\.well) == SmallScreen.wells)
        #expect(record.candidates?.map(\.value) == SmallScreen.wells.map { own[$0] })
        #expect(record.candidates?.allSatisfy { $0.planes.count == 3 && $0.reason == nil } == true)
        let one = try await pipeline(small, well: "B3").measure().run(batchSize: 1, options: small.options("one") { $0.threads = 1 })
        #expect(try CanonicalJSON.encode(shared(small, "one")) == CanonicalJSON.encode(record))
        #expect(labels(one)["B3"] == labels(all)["B3"])
    }

    @Test(arguments: ["black", "missing", "cut"]) func aBadFirstWellDoesNotDecide(_ kind: String) async throws {
        let small = try await SmallScreen()
        let own = try await own(small)
        switch kind {
        case "black": try await small.writeMovie("A2", planes: (0..<4).map { _ in Plane<UInt8>(height: 160, width: 200, repeating: 0) })
        case "missing": try FileManager.default.removeItem(atPath: small.movie("A2"))
        default: try Data([1, 2, 3]).write(to: URL(fileURLWithPath: small.movie("A2")))
        }
        let run = try await pipeline(small, well: "B3").measure().run(batchSize: 1, options: small.options())
        let record = try shared(small)
        let first = try #require(record.candidates?.first)
        let values = try ["A3", "B2", "B3"].map { try #require(own[$0]) }.sorted()
        #expect(record.value == values[1] && record.well == "A3")
        #expect(first.well == "A2" && first.value == nil && first.reason != nil && first.planes.count == (kind == "black" ? 3 : 0))
        #expect(run.batches[0].images[0].segmentation.diameter == record.value && run.batches[0].warnings.isEmpty)
    }

    @Test func aPlateThatGivesNoneIsSaid() async throws {
        let small = try await SmallScreen()
        for well in SmallScreen.wells {
            try await small.writeMovie(well, planes: (0..<4).map { _ in Plane<UInt8>(height: 96, width: 96, repeating: 7) })
        }
        let run = try await pipeline(small).measure().run(batchSize: 4, options: small.options())
        let record = try shared(small)
        #expect(record.value == 30 && record.candidates?.count == 4 && record.candidates?.allSatisfy { $0.reason == "no nuclei were found" } == true)
        #expect(run.batches[0].warnings.contains { $0.contains("no diameter could be estimated") && $0.contains(".perImage") })
        // A run that goes on says it too.
        try FileManager.default.removeItem(atPath: small.scratch("run/batch_0"))
        let again = try await pipeline(small).measure().run(batchSize: 4, options: small.options())
        #expect(again.batches[0].warnings == run.batches[0].warnings)
    }

    @Test func mixedMagnificationsAreSaid() async throws {
        let small = try await SmallScreen()
        for (index, well) in ["B2", "B3"].enumerated() {
            let planes = try await ExampleFrames.small(index + 2).map { plane in
                Cellpose.resizedLinear(plane.map { Float($0) }, height: 80, width: 100).map { UInt8(max(0, min(255, $0))) }
            }
            try await small.writeMovie(well, planes: planes)
        }
        let run = try await pipeline(small).measure().run(batchSize: 4, options: small.options())
        let warning = try #require(run.batches[0].warnings.first { $0.contains("differ by more than 1.5 times") })
        #expect(warning.contains("plate P_1") && warning.contains(".perImage"))
    }

    /// Nothing but the list is new: a plate whose only well counts has the record that it always had.
    @Test func aPlateOfOneWellHasTheOldForm() async throws {
        let small = try await SmallScreen()
        try small.writeAnnotation(["Plate,Well Number,Well,Original Gene Target,Control Type", "P_1,2,A2,,negative control"])
        _ = try await pipeline(small).measure().run(batchSize: 1, options: small.options())
        let record = try shared(small)
        #expect(record.format == 2 && record.candidates == nil && record.well == "A2" && record.planes.count == 3)
        #expect(try !String(contentsOfFile: small.scratch("run/shared/diameter-P_1.json"), encoding: .utf8).contains("candidates"))
    }

    /// A well that cannot be reached now may be reached later: the plate's images fail until then, and no other value is taken.
    @Test func aWellOutOfReachIsNoOtherValue() async throws {
        let scratch = try ScratchFolder()
        var wells: [(name: String, control: String, channels: [[Plane<UInt8>]])] = []
        for (index, well) in SmallScreen.wells.enumerated() {
            wells.append((well, index == 1 ? "positive control" : "negative control", [try await ExampleFrames.small(index)]))
        }
        let site = try await ScratchSite(scratch("site"), wells: wells, chunk: (64, 80))
        let (root, first) = (site.folder, site.mirror.movie("A2").split(separator: "/").suffix(2).joined(separator: "/"))
        let server = try LoopbackServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            if request.path.hasSuffix(first), FileManager.default.fileExists(atPath: scratch("away")) { return LoopbackServer.answer(403) }
            return LoopbackServer.file([UInt8](data), request)
        }
        func options(_ output: String) -> RunOptions {
            var options = RunOptions()
            options.stages = .off
            options.output = scratch(output)
            options.threads = 2
            options.access = ScratchSite.access(base: server.base, cache: scratch("cache-\(output)"), sources: [.files])
            return options
        }
        let pipeline = screen("idr0013A").wells("B3").frame(2).correct().segment().measure()
        let whole = try await pipeline.run(batchSize: 1, options: options("whole"))
        try Data().write(to: URL(fileURLWithPath: scratch("away")))
        let error = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: 1, options: options("run")) }
        let text = "\(String(describing: error))"
        #expect(text.contains("the diameter of plate P_1 cannot be estimated now") && text.contains("well A2"), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: scratch("run/shared/diameter-P_1.json")))
        try FileManager.default.removeItem(atPath: scratch("away"))
        let later = try await pipeline.run(batchSize: 1, options: options("run"))
        #expect(later.batches[0].images[0].segmentation == whole.batches[0].images[0].segmentation)
        // Offline, what is missing is named.
        var offline = options("offline")
        offline.access?.freshness = .offline
        var given = options("offline")
        given.output = scratch("given")
        _ = try await screen("idr0013A").wells("B3").frame(2).correct().segment(diameter: 27).measure().run(
            batchSize: 1, options: given)
        let missing = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: 1, options: offline) }
        let named = "\(String(describing: missing))"
        #expect(named.contains("well A2") && named.contains("not in the cache"), "\(named)")
    }

    /// `compat` carries the penalties of the first movie that there is.
    @Test func penaltiesComeFromTheFirstMovieThatThereIs() async throws {
        let small = try await SmallScreen()
        func penalties(_ output: String) throws -> SharedValueRecord<BaSiC.Penalties?> {
            let path = small.scratch("\(output)/shared/illumination-penalties.json")
            return try VersionedJSON.decode(SharedValueRecord<BaSiC.Penalties?>.self, from: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
        }
        let pipeline = screen("idr0013A", mirror: small.mirror).frame(2).correct(.compat).segment(diameter: 27)
        let rest = screen("idr0013A", mirror: small.mirror).wells("A3", "B2", "B3").frame(2).correct(.compat).segment(diameter: 27)
        _ = try await rest.measure().run(batchSize: 3, options: small.options("rest"))
        try FileManager.default.removeItem(atPath: small.movie("A2"))
        _ = try? await pipeline.measure().run(batchSize: 1, options: small.options())
        let (whole, found) = (try penalties("rest"), try penalties("run"))
        #expect(found.value == whole.value && found.well == "A3" && whole.candidates == nil)
        #expect(found.candidates?.map(\.well) == ["A2", "A3"] && found.candidates?.first?.reason != nil)
    }

    @Test func perImageIsPartOfThePlan() throws {
        let plan = screen("idr0013A").frame(2).segment(diameter: .perImage).plan
        #expect(plan.format == 4 && !Stage.diameter.isPart(plan))
        let text = String(decoding: try CanonicalJSON.encode(plan), as: UTF8.self)
        #expect(try CanonicalJSON.decode(Plan.self, from: Data(text.utf8), path: "") == plan && text.contains("perImage"))
        let other = screen("idr0013A").frame(2).segment(diameter: 27).plan
        #expect(try other.format == 2 && !String(decoding: CanonicalJSON.encode(other), as: UTF8.self).contains("estimate"))
    }
}

/// What the broker serves for a plate's diameter: candidates by plate and number, of plates of the plan.
@Suite(.serialized) struct BrokeredCandidateTests {
    @Test func candidatesAreServedByNumber() async throws {
        let small = try await SmallScreen()
        let model = try [".pth", ".npy"].map { try ModelStore.standard.file(.nucleiSmall, ending: [$0]) }
        let session = try BrokerSession(small, exposed: model)
        let plan = screen("idr0013A").wells("B3").frame(2).correct().segment(model: .nucleiSmall).plan
        let (kind, frame) = try await session.ask(.resolve(plan, isRepeated: false))
        guard case .resolved(let facts) = kind else { throw IDRError(.invalidPlan, "\(kind)") }
        #expect(facts.candidates["P_1"]?.map(\.well) == SmallScreen.wells)
        let run = try SHA256.digest(of: frame.payload).hex
        let (answer, frames) = try await session.ask(.candidate(run: run, plate: "P_1", number: 0))
        guard case .frames(let read) = answer else { throw IDRError(.missing, "\(answer)") }
        #expect(try read.frames(frames.payload).input.planes.map(\.index.frame) == [2, 3, 4])
        for (plate, number) in [("P_1", 4), ("P_1", -1), ("P_2", 0), ("../P_1", 0)] {
            #expect(try await session.failure(.candidate(run: run, plate: plate, number: number))?.code == .refused)
        }
        #expect(try await session.failure(.candidate(run: "00", plate: "P_1", number: 0))?.code == .refused)
        _ = await session.end()
    }
}
