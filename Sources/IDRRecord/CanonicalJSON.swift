package import Foundation
import IDRFiles
package import IDRPlan

/// The one JSON form of plans and records: keys sorted, indented, ISO 8601 dates in UTC, a final newline.
/// Same value, same bytes; digests of plans are taken over it.
package enum CanonicalJSON {
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try [UInt8](encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// The value on one line, with a line feed at its end.
    package static func line(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try [UInt8](encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// - Throws: an ``IDRError`` that names `path` where the bytes are not such a value.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data, path: String) throws(IDRError) -> Value {
        do {
            return try JSONDecoder.ofRecords.decode(type, from: data)
        } catch {
            throw IDRError(error, "a record cannot be read", at: [path])
        }
    }
}
