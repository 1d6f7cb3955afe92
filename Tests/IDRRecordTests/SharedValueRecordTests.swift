import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// A movie too short for a flatfield leaves no penalties, and a record of that.
@Test func aSharedValueMayBeNone() throws {
    let record = SharedValueRecord<Double?>(value: nil, plate: "P", well: "A1", planes: [])
    let bytes = Data(try CanonicalJSON.encode(record))
    #expect(try VersionedJSON.decode(SharedValueRecord<Double?>.self, from: bytes, path: "").value == nil)
    #expect(try VersionedJSON.decode(SharedValueRecord<JSONValue>.self, from: bytes, path: "").value == .null)
}

/// What a record's shared values were computed from is part of what a rerun is compared with: not to know it is an error.
@Suite struct SharedValueRecordTests {
    @Test func aSharedFolderThatCannotBeReadIsNoEmptyOne() async throws {
        let scratch = try ScratchFolder()
        try await SampleRecord().write(to: scratch("run"))
        let shared = scratch("run/\(RecordLayout.shared)")
        try OnDisk.remove(shared)
        let record = try RecordFolder(reading: scratch("run"))
        #expect(try record.sharedValues().isEmpty)
        try FileManager.default.createSymbolicLink(atPath: shared, withDestinationPath: RecordLayout.shared)
        let error = #expect(throws: IDRError.self) { try record.sharedValues() }
        #expect(error?.code == .system && error?.problem.contains(shared) == true && error?.reason == SystemFailure.reason(ELOOP))
    }
}
