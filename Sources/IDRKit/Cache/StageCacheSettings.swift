import Foundation
import IDRFiles
package import IDRPlan

/// Where results of stages are kept and how much of them: `IDRKIT_STAGE_CACHE` and `IDRKIT_STAGE_CACHE_BYTES`, over the configuration's
/// entries `stageCache` and `stageCacheBytes`, over `idrkit/stages` in the user's folder of caches and 20 GB.
package struct StageCacheSettings: Sendable {
    package var folder: String
    package var limit: Int

    private struct Entries: Decodable {
        var stageCache: String?
        var stageCacheBytes: Int?
    }

    /// - Throws: an ``IDRError`` that names the setting that cannot be used.
    package static func configured(environment: [String: String] = ProcessInfo.processInfo.environment) throws(IDRError) -> StageCacheSettings {
        let entries = try ConfigurationFile.entries(Entries.self, environment, called: "stageCache or stageCacheBytes")?.values
        let folder = environment["IDRKIT_STAGE_CACHE"].flatMap { $0.isEmpty ? nil : $0 } ?? entries?.stageCache
        var limit = entries?.stageCacheBytes ?? StageCache.usualLimit
        if let text = environment["IDRKIT_STAGE_CACHE_BYTES"], !text.isEmpty { limit = Int(text) ?? 0 }
        guard limit >= 1 else {
            throw IDRError(
                .invalidPlan, "the stage cache's limit cannot be used", because: "it must be a whole number of bytes from 1",
                fix: "correct IDRKIT_STAGE_CACHE_BYTES or the configuration's stageCacheBytes; --no-cache goes without the cache")
        }
        return StageCacheSettings(folder: folder ?? FileCache.defaultFolder(environment, of: "stages"), limit: limit)
    }
}
