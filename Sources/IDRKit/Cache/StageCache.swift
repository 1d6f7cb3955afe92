import Foundation
import IDRFiles
package import IDRPlan

/// Where a run keeps results of its stages for later ones.
package enum StageReuse: Codable, Sendable, Hashable {
    /// Where the settings say.
    case configured
    /// In a folder, up to so many bytes.
    case folder(String, bytes: Int)
    /// Nothing is kept, and nothing reused: every stage is computed.
    case off
}

/// Results of stages by content, shared by all scripts and processes of a user: a ``FileCache`` whose keys are ``StageKey``'s texts.
///
/// It only ever saves time: where it fails, stages are computed.
package struct StageCache: Sendable {
    /// How much is kept where nothing else is said, in bytes.
    package static let usualLimit = 20 << 30
    /// A result of more bytes is not kept.
    private static let largestResult = 1 << 28

    private let files: FileCache

    package init(folder: String, limit: Int) throws(IDRError) { files = try FileCache(folder: folder, limit: limit) }

    /// nil where nothing is reused.
    package init?(_ reuse: StageReuse) throws(IDRError) {
        switch reuse {
        case .off: return nil
        case .folder(let folder, let bytes): try self.init(folder: folder, limit: bytes)
        case .configured:
            let settings = try StageCacheSettings.configured()
            try self.init(folder: settings.folder, limit: settings.limit)
        }
    }

    /// The result that was kept under `key`. What is damaged or not such a result is removed and nil.
    func value<Value: StageValue>(for key: StageKey, _ type: Value.Type) async throws -> Value? {
        let text = try key.text()
        guard let found = try await files.get(text, limit: Self.largestResult) else { return nil }
        if var reader = StageBytesReader(found.bytes), let value = Value(reading: &reader), reader.isAtEnd { return value }
        try await files.remove(text)
        return nil
    }

    func keep(_ value: some StageValue, for key: StageKey) async throws {
        let bytes = try value.stageBytes().all
        guard bytes.count <= Self.largestResult else { return }
        try await files.put(key.text(), bytes, source: key.stage)
    }

    /// Keys of everything that is kept, with when it was, in seconds since 1970.
    package func keys() -> [(key: StageKey, keptAt: Int)] {
        files.entries().compactMap { entry in
            (try? JSONDecoder().decode(StageKey.self, from: Data(entry.key.utf8))).map { ($0, entry.fetchedAt) }
        }
    }
}
