import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// What a script in the sandbox gets through the broker, and what it does not.
@Suite(.serialized) struct BrokerTests {
    /// The plan of an uncorrected frame: no model is needed.
    private func plan(_ change: (inout Plan) -> Void = { _ in }) -> Plan {
        var plan = Plan(screen: "idr0013A")
        plan.frames = [2]
        change(&plan)
        return plan
    }

    private func resolved(
        _ session: BrokerSession, _ plan: Plan, hasAccess: Bool = false
    ) async throws -> (plan: ResolvedPlan, run: String, frame: BrokerFrame) {
        let (kind, frame) = try await session.ask(.resolve(plan, isRepeated: false, hasAccess: hasAccess))
        guard case .resolved = kind else { throw IDRError(.invalidPlan, "\(kind)") }
        let plan = try CanonicalJSON.decode(ResolvedPlan.self, from: Data(frame.payload), path: "plan")
        return (plan, try SHA256.digest(of: frame.payload).hex, frame)
    }

    @Test func aPlanIsResolvedAndItsImagesAreRead() async throws {
        let session = try await BrokerSession(SmallScreen())
        let (plan, run, frame) = try await resolved(session, plan { $0.correction = Correction() })
        #expect(plan.wells.map(\.well) == SmallScreen.wells)
        var texts = [String(decoding: frame.json, as: UTF8.self), String(decoding: frame.payload, as: UTF8.self)]
        for well in plan.wells.indices {
            let (kind, frame) = try await session.ask(.fetch(run: run, well: well, field: 1))
            guard case .frames(let facts) = kind else { throw IDRError(.missing, "\(kind)") }
            let fetched = try facts.frames(frame.payload)
            // With the images that BaSiC needs, as they are in the movie.
            #expect(fetched.all.count == 1 && fetched.input.planes.count > 1 && fetched.all[0].kept.count == 1)
            #expect(try fetched.all[0].planes.map { try PlaneDigest.sha256(of: $0) } == fetched.input.planes.map(\.sha256))
            texts.append(String(decoding: frame.json, as: UTF8.self))
        }
        // Nothing says where the mirror is.
        #expect(texts.allSatisfy { !$0.contains(session.screen.scratch.path) && !$0.contains(NSHomeDirectory() + "/") }, "\(texts)")
        #expect(await session.end() == nil && session.notes.isEmpty)
    }

    @Test func errorsDoNotSayWhereThingsAre() async throws {
        let screen = try await SmallScreen()
        try FileManager.default.removeItem(atPath: screen.movie("A3"))
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: screen.movie("B2")))
        let session = try BrokerSession(screen)
        let (_, run, _) = try await resolved(session, plan())
        for well in [1, 2] {
            let error = try #require(try await session.failure(.fetch(run: run, well: well, field: 1)))
            #expect(!"\(error)".contains(screen.scratch.path) && "\(error)".contains(SmallScreen.wells[well]), "\(error)")
        }
        // The images that are whole are still read.
        guard case .frames = try await session.ask(.fetch(run: run, well: 0, field: 1)).kind else { throw IDRError(.missing, "A2") }
        let gone = try BrokerSession(screen) { $0.mirror = screen.scratch("gone") }
        let error = try #require(try await gone.failure(.resolve(plan(), isRepeated: false)))
        #expect(!"\(error)".contains(screen.scratch.path), "\(error)")
        _ = await (session.end(), gone.end())
    }

    @Test func onlyImagesOfResolvedPlansAreRead() async throws {
        let session = try await BrokerSession(SmallScreen())
        let other = try SHA256.digest(of: "another").hex
        #expect(try await session.failure(.fetch(run: other, well: 0, field: 1))?.code == .refused)
        let (_, run, _) = try await resolved(session, plan { $0.selection = [.wells(["A2", "A3"])] })
        for (well, field) in [(-1, 1), (2, 1), (Int.max, 1), (Int.min, 1), (0, 0), (0, 2), (0, Int.max), (1, -1)] {
            #expect(try await session.failure(.fetch(run: run, well: well, field: field))?.code == .refused, "\(well) \(field)")
        }
        #expect(try await session.failure(.fetch(run: other, well: 0, field: 1))?.code == .refused)
        guard case .frames = try await session.ask(.fetch(run: run, well: 1, field: 1)).kind else { throw IDRError(.missing, "A3") }
        #expect(await session.end() == nil)
    }

    @Test func placesThatTheScriptNamesDoNotCount() async throws {
        let session = try await BrokerSession(SmallScreen())
        // A plan cannot even carry them.
        let (own, run, _) = try await resolved(session, plan(), hasAccess: true)
        #expect(own.wells.count == 4)
        guard case .frames = try await session.ask(.fetch(run: run, well: 0, field: 1)).kind else { throw IDRError(.missing, "A2") }
        #expect(session.notes.count == 1 && session.notes[0].contains("places of its own"), "\(session.notes)")
        #expect(await session.end() == nil)
    }

    @Test func onlyExposedFilesAreNamed() async throws {
        let screen = try await SmallScreen()
        let weights = ExampleFrames.checkout.appending(path: "Sources/IDRModels/Resources/nuclei-small/nuclei-small.pth").path
        try FileManager.default.copyItem(atPath: weights, toPath: screen.scratch("own.pth"))
        try FileManager.default.copyItem(atPath: weights, toPath: screen.scratch("other.pth"))
        try FileManager.default.createSymbolicLink(atPath: screen.scratch("link.pth"), withDestinationPath: screen.scratch("other.pth"))
        let session = try BrokerSession(screen, exposed: [screen.scratch("own.pth")])
        func asking(_ path: String) -> BrokerQuestion.Kind {
            .resolve(plan { $0.segmentation = Segmentation(model: .path(path), diameter: 27) }, isRepeated: false)
        }
        let (kind, _) = try await session.ask(asking(screen.scratch("own.pth")))
        guard case .resolved(let facts) = kind else { throw IDRError(.missing, "\(kind)") }
        #expect(facts.modelPaths == ["segmentation": "/exposed/own.pth"])
        // The answer is the same whether there is such a file or not.
        for path in ["other.pth", "link.pth", "gone.pth", "../own.pth"].map(screen.scratch.callAsFunction) + ["/etc/shadow", "", "/", "own.pth/"] {
            let error = try #require(try await session.failure(asking(path)), "\(path)")
            #expect(error.code == .refused && error.reason == "you have not exposed it", "\(path) \(error)")
        }
        let named = try await session.failure(.resolve(plan { $0.segmentation = Segmentation(model: .named("../../../etc")) }, isRepeated: false))
        #expect(named?.code == .missing, "\(String(describing: named))")
        let configured = try await session.failure(.resolve(plan { $0.profiling = Profiling(configuration: "/etc/passwd") }, isRepeated: false))
        #expect(configured?.code == .refused)
        // The store's models are named as always, but this session has none in its sandbox.
        let store = try await session.failure(.resolve(plan { $0.segmentation = Segmentation(diameter: 27) }, isRepeated: false))
        #expect(store?.code == .refused && store?.problem.contains("nuclei-2.pth") == true, "\(String(describing: store))")
        #expect(try await session.failure(.resolve(plan(), isRepeated: true))?.code == .refused)
        #expect(await session.end() == nil)
    }

    /// Plans that the DSL does not make. None of them may end the process that reads them.
    @Test func plansThatAreNoneAreRefused() async throws {
        let session = try await BrokerSession(SmallScreen())
        let accents = String(repeating: "\u{301}", count: 40)
        let changes: [(inout Plan) -> Void] = [
            { $0.frames = [] }, { $0.frames = [Int.min] }, { $0.frames = [0] }, { $0.frames = [2, 2] }, { $0.frames = [1, Int.max] },
            { $0.frames = Array(repeating: 1, count: 10_000) }, { $0.fields = [] }, { $0.fields = [1, -5] }, { $0.fields = [Int.max] },
            { $0.slice = Int.max }, { $0.slice = Int.min }, { $0.screen = "idr001\(accents)3A" }, { $0.screen = "../../../etc" }, { $0.screen = "" },
            { $0.screen = "idr0013A\(accents)" }, { $0.selection = [.wells(["A\(accents)1"])] }, { $0.selection = [.wells(["A/B/C", "", "/"])] },
            { $0.selection = [.wells(["A" + String(repeating: "9", count: 900)])] }, { $0.selection = [.plates(["../P_1"])] },
            { $0.selection = [.first(Int.min)] }, { $0.selection = [.annotation(column: "\u{0}", values: [])] },
            { $0.selection = [.wells([String(repeating: "A", count: 100_000)])] },
            { $0.selection = Array(repeating: .first(1), count: 5000) },
            { $0.profiling = Profiling(channels: Array(repeating: .number(1), count: 5000)) },
        ]
        for (position, change) in changes.enumerated() {
            #expect(try await session.failure(.resolve(plan(change), isRepeated: false)) != nil, "\(position)")
        }
        for channel in [Channel.number(Int.max), .number(Int.min), .number(0), .named(""), .named(accents)] {
            // It is asked for of images, which have no such channel.
            let asked = plan { $0.profiling = Profiling(channels: [channel], network: .named("none")) }
            #expect(try await session.failure(.resolve(asked, isRepeated: false)) != nil)
        }
        #expect(await session.end() == nil)
    }
}
