import Foundation
import IDRFiles
import IDRComparison
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// A value that images share stands on wells that could not be read when it was made, as soon as they can be.
@Suite(.serialized) struct RenewedValueTests {
    private let small: SmallScreen

    init() async throws { small = try await SmallScreen() }

    private func pipeline(_ correction: Behaviour = .standard) -> Pipeline<Measured> {
        screen("idr0013A", mirror: small.mirror).frame(2).correct(correction).segment().measure()
    }

    private func run(
        _ output: String = "run", _ correction: Behaviour = .standard, _ change: (inout RunOptions) -> Void = { _ in }
    ) async throws -> ProfileRun {
        try await pipeline(correction).run(batchSize: 2, options: small.options(output, change))
    }

    private func damage(_ well: String) throws -> () throws -> Void {
        let (movie, aside) = (small.movie(well), small.scratch("aside-\(well)"))
        try FileManager.default.moveItem(atPath: movie, toPath: aside)
        try Data("this is no movie".utf8).write(to: URL(fileURLWithPath: movie))
        return {
            try FileManager.default.removeItem(atPath: movie)
            try FileManager.default.moveItem(atPath: aside, toPath: movie)
        }
    }

    /// What a run gives, and what it stands on.
    private func results(_ run: ProfileRun) throws -> [[UInt8]] {
        let shared = small.scratch.files(below: "\(URL(fileURLWithPath: run.folder).lastPathComponent)/shared").sorted()
        #expect(RecordVerification(of: run.folder).isIntact && !shared.isEmpty)
        return try run.tables.map { try Gzip.decompress(file: $0, limit: 1 << 26) }
            + shared.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(run.folder)/shared/\($0)"))) }
    }

    @Test(arguments: ["A2", "A3"]) func aDamagedCandidateCountsWhenItIsWhole(_ well: String) async throws {
        let whole = try await results(run("whole"))
        let mend = try damage(well)
        let lacking = try await run()
        #expect(lacking.batches[0].failedImages.map(\.well) == [well])
        let former = try lacking.batches[1].images.map(\.segmentation.diameter)
        // What changes nothing leaves everything as it is.
        let before = try small.contents(of: "run")
        _ = try await run()
        #expect(try small.contents(of: "run") == before)
        try mend()
        // A part of the batches that stand on it never gets another value than the rest.
        let part = try await run { $0.batches = [1] }
        #expect(part.batches.flatMap(\.images).map(\.segmentation.diameter) == former && small.isIntact("run"))
        let mended = try await run()
        #expect(mended.failure == nil && mended.batches[1].images.map(\.segmentation.diameter) != former)
        #expect(try results(mended) == whole)
        let after = try small.contents(of: "run")
        _ = try await run()
        #expect(try small.contents(of: "run") == after)
    }

    /// A well of the plate that the plan does not ask for.
    @Test func aCandidateOutsideThePlanCountsToo() async throws {
        func own(_ output: String) async throws -> ProfileRun {
            try await screen("idr0013A", mirror: small.mirror).wells("B3").frame(2).correct().segment().measure().run(
                batchSize: 1, options: small.options(output))
        }
        let whole = try await results(own("whole"))
        let mend = try damage("A2")
        #expect(try await results(own("run")) != whole)
        try mend()
        #expect(try await results(own("run")) == whole)
    }

    /// One that was not there is asked for again where absent images are.
    @Test func anAbsentCandidateIsAskedForOnRequest() async throws {
        let whole = try await results(run("whole"))
        let (movie, aside) = (small.movie("A2"), small.scratch("aside"))
        try FileManager.default.moveItem(atPath: movie, toPath: aside)
        _ = try await run()
        try FileManager.default.moveItem(atPath: aside, toPath: movie)
        let before = try small.contents(of: "run")
        _ = try await run()
        #expect(try small.contents(of: "run") == before)
        let asked = try await run { options in
            var access = Access()
            access.freshness = .refresh
            options.access = access
        }
        #expect(try results(asked) == whole)
    }

    @Test func penaltiesOfADamagedFirstMovie() async throws {
        let whole = try await results(run("whole", .compat))
        let mend = try damage("A2")
        let lacking = try await run("run", .compat)
        #expect(try results(lacking) != whole)
        try mend()
        #expect(try await results(run("run", .compat)) == whole)
    }
}
