import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Plans as former releases encoded them keep their bytes, and runs so their identity, for ever.
struct OldPlanTests {
    private static let folder = ExampleFrames.fixtures.appending(path: "plans/0.1.0-format2")

    private static func names(in folder: String) -> [String] {
        CommittedDigest.list(Self.folder).map(\.name).filter { $0.hasPrefix(folder + "/") }
    }

    static let plans = names(in: "plans")
    static let resolvedPlans = names(in: "resolved-plans")
    static let plansWithAccess = names(in: "plans-with-access")
    static let access = names(in: "access")

    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: Self.folder.appending(path: name)) }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try CanonicalJSON.decode(type, from: bytes(name), path: name)
    }

    /// Decodes and encodes the plan `name`.
    private func expectTheSame<Value: Codable>(_ type: Value.Type, _ name: String) throws {
        let again = try CanonicalJSON.encode(decoded(type, name))
        #expect(try String(decoding: again, as: UTF8.self) == String(decoding: bytes(name), as: UTF8.self))
        let identity = CommittedDigest.list(Self.folder).first { $0.name == name }?.digest
        #expect(try SHA256.digest(of: again) == identity)
    }

    @Test func theyAreThere() {
        #expect(Self.plans.count == 11 && Self.resolvedPlans.count == 10 && Self.plansWithAccess.count == 3 && Self.access.count == 2)
    }

    @Test(arguments: plans) func aPlanKeepsItsBytes(_ name: String) throws { try expectTheSame(Plan.self, name) }

    @Test(arguments: resolvedPlans) func aResolvedPlanKeepsItsIdentity(_ name: String) throws { try expectTheSame(ResolvedPlan.self, name) }

    /// A plan and its resolved form ask for the same.
    @Test(arguments: resolvedPlans) func aResolvedPlanHoldsItsPlan(_ name: String) throws {
        let plan = try decoded(Plan.self, name.replacing("resolved-plans/", with: "plans/"))
        let resolved = try decoded(ResolvedPlan.self, name)
        #expect(resolved.plan == plan.portable)
        let again = ResolvedPlan(plan: plan, tables: resolved.tables, models: resolved.models, channels: resolved.channels, wells: resolved.wells)
        #expect(try CanonicalJSON.encode(again) == Array(bytes(name)))
    }

    /// Where a screen is taken from is no part of what is asked for.
    @Test(arguments: plansWithAccess) func accessChangesNoPlan(_ name: String) throws {
        let plan = try decoded(Plan.self, name)
        #expect(try CanonicalJSON.encode(plan.portable) == Array(bytes("plans/one-well.json")))
    }

    @Test(arguments: access) func accessKeepsItsBytes(_ name: String) throws { try expectTheSame(Access.self, name) }

    @Test(arguments: OldRecord.folders) func aRecordsPlanKeepsItsIdentity(_ old: OldRecord) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(old.path)/plan.json"))
        let plan = try CanonicalJSON.decode(ResolvedPlan.self, from: data, path: old.path)
        #expect(try CanonicalJSON.encode(plan) == Array(data))
    }
}
