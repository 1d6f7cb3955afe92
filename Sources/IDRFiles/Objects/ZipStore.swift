package import IDRPlan
import Synchronization

/// The files in a ZIP archive as objects, such as an OME-Zarr plate that was packed.
package final class ZipStore: ObjectStore {
    package let name: String
    /// What stands before the keys in the archive; empty, or a folder and its `/`.
    private let root: String
    /// libzip reads one entry of an archive at a time.
    private let archive: Mutex<ZipReader>
    /// An entry is unpacked as a whole, also where a part of it is wanted.
    private static let largestEntry = 1 << 31

    /// Opens the archive at `path`.
    /// - Parameter marks: names of files of which the uppermost stands in the folder that keys begin in.
    package init(reading path: String, below marks: Set<String>) throws(IDRError) {
        let reader = try ZipReader(reading: path)
        let folders = reader.entries.compactMap { entry -> Substring? in
            let end = entry.name.lastIndex(of: "/").map { entry.name.index(after: $0) } ?? entry.name.startIndex
            return marks.contains(String(entry.name[end...])) ? entry.name[..<end] : nil
        }
        name = path
        root = folders.min { ($0.count, $0) < ($1.count, $1) }.map(String.init) ?? ""
        archive = Mutex(reader)
    }

    package func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        let most = part == .all ? limit : Self.largestEntry
        let bytes = try archive.withLock { [root] archive throws(IDRError) -> [UInt8]? in
            archive.entry(root + key) == nil ? nil : try archive.read(root + key, limit: most)
        }
        guard let bytes else { return nil }
        let range =
            switch part {
            case .all: 0..<bytes.count
            case .range(let range): range
            case .suffix(let count): max(0, bytes.count - count)..<bytes.count
            }
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            throw IDRError(
                .invalidInput, "\(key) in \(name) is truncated",
                because: "it has \(bytes.count) bytes, and bytes up to \(range.upperBound) are needed")
        }
        guard range.count <= limit else { throw IDRError(.refused, "a part of \(key) in \(name) is too large") }
        return part == .all ? bytes : Array(bytes[range])
    }
}
