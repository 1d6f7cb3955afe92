import Foundation
import IDRPlan
import TestSupport
import Testing

/// Numbers of plans that come decoded.
@Suite struct PlanNumberTests {
    @Test func numbersThatCanBe() throws {
        try Plan(screen: "idr0013A").checkNumbers()
        try Specimens.plan.checkNumbers()
        var plan = Specimens.plan
        (plan.frames, plan.slice) = ([1, Plan.largestNumber], Plan.largestNumber)
        try plan.checkNumbers()
    }

    @Test func numbersThatCannotBe() throws {
        let wrong: [(String, (inout Plan) -> Void)] = [
            ("frame 0 does not exist", { $0.frames = [0, 1] }), ("frame -3 does not exist", { $0.frames = [-3] }),
            ("frame \(Int.max) does not exist", { $0.frames = [1, .max] }), ("the plan's frames are not in order", { $0.frames = [2, 2] }),
            ("the plan's fields are not in order", { $0.fields = [2, 1] }), ("field \(Int.min) does not exist", { $0.fields = [.min] }),
            ("slice 0 does not exist", { $0.slice = 0 }), ("slice 100001 does not exist", { $0.slice = 100_001 }),
            ("the plan names 100001 frames", { $0.frames = Array(1...100_001) }),
        ]
        for (problem, change) in wrong {
            var plan = Specimens.plan
            change(&plan)
            let decoded = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
            let error = #expect(throws: IDRError.self) { try decoded.checkNumbers() }
            #expect(error?.problem == problem && error?.code == .invalidPlan && error?.advice != nil, "\(String(describing: error))")
        }
    }
}
