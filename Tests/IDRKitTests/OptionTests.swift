import Foundation
import IDRKit
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// Options and plans that another program may hand over: what no run can have is refused before anything is made.
@Suite(.serialized) struct OptionTests {
    private static let wrong: [(String, @Sendable (inout RunOptions) -> Void)] = [
        ("0 images cannot be computed", { $0.threads = 0 }), ("-1 images cannot be computed", { $0.threads = -1 }),
        ("images cannot be computed", { $0.threads = .max }), ("a batch cannot have 0 wells", { $0.batchSize = 0 }),
        ("a batch cannot have \(Int.max) wells", { $0.batchSize = .max }), ("batch -1 does not exist", { $0.batches = [0, -1] }),
        ("the list of batches is empty", { $0.batches = [] }), ("batch \(Int.min) does not exist", { $0.startBatch = .min }),
        ("the option output names no file or folder", { $0.output = "" }), ("the option output names no file or folder", { $0.output = "a\0b" }),
        ("the option lock names no file or folder", { $0.lock = "" }), ("the stage cache cannot be used", { $0.stages = .folder("x", bytes: 0) }),
    ]

    @Test func optionsThatNoRunCanHaveAreRefused() async throws {
        let small = try await SmallScreen()
        for (problem, change) in Self.wrong {
            let options = small.options("run", change)
            // As they come from another program.
            let decoded = try JSONDecoder().decode(RunOptions.self, from: JSONEncoder().encode(options))
            let error = await #expect(throws: IDRError.self) { try await small.pipeline.run(batchSize: 1, options: decoded) }
            #expect(error?.code == .invalidPlan && error?.problem.contains(problem) == true && error?.reason != nil, "\(String(describing: error))")
        }
        #expect(small.scratch.contents == ["mirror"])
        let error = await #expect(throws: IDRError.self) { try await small.pipeline.run(batchSize: .max, options: small.options()) }
        #expect(error?.problem == "a batch cannot have \(Int.max) wells")
    }

    @Test func optionsThatARunCanHaveAreTaken() throws {
        try RunOptions().check()
        var options = RunOptions()
        (options.threads, options.batchSize, options.batches, options.startBatch, options.output) = (1, 1, [0, 7], 0, "out")
        options.stages = .folder("x", bytes: 1)
        try options.check()
    }

    @Test func framesThatNoMovieHasAreRefusedAtOnce() async throws {
        let small = try await SmallScreen()
        let chosen = screen("idr0013A", mirror: small.mirror).controls()
        for pipeline in [
            chosen.frames(1...Int.max), chosen.frames(-5...5), chosen.fields(1...Int.max).frame(1), chosen.slice(.max).frame(1), chosen.frame(.max),
        ] {
            let error = await #expect(throws: IDRError.self) {
                try await pipeline.segment(diameter: 27).profile().run(batchSize: 1, options: small.options())
            }
            #expect(error?.code == .invalidPlan && error?.advice != nil, "\(String(describing: error))")
        }
        #expect(small.scratch.contents == ["mirror"])
    }

    @Test func placesThatCannotBeAskedAreRefused() throws {
        for change in [{ $0.connectionsPerHost = 0 }, { $0.cacheBytes = -1 }] as [(inout Access) -> Void] {
            var access = Access.published
            change(&access)
            let error = #expect(throws: IDRError.self) { try Network(access: access) }
            #expect(error?.reason == "it must be a whole number from 1")
        }
    }
}
