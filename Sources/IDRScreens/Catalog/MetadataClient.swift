import Foundation
import IDRFiles
import IDRPlan
import IDRTransfer

/// An answer of a server, as the cache keeps it.
struct MetadataAnswer: Sendable {
    let url: RemoteURL
    let bytes: [UInt8]
    let sha256: Digest
    let fetchedAt: Date
}

/// Asks for metadata, each address once: answers are kept with their digest and date until somebody asks for fresh ones.
struct MetadataClient: Sendable {
    let client: RemoteClient
    let cache: FileCache
    let freshness: Freshness

    init(_ network: Network, _ freshness: Freshness?) {
        client = network.client
        cache = network.cache
        self.freshness = freshness ?? .cached
    }

    /// The first of `urls` that has an answer; nil where every server says that it has none.
    /// - Throws: an ``IDRError`` where no address answers and one failed otherwise; offline, one that lists what is not in the cache.
    func first(_ urls: [RemoteURL], limit: Int) async throws -> MetadataAnswer? {
        if freshness != .refresh {
            for url in urls { if let kept = try await kept(url) { return kept } }
        }
        guard freshness != .offline else { throw Self.notCached(urls.map(\.description)) }
        var failure: (any Error)?
        for url in urls {
            do {
                if let answer = try await ask(url, limit: limit) { return answer }
            } catch let error as IDRError {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return nil
    }

    /// The same of what need not be there. That it is not is kept as well; without a network, what is not kept is taken as missing.
    func firstIfAny(_ urls: [RemoteURL], limit: Int) async throws -> MetadataAnswer? {
        let absence = "absent " + urls.map(\.description).joined(separator: " ")
        if freshness != .refresh {
            for url in urls { if let kept = try await kept(url) { return kept } }
            if freshness == .offline { return nil }
            if try await cache.get(absence, limit: 1) != nil { return nil }
        }
        do {
            if let answer = try await first(urls, limit: limit) { return answer }
        } catch let error as IDRError where !error.isPassing {
            // Some servers refuse what they do not have.
        }
        _ = try await cache.put(absence, [], source: urls.first?.description ?? "", etag: nil)
        return nil
    }

    /// The answer at `url`.
    func get(_ url: RemoteURL, limit: Int) async throws -> MetadataAnswer {
        if let answer = try await first([url], limit: limit) { return answer }
        throw IDRError(.missing, "the server does not have it", at: [url.description], because: "it answers 404")
    }

    /// The JSON at `url` as a value.
    func json<Value: Decodable>(_ type: Value.Type, at url: RemoteURL, limit: Int = 1 << 26) async throws -> Value {
        let answer = try await get(url, limit: limit)
        do {
            return try JSONDecoder().decode(type, from: Data(answer.bytes))
        } catch {
            let isPage = answer.bytes.first == UInt8(ascii: "<")
            let problem = isPage ? "a page came instead of data" : "the answer is not what it must be"
            var reasons = [isPage ? nil : IDRError(error, problem).reason].compactMap(\.self)
            // A wrong answer must not be kept for the next run.
            do { try await cache.remove(Self.key(url)) } catch {
                reasons.append("it stays in the cache: \(IDRError(error, "the cache fails").problem)")
            }
            throw IDRError(
                .invalidInput, problem, at: [url.description], because: reasons.isEmpty ? nil : reasons.joined(separator: "; "),
                fix: "the service may have moved: check \"services\" in the configuration")
        }
    }

    private func kept(_ url: RemoteURL) async throws -> MetadataAnswer? {
        guard let (bytes, entry) = try await cache.get(Self.key(url), limit: TableText.largest) else { return nil }
        return MetadataAnswer(url: url, bytes: bytes, sha256: entry.file.sha256, fetchedAt: Date(timeIntervalSince1970: Double(entry.fetchedAt)))
    }

    private func ask(_ url: RemoteURL, limit: Int) async throws -> MetadataAnswer? {
        let answer = try await client.get(url, limit: limit, missing: true)
        guard answer.status != 404 else { return nil }
        let entry = try await cache.put(Self.key(url), answer.body, source: url.description, etag: answer.entityTag)
        // The date that is kept, so that the same answer from the cache is of the same date.
        let seconds = entry.map { Double($0.fetchedAt) } ?? Date().timeIntervalSince1970.rounded(.down)
        return MetadataAnswer(
            url: url, bytes: answer.body, sha256: try entry?.file.sha256 ?? SHA256.digest(of: answer.body),
            fetchedAt: Date(timeIntervalSince1970: seconds))
    }

    private static func key(_ url: RemoteURL) -> String { "metadata \(url)" }

    static func notCached(_ names: [String]) -> IDRError {
        IDRError(
            .notCached, "this is not in the cache", at: names, because: "with --offline nothing is asked for", fix: "run once without --offline")
    }
}
