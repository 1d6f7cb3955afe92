package import Foundation

/// The test files of Tools/make_cellh5_fixtures.py.
package enum CellH5Files {
    package static let fixtures = ExampleFrames.checkout.appending(path: "Tests/Fixtures")

    package static func path(_ name: String) -> String { fixtures.appendingPathComponent("cellh5/\(name)").path }

    package static let all = [0, 2, 3].flatMap { version in
        ["contiguous", "chunked", "deflate"].flatMap { storage in
            ["uint8", "uint16"].map { CellH5Variant(version: version, storage: storage, type: $0) }
        }
    }

    /// The formula of the test files' pixels; every index from 0.
    package static func pixel(c: Int, t: Int, y: Int, x: Int, seed: Int = 0) -> Int { (53 * c + 17 * t + 3 * y + 7 * x + seed) % 251 }

    package static func plane(c: Int, t: Int, seed: Int = 0) -> [Int] { (0..<12 * 16).map { pixel(c: c, t: t, y: $0 / 16, x: $0 % 16, seed: seed) } }

    /// A folder of its own that is removed afterwards.
    package static func inTemporaryFolder<T>(_ body: (URL) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("idrkit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }
}

package struct CellH5Variant: Sendable {
    package var version: Int
    package var storage: String
    package var type: String
    package var file: String { "superblock\(version)_\(storage)_\(type).ch5" }
}
