import Foundation
import IDRPlan
import TestSupport
import Testing

struct ProjectFileTests {
    @Test func theCitationNamesThisVersion() throws {
        let citation = try String(contentsOf: ExampleFrames.checkout.appending(path: "CITATION.cff"), encoding: .utf8)
        #expect(citation.contains("\nversion: \(IDRKitVersion.current)\n") && citation.contains("\nlicense: BSD-3-Clause\n"))
    }
}
