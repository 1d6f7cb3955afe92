import Foundation
import IDRPlan

/// A call that changed files, as the shim recorded it.
struct DiskCall: Sendable {
    /// In the order of the shim's own.
    enum Kind: UInt64, Sendable {
        case create, empty, write, fsync, rename, exchange, unlink, rmdir, mkdir, truncate, syncfs, stdio
    }

    var kind: Kind
    /// Below the recorded folder.
    var path: [String]
    var other: [String]
    var offset: Int
    var length: Int
    var data: [UInt8]

    /// Reads the shim's record.
    static func read(_ file: String, below folder: String) throws -> [DiskCall] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        var calls: [DiskCall] = []
        var place = 0
        func number() -> Int {
            defer { place += 8 }
            return (0..<8).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        func text(_ count: Int) -> [String] {
            defer { place += count }
            let path = String(decoding: bytes[place..<place + count], as: UTF8.self)
            return path.hasPrefix(folder + "/") ? path.dropFirst(folder.count + 1).split(separator: "/").map(String.init) : []
        }
        while place + 48 <= bytes.count {
            let (kind, path, other, offset, length, data) = (number(), number(), number(), number(), number(), number())
            guard let kind = Kind(rawValue: UInt64(kind)), kind != .stdio, place + path + other + data <= bytes.count else {
                throw IDRError(
                    .invalidInput, "the record of calls cannot be replayed", at: [file], because: "of call \(calls.count + 1), kind \(kind)")
            }
            let names = (text(path), text(other))
            calls.append(
                DiskCall(kind: kind, path: names.0, other: names.1, offset: offset, length: length, data: Array(bytes[place..<place + data])))
            place += data
        }
        return calls
    }
}
