internal import IDRPlan

/// Objects on a server. 404 says that there is no such object; every other failure is one.
struct RemoteStore: ObjectStore {
    let base: RemoteURL
    let client: RemoteClient
    let tally: TransferTally

    var name: String { base.description }

    func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        let url = try base.appending(key)
        switch part {
        case .all:
            let answer = try await client.get(url, limit: limit, missing: true, tally: tally)
            return answer.status == 404 ? nil : answer.body
        case .range(let range):
            guard range.count <= limit else { throw IDRError(.refused, "a part of an object is too large", at: [url.description]) }
            return try await client.part(of: url, "\(range.lowerBound)-\(range.upperBound - 1)", count: range.count, tally: tally)
        case .suffix(let count):
            guard count <= limit else { throw IDRError(.refused, "a part of an object is too large", at: [url.description]) }
            return try await client.part(of: url, "-\(count)", count: count, tally: tally)
        }
    }
}

extension RemoteClient {
    /// A part of an object, as long as `count` says; nil where there is no such object.
    func part(of url: RemoteURL, _ range: String, count: Int, tally: TransferTally) async throws -> [UInt8]? {
        let body = Gathering(limit: count, url: url)
        let head = try await retrying(url, tally: tally) {
            body.reset()
            return Exchange(url: url, range: range, limits: limits) { head, bytes throws(IDRError) in
                guard head.status != 200 else {
                    throw IDRError(
                        .transfer, "the server gives no parts of objects", at: [url.description], because: "it sends the whole object for a range")
                }
                try body.append(head, bytes)
            }
        }
        let bytes = body.bytes
        tally.add { $0.bytes += bytes.count }
        if head.status == 404 { return nil }
        try Self.check(head, url, [206], body: bytes)
        guard let answer = ContentRange(head.fields["content-range"]), answer.count == count, bytes.count == count else {
            throw Self.failure(url, "the server answers the range \(range) with \(head.fields["content-range"] ?? "none")")
        }
        return bytes
    }
}
