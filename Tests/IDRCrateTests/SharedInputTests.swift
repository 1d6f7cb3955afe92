import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// What a record's shared values were computed from is part of what a rerun is compared with: not to know it is an error.
@Suite struct SharedInputTests {
    @Test func aSharedFolderThatCannotBeReadIsNoEmptyOne() async throws {
        let scratch = try ScratchFolder()
        try await SampleRecord().write(to: scratch("run"))
        let shared = scratch("run/\(RecordLayout.shared)")
        try OnDisk.remove(shared)
        let record = try RecordFolder(reading: scratch("run"))
        #expect(try record.sharedInputs().isEmpty)
        try FileManager.default.createSymbolicLink(atPath: shared, withDestinationPath: RecordLayout.shared)
        let error = #expect(throws: IDRError.self) { try record.sharedInputs() }
        #expect(error?.code == .system && error?.problem.contains(shared) == true && error?.reason == SystemFailure.reason(ELOOP))
    }
}
