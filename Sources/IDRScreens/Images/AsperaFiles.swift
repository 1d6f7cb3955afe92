import Foundation
import IDRFiles
import IDRPlan
import IDRTransfer
import Synchronization

/// Whole files with `ascp`. Once it cannot be used (no program, log-in or licence refused), it is not tried again in this run.
final class AsperaFiles: FileSource {
    private let client: AsperaClient
    private let remote: String
    private let folder: String
    private let network: Network
    private let freshness: Freshness
    private let unavailable = Mutex<IDRError?>(nil)

    /// - Throws: an ``IDRError`` where the settings name no key, or a remote place that is not `user@host:/folder`.
    init(
        _ access: AsperaAccess, network: Network, freshness: Freshness, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(IDRError) {
        let named = access.key.map { environment.merging(["IDRKIT_ASPERA_KEY": $0]) { $1 } } ?? environment
        guard var settings = AsperaSettings(named) else {
            throw IDRError(
                .invalidPlan, "Aspera needs a private key", fix: "name its file in IDRKIT_ASPERA_KEY or in the configuration, aspera > key")
        }
        let parts = access.remote.split(separator: ":", maxSplits: 1)
        let ends = (parts.first ?? "").split(separator: "@")
        guard parts.count == 2, ends.count == 2 else {
            throw IDRError(.invalidPlan, "\"\(access.remote)\" is no place for Aspera", fix: "write it as user@host:/folder")
        }
        settings.program = access.executable
        settings.user = String(ends[0])
        settings.host = String(ends[1])
        client = AsperaClient(settings, environment: environment)
        remote = access.remote
        folder = String(parts[1])
        self.network = network
        self.freshness = freshness
    }

    var isOff: Bool { unavailable.withLock { $0 != nil } }

    func file(_ path: String, tally: TransferTally, verify: @escaping @Sendable (String) async throws -> Void) async throws -> StudyFile {
        if let reason = unavailable.withLock({ $0 }) { throw reason }
        let location = "\(remote)/\(path)"
        do {
            let isFetched = Atomic(false)
            let cached = try await network.cache.lease(try await key(location, freshness, network.cache)) { part in
                isFetched.store(true, ordering: .relaxed)
                try checkOnline(location, freshness)
                return try await client.fetch("\(folder)/\(path)", into: part, tally: tally, verify: named(location, verify))
            }
            return StudyFile(cached: cached, location: location, isFromCache: !isFetched.load(ordering: .relaxed))
        } catch let failure as AsperaFailure {
            if case .unavailable(let error) = failure { unavailable.withLock { $0 = error } }
            throw failure.error
        }
    }
}

extension AsperaFiles {
    /// Aspera says nothing of versions.
    func isCurrent(_ file: StudyFile, tally: TransferTally) throws -> Bool {
        try checkOnline(file.location, freshness)
        return false
    }
}

extension ImageSourceKind {
    static let aspera = ImageSourceKind(kind: .aspera) { sources throws(IDRError) in
        guard let settings = sources.access.aspera, settings.isOn else { return [] }
        let files = try AsperaFiles(settings, network: sources.network, freshness: sources.freshness)
        return [try sources.fileImages(.aspera, name: settings.remote, files, listed: nil)]
    }
}
