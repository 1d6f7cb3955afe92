import Foundation
import IDRFiles
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// Wrong and short ranges, and wrong totals: asked for again as answers that were cut off are, never used, and an error where they stay.
@Suite struct WrongRangeTests {
    private static let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    static let faults = ["another start", "short", "long", "another total", "no total"]

    /// A server whose first answers to each range are wrong.
    private func server(_ fault: String, times: Int, after good: Int = 0) throws -> LoopbackServer {
        let seen = Count()
        return try LoopbackServer { request in
            guard let range = request.range(of: Self.bytes.count) else { return LoopbackServer.answer(416) }
            seen.add()
            guard seen.now > good, seen.now <= good + times else { return LoopbackServer.file(Self.bytes, request) }
            var (sent, named, total) = (range, range, "\(Self.bytes.count)")
            switch fault {
            case "another start":
                named = range.lowerBound + 1..<range.upperBound + 1
                sent = named.upperBound <= Self.bytes.count ? named : range
            case "short": (sent, named) = (range.lowerBound..<range.upperBound - 5, range.lowerBound..<range.upperBound - 5)
            case "long": sent = range.lowerBound..<min(range.upperBound + 5, Self.bytes.count)
            case "another total": total = "\(Self.bytes.count + 1)"
            default: total = "*"
            }
            return LoopbackServer.answer(
                206, ["ETag": "\"1\"", "Content-Range": "bytes \(named.lowerBound)-\(named.upperBound - 1)/\(total)"], body: Array(Self.bytes[sent]))
        }
    }

    @Test(arguments: faults) func aLaterPartIsAskedForAgain(fault: String) async throws {
        let server = try server(fault, times: 2, after: 1)
        let tally = TransferTally()
        let file = try await RemoteBytes(RemoteURL(server.base + "/m"), client: RemoteClient.impatient(), first: 512, tally: tally)
        #expect(try await file.read(2000..<3000) == Array(Self.bytes[2000..<3000]))
        #expect(tally.counts.retries == 2)
    }

    @Test(arguments: faults.dropLast(2)) func theFirstPartIsAskedForAgain(fault: String) async throws {
        let server = try server(fault, times: 2)
        let file = try await RemoteBytes(RemoteURL(server.base + "/m"), client: RemoteClient.impatient(), first: 512)
        #expect(file.length == Self.bytes.count && file.beginning == Array(Self.bytes[..<512]))
    }

    @Test(arguments: faults) func whatStaysWrongIsAnError(fault: String) async throws {
        let server = try server(fault, times: 1000, after: 1)
        let file = try await RemoteBytes(RemoteURL(server.base + "/m"), client: RemoteClient.impatient(), first: 512)
        let error = await #expect(throws: IDRError.self) { try await file.read(2000..<3000) }
        #expect(error?.code == .transfer && error?.reason?.hasSuffix("after 8 tries") == true && server.requests.count == 9, "\(error as Any)")
    }

    @Test(arguments: faults.dropLast(2)) func partsOfObjectsAreAskedForAgain(fault: String) async throws {
        let server = try server(fault, times: 2)
        let store = RemoteStore(base: try RemoteURL(server.base), client: RemoteClient.impatient(), tally: TransferTally())
        #expect(try await store.bytes(of: "o", .range(100..<300), limit: 1000) == Array(Self.bytes[100..<300]))
        let other = try self.server(fault, times: 2)
        let again = RemoteStore(base: try RemoteURL(other.base), client: RemoteClient.impatient(), tally: TransferTally())
        #expect(try await again.bytes(of: "o", .suffix(100), limit: 1000) == Array(Self.bytes.suffix(100)))
    }
}
