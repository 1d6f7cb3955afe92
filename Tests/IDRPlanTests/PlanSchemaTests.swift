import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// The encoded form of plans is a promise to everyone who keeps a record. These tests fail when it drifts.
struct PlanSchemaTests {
    /// SHA-256 of the schema text below, for format 3: format 2 had no `measuring` (and held `access`, which was no part of a plan); no record of
    /// format 1 was published. When it changes: raise `formatVersion`, keep reading the old format, update this.
    static let committedDigest = "26551eefce776c470b6f9f0526aee9945f7d7c15279ea8c39e349162b0d19f42"

    @Test func schemaIsTheCommittedOne() throws {
        let schema = SchemaText.describe([Specimens.plan, Specimens.resolved, Specimens.access] as [Any])
        let digest = try SHA256.digest(of: schema).hex
        #expect(digest == Self.committedDigest, "the plan format drifted; it is now \(digest):\n\(schema)")
        #expect(Plan.formatVersion == 3 && ResolvedPlan.formatVersion == 3)
    }

    @Test func plansSurviveEncoding() throws {
        for plan in [Specimens.plan, Plan(screen: "idr0013A")] {
            #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
        }
        #expect(try JSONDecoder().decode(ResolvedPlan.self, from: JSONEncoder().encode(Specimens.resolved)) == Specimens.resolved)
    }

    /// Who asks for nothing new keeps the form, and with it the identity of the run.
    @Test func aPlanIsWrittenInTheOldestFormThatCanSayIt() throws {
        var plan = Specimens.plan
        let newer = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        plan.measuring = nil
        let older = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        #expect(newer.contains("\"format\":3") && newer.contains("measuring"))
        #expect(older.contains("\"format\":2") && !older.contains("measuring"))
    }

    @Test func aPlanOfALaterFormIsSaidToBeThat() throws {
        let later = try String(decoding: JSONEncoder().encode(Specimens.plan), as: UTF8.self).replacingOccurrences(
            of: "\"format\":3", with: "\"format\":9")
        let error = #expect(throws: IDRError.self) { try VersionedJSON.decode(Plan.self, from: Data(later.utf8), path: "plan.json") }
        #expect(error?.reason == "it has format 9, this one reads up to 3")
    }

    /// What asks for nothing new is in the old form, and nothing else passes for it.
    @Test func aPlanInAnotherFormThanItSaysIsRefused() throws {
        let text = try String(decoding: JSONEncoder().encode(Specimens.resolved), as: UTF8.self)
        let parts = text.components(separatedBy: "\"format\":3")
        #expect(parts.count == 3)
        for forms in [(2, 3), (3, 2), (2, 2)] {
            let other = "\(parts[0])\"format\":\(forms.0)\(parts[1])\"format\":\(forms.1)\(parts[2])"
            #expect(throws: IDRError.self) { try VersionedJSON.decode(ResolvedPlan.self, from: Data(other.utf8), path: "plan.json") }
        }
    }

    @Test func aPortablePlanHoldsNoFolders() throws {
        var plan = Specimens.plan
        plan.segmentation?.model = .path("/home/someone/weights.pth")
        plan.segmentation?.sizeModel = .path("models/size.npy")
        plan.profiling?.network = .path("/home/someone/b0.h5")
        plan.profiling?.configuration = "/home/someone/config.json"
        let text = String(decoding: try JSONEncoder().encode(plan.portable), as: UTF8.self)
        #expect(!text.contains("someone") && !text.contains("models/"))
        #expect(text.contains("weights.pth") && text.contains("b0.h5") && text.contains("config.json"))
        #expect(plan.portable.portable == plan.portable)
    }
}

/// Values that use every case and every optional field.
enum Specimens {
    static let plan: Plan = {
        var plan = Plan(screen: "idr0013A")
        plan.selection = [
            .controls(nil, words: ControlWords(negative: ["no reagent"])), .controls(.negative, words: nil), .wells(["A4"]), .plates(["LT0001_02"]),
            .excludingWells(["A1"]),
            .annotation(column: "Gene Symbol", values: ["KIF11"]), .first(3),
        ]
        plan.frames = [48, 50]
        plan.fields = [1, 2]
        plan.correction = Correction(behaviour: .compat)
        plan.segmentation = Segmentation(channel: "DNA", model: .nucleiSmall, sizeModel: .path("size.npy"), diameter: 17.5)
        plan.measuring = Measuring(channels: [1])
        plan.profiling = Profiling(channels: ["DNA", 2], configuration: "config.json", network: .path("b0.h5"), outlines: true)
        return plan
    }()

    static let access: Access = {
        var access = Access(mirror: "mirror", sources: PixelSource.allCases)
        access.catalog = CatalogSource.allCases
        access.services = ["https://host/"]
        access.aspera = AsperaAccess(key: "key")
        access.screens = ["idr0013A": ScreenConventions(study: "idr0013-x", controlWords: ControlWords())]
        access.freshness = .offline
        return access
    }()

    static let resolved = ResolvedPlan(
        plan: plan, tables: [ContentFile(role: "plates", name: "plates.tsv", bytes: 3, sha256: Digest(filledWith: 0))],
        models: [ContentFile(role: "segmentation", name: "nuclei-small.pth", bytes: 4, sha256: Digest(filledWith: 0x11))],
        channels: ["DAPI:DNA"],
        wells: [
            WellReference(plate: "P", well: "A4", wellNumber: 4, gene: "G", controlType: "positive control")
        ])
}
