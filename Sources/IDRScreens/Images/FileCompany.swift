import Foundation
import IDRFiles
import IDRPlan

/// Which whole files of a well were at their server at the same time, as the cache remembers it. Only such files are used together.
struct FileCompany: Sendable {
    let cache: FileCache
    let key: String

    /// Each a set of files, by name with their digests.
    private struct Kept: Codable, StoredValue {
        static var readableFormats: ClosedRange<Int> { 1...1 }

        var format = 1
        /// The newest first.
        var companies: [[String: Digest]]
    }

    private static let most = 16

    func knows(_ files: [String: Digest]) async throws -> Bool {
        guard let kept = try await cache.get(key).flatMap({ Self.decode($0.bytes, key) }) else { return false }
        return kept.companies.contains { company in files.allSatisfy { company[$0.key] == $0.value } }
    }

    func note(_ files: [String: Digest]) async throws {
        try await cache.update(key, source: key) { [key] bytes in
            let known = bytes.flatMap { Self.decode($0, key) }?.companies ?? []
            let others = known.filter { company in !company.allSatisfy { files[$0.key] == $0.value } }
            return [UInt8](try JSONEncoder().encode(Kept(companies: [files] + others.prefix(Self.most - 1))))
        }
    }

    private static func decode(_ bytes: [UInt8], _ key: String) -> Kept? {
        try? VersionedJSON.decode(Kept.self, from: Data(bytes), path: key)
    }
}
