import Foundation
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Answers of the broker that cannot be sent as they are: whoever asked is told, and never left waiting.
@Suite struct BrokerAnswerTests {
    private static func resolved(fetchedAt date: Date?) -> BrokerAnswer.Kind {
        let file = ContentFile(role: "plates", name: "plates.tsv", bytes: 1, sha256: Digest(filledWith: 0))
        let record = CatalogRecord(file: file, address: "plates.tsv", fetchedAt: date)
        return .resolved(ResolvedFacts(catalog: [record], pixels: "", modelPaths: [:], configuration: nil, warnings: [], author: nil))
    }

    private func failure(_ frame: BrokerFrame) throws -> (id: Int, error: IDRError?) {
        let answer = try JSONDecoder().decode(BrokerAnswer.self, from: frame.json)
        if case .failure(let error) = answer.kind { return (answer.id, error) }
        return (answer.id, nil)
    }

    @Test func whatCannotBeEncodedIsAFailure() throws {
        // JSON knows no such number.
        let frame = try BrokerAnswer(id: 7, kind: Self.resolved(fetchedAt: Date(timeIntervalSince1970: .nan))).frame(payload: [1, 2, 3])
        let (id, error) = try failure(frame)
        #expect(id == 7 && error?.problem == "the broker's answer cannot be written" && error?.reason?.contains("fetchedAt") == true)
        #expect(frame.payload == [])
        let good = try failure(BrokerAnswer(id: 8, kind: Self.resolved(fetchedAt: nil)).frame(payload: [1]))
        #expect(good.id == 8 && good.error == nil)
    }

    @Test func whatIsTooLongIsAFailure() throws {
        let frame = try BrokerAnswer(id: 9, kind: Self.resolved(fetchedAt: nil)).frame(
            payload: [UInt8](repeating: 0, count: 11), limits: .init(json: 1 << 10, payload: 10))
        let (id, error) = try failure(frame)
        #expect(id == 9 && error?.problem == "the broker's answer is too long" && frame.payload == [])
    }
}
