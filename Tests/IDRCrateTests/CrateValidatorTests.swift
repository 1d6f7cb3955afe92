import Foundation
import IDRRecord
import TestSupport
import Testing

/// Crates before the field's validator, all REQUIRED rules of the profile.
@Suite(.enabled(if: CrateValidator.isAvailable, "\(CrateValidator.reason)"))
struct CrateValidatorTests {
    @Test(arguments: SampleKind.allCases) func everySortOfCrateConforms(_ kind: SampleKind) async throws {
        let folder = try ScratchFolder()
        let verdict = try CrateValidator.judge(try await kind.crates(in: folder))
        #expect(verdict.conforms, "\(verdict.report)")
    }

    @Test func aCrateWhoseFileIsGoneDoesNotConform() async throws {
        let folder = try ScratchFolder()
        try await SampleRecord().write(to: folder.path)
        try FileManager.default.removeItem(atPath: folder("batch_0/\(RecordLayout.cells)"))
        #expect(try !CrateValidator.judge([folder("batch_0")]).conforms)
    }
}
