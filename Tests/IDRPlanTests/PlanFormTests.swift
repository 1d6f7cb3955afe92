import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// The forms that plans are encoded in; ``StoredFormTests`` has their digests.
struct PlanFormTests {
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

    /// Floats are the rule: who says so keeps the plan's identity too.
    @Test func thePrecisionIsWrittenWhereItIsNotTheRule() throws {
        var plan = Specimens.plan
        plan.segmentation = Segmentation(precision: .float32)
        let floats = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        #expect(floats.contains("\"format\":3") && !floats.contains("precision"))
        plan.segmentation = Segmentation(precision: .int8)
        let whole = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        #expect(whole.contains("\"format\":5") && whole.contains("\"precision\":\"int8\""))
        #expect(try JSONDecoder().decode(Plan.self, from: Data(whole.utf8)) == plan)
    }

    /// Steps of a selection, and channels by plate, that older forms cannot say.
    @Test func newSelectionsAreOfTheNewestForm() throws {
        for step in Specimens.selecting.selection {
            var plan = Specimens.plan
            plan.selection.append(step)
            let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
            #expect(text.contains("\"format\":6") && plan.format == 6)
            #expect(try JSONDecoder().decode(Plan.self, from: Data(text.utf8)) == plan)
        }
        let byPlate = Specimens.byPlate
        #expect(byPlate.format == 6 && byPlate.channels(of: "P") == ["DAPI:DNA"] && byPlate.channels(of: "Q").isEmpty)
        #expect(try JSONDecoder().decode(ResolvedPlan.self, from: JSONEncoder().encode(byPlate)) == byPlate)
    }

    @Test func aPlanOfALaterFormIsSaidToBeThat() throws {
        let later = try String(decoding: JSONEncoder().encode(Specimens.plan), as: UTF8.self).replacingOccurrences(
            of: "\"format\":3", with: "\"format\":9")
        let error = #expect(throws: IDRError.self) { try VersionedJSON.decode(Plan.self, from: Data(later.utf8), path: "plan.json") }
        #expect(error?.reason == "it has format 9, this one reads up to 6")
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
