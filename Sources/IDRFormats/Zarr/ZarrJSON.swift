import Foundation
import IDRFiles
import IDRPlan

/// Reads the JSON objects of a Zarr hierarchy. Everything in them is untrusted.
enum ZarrJSON {
    /// The metadata of a plate of 1536 wells has some 200 kB; that of Zarr 3 may hold that of all its members.
    static let limit = 1 << 26

    /// The object `key`; nil where there is none.
    /// - Throws: an ``IDRError`` with the object's name where it is not JSON, or not the JSON it should be.
    static func read<Document: Decodable>(_ key: String, in store: any ObjectStore, as type: Document.Type) async throws -> Document? {
        guard let bytes = try await store.bytes(of: key, .all, limit: limit) else { return nil }
        do throws(IDRError) {
            return try decode(bytes, as: type)
        } catch {
            throw error.at(store.name(of: key))
        }
    }

    static func decode<Document: Decodable>(_ bytes: [UInt8], as type: Document.Type) throws(IDRError) -> Document {
        guard let first = bytes.first(where: { !" \t\r\n".utf8.contains($0) }) else { throw unusable("it is empty") }
        guard first != UInt8(ascii: "<") else {
            throw unusable("it is a web page, not JSON", fix: "check the address: a server may answer so for what it lacks")
        }
        let data = Data(bytes)
        do {
            do {
                return try JSONDecoder().decode(type, from: data)
            } catch DecodingError.dataCorrupted where hasBareNumberNames(bytes) {
                // Python writes NaN and Infinity as they are, which only JSON's later relative knows.
                let decoder = JSONDecoder()
                decoder.allowsJSON5 = true
                return try decoder.decode(type, from: data)
            }
        } catch {
            throw unusable(error)
        }
    }

    /// Why metadata that are JSON cannot be used.
    static func unusable(_ error: any Error) -> IDRError { unusable((error as? DecodingError).map(reason) ?? notJSON) }

    private static func hasBareNumberNames(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains("NaN") || text.contains("Infinity")
    }

    private static let notJSON = "it is not JSON, or has a number that is too large or not whole"

    private static func unusable(_ reason: String, fix advice: String? = nil) -> IDRError {
        IDRError(.invalidInput, "the metadata cannot be used", because: reason, fix: advice)
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): "\(place(context.codingPath)) is null"
        case .typeMismatch(let type, let context): "\(place(context.codingPath)) is not \(name(of: type))"
        // Foundation says the same of what is no JSON and of numbers that do not fit their type.
        case .dataCorrupted: notJSON
        @unknown default: notJSON
        }
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type, is ZarrText.Type: "text"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is [Any].Type: "a list"
        default: "\(type)".hasPrefix("Array") ? "a list" : "what it should be"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "the whole" }
        let text = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
        return ZarrText.shown(text.hasPrefix(".") ? String(text.dropFirst()) : text, 120)
    }
}

/// Text of others. A number that stands where text belongs is read as its text, as in `"path": 0`.
struct ZarrText: Decodable, Sendable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            text = String(number)
        } else {
            text = try container.decode(String.self)
        }
    }

    /// As messages show it: short, and without what would move a terminal's cursor.
    static func shown(_ text: String, _ limit: Int = 40) -> String {
        let safe = text.unicodeScalars.prefix(limit).map { $0.properties.generalCategory == .control ? "?" : Character($0) }
        return String(safe) + (text.unicodeScalars.count > limit ? "..." : "")
    }
}

extension ObjectStore {
    /// What messages call one object.
    func name(of key: String) -> String { key.isEmpty ? name : "\(name)/\(key)" }
}
