import Foundation
import IDRPlan

/// What a cache knows of one of its files: `entry.json` beside the file.
package struct CacheEntry: Sendable, Hashable {
    package private(set) var format = 1
    /// What the file is kept under, such as its address.
    package var key: String
    package var file: FetchedFile
    /// In seconds since 1970.
    package var fetchedAt: Int

    init(key: String, file: FetchedFile) {
        self.key = key
        self.file = file
        fetchedAt = Int(Date().timeIntervalSince1970)
    }

    /// The entry at `path`, or nil where there is none that can be understood: what a newer IDRKit keeps is not there for this one.
    static func read(_ path: String) -> CacheEntry? {
        guard let bytes = try? FileBytes.read(path, limit: 1 << 16),
            let entry = try? VersionedJSON.decode(CacheEntry.self, from: Data(bytes), path: path),
            entry.file.bytes >= 0
        else { return nil }
        return entry
    }
}

/// In JSON the file's own fields stand beside the entry's.
extension CacheEntry: Codable, StoredValue {
    package static var readableFormats: ClosedRange<Int> { 1...1 }

    private enum CodingKeys: String, CodingKey {
        case format, key, fetchedAt
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        format = try container.decode(Int.self, forKey: .format)
        key = try container.decode(String.self, forKey: .key)
        file = try FetchedFile(from: decoder)
        fetchedAt = try container.decode(Int.self, forKey: .fetchedAt)
    }

    package func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(format, forKey: .format)
        try container.encode(key, forKey: .key)
        try container.encode(fetchedAt, forKey: .fetchedAt)
    }
}

/// The folder of one key in a cache. All that changes it is done under its exclusive lock, but for the stamp of its use.
struct CachePlace: Sendable {
    let key: String
    let folder: String

    var dataPath: String { folder + "/data" }
    var entryPath: String { folder + "/entry.json" }
    var part: PartialFile { PartialFile(path: folder + "/data.part", notePath: folder + "/part.json") }

    /// The entry, where its file is there and has the length that it names.
    var entry: CacheEntry? {
        guard let entry = CacheEntry.read(entryPath), entry.key == key else { return nil }
        var status = stat()
        guard lstat(dataPath, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == entry.file.bytes else { return nil }
        return entry
    }

    /// Marks the entry as used now: the least recently used go first.
    func touch() { utimensat(AT_FDCWD, entryPath, nil, 0) }

    /// Takes the complete file at the part's path in. The entry comes last: without it there is no file.
    func store(_ file: FetchedFile) throws(IDRError) {
        var status = stat()
        guard stat(part.path, &status) == 0, Int(status.st_size) == file.bytes else {
            throw IDRError(.transfer, "the fetched file is not there", at: [file.source], because: "it should have \(file.bytes) bytes")
        }
        unlink(entryPath)
        try FileNames.move(part.path, to: dataPath)
        // While there is no entry: who finds one has nothing to tidy.
        try OnDisk.remove(part.notePath)
        try write(CacheEntry(key: key, file: file))
    }

    func store(_ bytes: [UInt8], _ file: FetchedFile) throws(IDRError) {
        unlink(entryPath)
        try AtomicFile.write(bytes, to: dataPath)
        try write(CacheEntry(key: key, file: file))
    }

    private func write(_ entry: CacheEntry) throws(IDRError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(entry) else { throw IDRError(.system, "\(entryPath) cannot be written") }
        try AtomicFile.write([UInt8](data), to: entryPath)
    }

    /// Drops the file, but not what is here of a new one.
    func drop() {
        unlink(entryPath)
        unlink(dataPath)
    }

    /// The names in ``folder`` that processes which were killed have left; among them those of a file that was stored while its entry was not.
    /// The beginning of a file stays, with what Aspera keeps beside it, for its fetch to be gone on with.
    static func leftovers(_ names: Set<String>) -> [String] {
        let isHere = names.contains("entry.json")
        return names.filter { name in
            switch name {
            case "lock", "entry.json": false
            case "data": !isHere
            case "part.json": !names.contains("data.part")
            default: !name.hasPrefix("data.part") || isHere
            }
        }
    }

    func tidy() {
        for name in Self.leftovers(Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])) { unlink(folder + "/" + name) }
    }

    /// Removes all of it, the lock file last.
    func clear() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name != "lock" { unlink(folder + "/" + name) }
        removeIfEmpty()
    }

    func removeIfEmpty() {
        guard (try? FileManager.default.contentsOfDirectory(atPath: folder)) == ["lock"] else { return }
        unlink(folder + "/lock")
        rmdir(folder)
    }
}
