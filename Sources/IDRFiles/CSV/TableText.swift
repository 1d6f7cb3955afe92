import Foundation
package import IDRPlan

/// The text of a table that may come plain, gzipped or zipped; its first bytes say which.
package enum TableText {
    /// More than any study's annotation holds (MitoCheck's has about 60 MB); what unpacks to more is refused.
    package static let largest = 1 << 29

    /// - Parameter name: of the table, for errors.
    package static func unpacked(_ bytes: [UInt8], called name: String, limit: Int = largest) throws(IDRError) -> [UInt8] {
        if bytes.starts(with: [0x1F, 0x8B]) {
            do throws(IDRError) { return try Gzip.decompress(bytes, limit: limit) } catch { throw error.at(name) }
        }
        if bytes.starts(with: Array("PK".utf8)) { return try unzipped(bytes, called: name, limit: limit) }
        let start = bytes.prefix(64).drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        guard start.first != UInt8(ascii: "<") else {
            throw IDRError(.invalidInput, "this is a page, not a table", at: [name], because: "it begins with \"<\"", fix: "correct the address")
        }
        return bytes
    }

    /// The archive's only table.
    private static func unzipped(_ bytes: [UInt8], called name: String, limit: Int) throws(IDRError) -> [UInt8] {
        let path = NSTemporaryDirectory() + "/idrkit-\(UUID().uuidString).zip"
        try AtomicFile.write(bytes, to: path)
        defer { unlink(path) }
        do throws(IDRError) {
            let archive = try ZipReader(reading: path)
            let tables = archive.entries.map(\.name).filter { entry in
                let lower = entry.lowercased()
                return !lower.hasPrefix("__macosx/") && [".csv", ".tsv", ".txt"].contains { lower.hasSuffix($0) }
            }
            guard tables.count == 1 else {
                throw IDRError(.invalidInput, "the archive holds \(tables.count) tables where one was expected", because: NearNames.list(tables))
            }
            return try archive.read(tables[0], limit: limit)
        } catch {
            throw IDRError(error.code, error.problem.replacing(path, with: name), at: [name], because: error.reason?.replacing(path, with: name))
        }
    }
}
