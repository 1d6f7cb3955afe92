import IDRFiles
package import IDRPlan
import Synchronization

/// The versions of the objects that were read through a ``RemoteStore``, by key.
package final class ObjectVersions: Sendable {
    private let state = Mutex<[String: SourceVersion]>([:])

    package init() {}

    /// nil where the object was not asked for.
    package subscript(_ key: String) -> SourceVersion? { state.withLock { $0[key] } }

    /// - Throws: an ``IDRError`` where an earlier part of the same object was of another version.
    func note(_ version: SourceVersion, at url: RemoteURL) throws(IDRError) {
        let isSame = state.withLock { state in
            guard let known = state[version.name] else {
                state[version.name] = version
                return true
            }
            return known.isSame(as: version)
        }
        if !isSame { throw RemoteBytes.changed(url) }
    }
}

extension SourceVersion {
    /// - Parameter fields: of the answer.
    init(_ name: String, _ fields: [String: String], bytes: Int?) {
        self.init(name: name, entityTag: fields["etag"], lastModified: fields["last-modified"], bytes: bytes)
    }

    /// Whether nothing that both name differs: an answer with a part need not repeat what the first one said.
    func isSame(as other: SourceVersion) -> Bool {
        func agree<Value: Equatable>(_ first: Value?, _ second: Value?) -> Bool { first == nil || second == nil || first == second }
        return isAbsent == other.isAbsent && agree(entityTag, other.entityTag) && agree(lastModified, other.lastModified)
            && agree(bytes, other.bytes)
    }
}

extension RemoteClient {
    /// Asks whether the object at `url` is still of `version`; its body is not taken.
    /// - Throws: an ``IDRError`` where the server does not say.
    package func has(_ version: SourceVersion, at url: RemoteURL, tally: TransferTally?) async throws -> Bool {
        var fields: [String] = []
        if let tag = version.entityTag {
            fields.append("If-None-Match: \(tag)")
        } else if let date = version.lastModified {
            fields.append("If-Modified-Since: \(date)")
        }
        let begun = Mutex<AnswerHead?>(nil)
        let head: AnswerHead
        do {
            head = try await retrying(url, tally: tally) {
                Exchange(url: url, fields: fields, limits: limits) { head, _ throws(IDRError) in
                    guard head.status < 300 else { return }
                    begun.withLock { $0 = head }
                    throw IDRError(.invalidInput, Self.bodyCame)
                }
            }
        } catch let error as IDRError {
            guard error.problem == Self.bodyCame, let seen = begun.withLock({ $0 }) else { throw error }
            head = seen
        }
        switch head.status {
        case 304: return version.isAbsent != true
        case 403, 404, 410: return version.isAbsent == true
        default:
            // Servers may answer with the whole object although it is the same.
            try Self.check(head, url, [200])
            let now = SourceVersion(version.name, head.fields, bytes: head.fields["content-length"].flatMap { Int($0) })
            return version.isSame(as: now)
                && (now.entityTag != nil && now.entityTag == version.entityTag || version.entityTag == nil && now.lastModified != nil)
        }
    }

    private static let bodyCame = "a body came"
}
