import Foundation
import TestSupport
import Testing

/// A program on the rooms of records and comparison alone does a reviewer's work, and needs none of the libraries that runs need.
struct RecordCheckTests {
    private static let records = ExampleFrames.checkout.appending(path: "Tests/Fixtures/records/0.1.0-format3").path

    private func check(_ names: String...) async throws -> String {
        try await BuiltProgram.run("record-check", names, in: Self.records).output
    }

    @Test func recordsAreVerifiedAndCompared() async throws {
        let same = try await check("complete", "published")
        #expect(same.hasPrefix("intact ") && !same.contains("NOT INTACT"), "\(same)")
        let other = try await check("complete", "compat")
        #expect(other.contains("correction.behaviour"), "\(other)")
    }

    @Test func itNeedsNoneOfTheLibrariesOfRuns() async throws {
        let libraries = try await BuiltProgram.run("/usr/bin/ldd", [BuiltProgram.folder.appending(path: "record-check").path], in: Self.records)
            .output
        #expect(libraries.contains("libc.so"))
        for name in ["libcurl", "libtiff", "libonnxruntime", "libhdf5", "libopenblas"] { #expect(!libraries.contains(name), "\(libraries)") }
    }
}
