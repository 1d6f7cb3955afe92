package import IDRFiles
import IDRPlan
import Synchronization

/// Objects on a server. 404 says that there is no such object; so does 403 where the server has given another of these objects, for stores that
/// do not list their objects refuse those that they do not have. Every other failure is one.
package struct RemoteStore: ObjectStore {
    /// What is known of a server from what it answered before; shared by the stores of one plate.
    package final class Answers: Sendable {
        fileprivate let given = Atomic(false)
        fileprivate let refused = Atomic(false)
        package init() {}
    }

    package let base: RemoteURL
    package let client: RemoteClient
    package let tally: TransferTally
    private let answers: Answers
    /// Where the versions of what is read are noted.
    package let versions: ObjectVersions?

    package init(
        base: RemoteURL, client: RemoteClient, tally: TransferTally, answers: Answers = Answers(), versions: ObjectVersions? = nil
    ) {
        self.base = base
        self.client = client
        self.tally = tally
        self.answers = answers
        self.versions = versions
    }

    package var absence: String {
        answers.refused.load(ordering: .relaxed)
            ? "there is no such object, or the server refuses it: it answers 403 for some, and gives others" : "there is no such object"
    }

    package var name: String { base.description }

    package func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        do {
            let bytes = try await answer(of: key, part, limit: limit)
            if bytes != nil { answers.given.store(true, ordering: .relaxed) }
            return bytes
        } catch let error as IDRError where error.code == .refused && error.reason?.hasPrefix(RemoteClient.forbidden) == true {
            guard answers.given.load(ordering: .relaxed) else { throw error }
            answers.refused.store(true, ordering: .relaxed)
            return nil
        }
    }

    private func answer(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        let url = try base.appending(key)
        switch part {
        case .all:
            let answer = try await client.get(url, limit: limit, missing: true, tally: tally)
            let isAbsent = answer.status == 404
            let version = SourceVersion(key, answer.fields, bytes: answer.body.count)
            try versions?.note(isAbsent ? SourceVersion(name: key, isAbsent: true) : version, at: url)
            return isAbsent ? nil : answer.body
        case .range(let range):
            return try await self.part(
                of: url, key, "\(range.lowerBound)-\(range.upperBound - 1)", count: range.count, limit: limit,
                start: range.lowerBound)
        case .suffix(let count):
            return try await self.part(of: url, key, "-\(count)", count: count, limit: limit)
        }
    }

    /// - Parameter start: where the part begins; nil for the end, of which all is taken where the object is shorter than `count` bytes.
    private func part(of url: RemoteURL, _ key: String, _ range: String, count: Int, limit: Int, start: Int? = nil) async throws -> [UInt8]? {
        guard count <= limit else { throw IDRError(.refused, "a part of an object is too large", at: [url.description]) }
        let (head, bytes): (AnswerHead, [UInt8])
        do {
            (head, bytes) = try await client.part(of: url, range, limit: count, tally: tally) { head, sent in
                guard head.status == 206 else { return nil }
                let answer = ContentRange(head.fields["content-range"])
                let isWhole = start == nil && answer?.first == 0 && answer?.count == answer?.total && sent < count
                let isStart = start.map { $0 == answer?.first } ?? (answer?.total).map { $0 == (answer?.first ?? 0) + sent } ?? true
                return (answer?.count == count && isStart || isWhole) && answer?.count == sent
                    ? nil : "the server answers the range \(range) with \(head.fields["content-range"] ?? "none")"
            }
        } catch is RemoteBytes.NoRanges {
            throw IDRError(
                .transfer, "the server gives no parts of objects", at: [url.description], because: "it sends the whole object for a range")
        }
        if head.status == 404 {
            try versions?.note(SourceVersion(name: key, isAbsent: true), at: url)
            return nil
        }
        try RemoteClient.check(head, url, [206], body: bytes)
        try versions?.note(SourceVersion(key, head.fields, bytes: ContentRange(head.fields["content-range"])?.total), at: url)
        return bytes
    }
}
