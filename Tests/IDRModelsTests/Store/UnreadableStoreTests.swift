import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// A folder of models that is there and cannot be read is named where a model is not found.
@Suite struct UnreadableStoreTests {
    @Test func anUnreadableFolderIsNamed() throws {
        let own = try OwnStore()
        try FileManager.default.createSymbolicLink(atPath: own.scratch("loop"), withDestinationPath: "loop")
        let store = ModelStore(roots: [own.scratch("loop"), own.scratch("root"), own.scratch("none")])
        #expect(try store.model("shipped").name == "shipped")
        let error = #expect(throws: IDRError.self) { try store.model("mine") }
        #expect(
            error?.reason == "there are: shipped; the folder \(own.scratch("loop")) cannot be read: \(SystemFailure.reason(ELOOP))",
            "\(String(describing: error))")
    }
}
