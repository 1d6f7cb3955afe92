package import Foundation
package import IDRPlan

/// A value that is kept as JSON for others to read, now or years later: a file of a record or of a cache, or a line of one.
///
/// Its JSON says in which form it is: `format`, a number that rises when the form changes. Old forms stay readable: where a type has several,
/// its `init(from:)` looks at `format`.
package protocol StoredValue: Decodable, SendableMetatype {
    /// The formats that this program reads.
    static var readableFormats: ClosedRange<Int> { get }
    /// The format of what does not say its own; nil: all of them do.
    static var unnamedFormat: Int? { get }
}

extension StoredValue {
    package static var unnamedFormat: Int? { nil }
}

extension JSONDecoder {
    /// Of what records and caches hold: ISO 8601 dates in UTC.
    package static var ofRecords: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}

/// The one way to read what is stored: first the format, then the form of that format.
package enum VersionedJSON {
    /// - Parameter path: what errors name.
    /// - Throws: an ``IDRError`` where `data` has a format that this program does not know, or is not such a value.
    package static func decode<Value: StoredValue>(_ type: Value.Type, from data: Data, path: String) throws(IDRError) -> Value {
        do {
            return try JSONDecoder.ofRecords.decode(Versioned<Value>.self, from: data).value
        } catch {
            throw failure(error, path)
        }
    }

    /// Why a value of this format cannot be read; nil where it can.
    package static func refusal<Value: StoredValue>(_ type: Value.Type, format: Int, path: String? = nil) -> IDRError? {
        let (known, place) = (type.readableFormats, path.map { [$0] } ?? [])
        if format > known.upperBound {
            return IDRError(
                .invalidInput, "the file was written by a newer IDRKit", at: place,
                because: "it has format \(format), this one reads up to \(known.upperBound)", fix: "use a newer IDRKit")
        }
        if format < known.lowerBound {
            return IDRError(
                .invalidInput, "the file was written by an older IDRKit", at: place,
                because: "it has format \(format), this one reads from \(known.lowerBound)", fix: "use the IDRKit that wrote it")
        }
        return nil
    }

    /// The value; nil where `data` is damaged, or cut off.
    /// - Throws: an ``IDRError`` where it is of a format that this program does not read, which is no damage.
    package static func known<Value: StoredValue>(_ type: Value.Type, from data: Data, path: String) throws(IDRError) -> Value? {
        if let value = try? decode(type, from: data, path: path) { return value }
        if let refusal = refusal(type, of: data, path: path) { throw refusal }
        return nil
    }

    /// Why `data` is of no readable format; nil where it is, and where it says none.
    package static func refusal<Value: StoredValue>(_ type: Value.Type, of data: Data, path: String) -> IDRError? {
        guard let format = (try? JSONDecoder().decode(Head.self, from: data))?.format else { return nil }
        return refusal(type, format: format, path: path)
    }

    private static func failure(_ error: any Error, _ path: String) -> IDRError {
        let problem = "the file cannot be read"
        if case DecodingError.dataCorrupted(let context) = error, context.codingPath.isEmpty {
            return IDRError(.invalidInput, problem, at: [path], because: "it is no JSON: it was cut off, or damaged", fix: "take it from a copy")
        }
        return IDRError(error, problem, at: [path])
    }

    private struct Head: Decodable {
        var format: Int?
    }

    /// The value behind its format: read in one pass over the text.
    private struct Versioned<Value: StoredValue>: Decodable {
        let value: Value

        private enum CodingKeys: CodingKey {
            case format
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let format =
                if let unnamed = Value.unnamedFormat {
                    try container.decodeIfPresent(Int.self, forKey: .format) ?? unnamed
                } else {
                    try container.decode(Int.self, forKey: .format)
                }
            // Before the rest is looked at: in another form it would be wrong in some way that says nothing.
            if let refusal = VersionedJSON.refusal(Value.self, format: format) { throw refusal }
            value = try Value(from: decoder)
        }
    }
}
