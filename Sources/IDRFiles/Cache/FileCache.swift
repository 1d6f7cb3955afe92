import Foundation
package import IDRPlan
import Synchronization

/// A bounded folder of files by key, which tasks and processes share.
///
/// A key, such as an address, is a folder named by the key's SHA-256: no name from elsewhere becomes a path. A file appears there when it
/// is complete and checked, with ``CacheEntry`` beside it. What is in use is locked; of the rest, the least recently used goes when there is
/// more than ``limit`` bytes. Several processes that fill the same cache may pass the limit by a twentieth each until their next look.
package final class FileCache: Sendable {
    package let folder: String
    /// In bytes, over all files and beginnings of files.
    package let limit: Int
    /// Bytes at the last look, and stored since then; nil before the first.
    private let size = Mutex<(seen: Int, stored: Int)?>(nil)

    /// - Parameter folder: made where it is missing; nil is ``defaultFolder(_:of:)``.
    package init(folder: String? = nil, limit: Int) throws(IDRError) {
        self.folder = folder ?? Self.defaultFolder(ProcessInfo.processInfo.environment)
        self.limit = limit
        do {
            try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        } catch {
            throw IDRError(
                .system, "the cache cannot be created", at: [self.folder], because: "\(error)",
                fix: "set XDG_CACHE_HOME, or the cache's own setting, to a folder you can write to")
        }
    }

    /// The folder `name` in `idrkit` in the user's folder of caches.
    package static func defaultFolder(_ environment: [String: String], of name: String = "downloads") -> String {
        // The XDG rules: a relative path there is to be ignored.
        let base = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (base ?? (environment["HOME"] ?? NSTemporaryDirectory()) + "/.cache") + "/idrkit/\(name)"
    }

    /// The file of `key`, in use until the value that is returned goes away. Its bytes are those of its digest: what was here before is hashed,
    /// and fetched again where it was damaged or changed.
    /// - Parameter fetch: called where the file is missing, by one of all tasks and processes that want it; the others wait. It leaves the
    ///   complete and checked file at the path of the part it is given, where it finds what an earlier one left.
    /// - Throws: what `fetch` throws; an ``IDRError`` where the cache's folder cannot be used; `CancellationError`.
    package func lease(_ key: String, fetch: (PartialFile) async throws -> FetchedFile) async throws -> CachedFile {
        let place = try place(of: key)
        for _ in 0..<10 {
            if place.entry != nil {
                let lock = try await FileLock.acquire(.shared, folder: place.folder)
                if let file = used(place, lock), try await isWhole(file) { return file }
            }
            let lock = try await FileLock.acquire(.exclusive, folder: place.folder)
            place.tidy()
            if place.entry == nil { try await fill(place, fetch) }
            // Another process may clear the folder before the lock is shared: then once more from the start.
            if lock.share(), let file = used(place, lock) {
                try await evict()
                return file
            }
        }
        throw IDRError(.system, "the download cache does not keep a file", at: [key, folder], fix: "raise the cache's limit")
    }

    private func used(_ place: CachePlace, _ lock: FileLock) -> CachedFile? {
        guard let entry = place.entry, let stamp = FileStamp(of: place.dataPath) else { return nil }
        place.touch()
        return CachedFile(entry, place, lock, stamp)
    }

    /// Whether the bytes of `file` are still those that were put here; what is not leaves the cache.
    private func isWhole(_ file: CachedFile) async throws -> Bool {
        let path = file.path
        // Bytes that the disk does not give are damaged, too.
        let found = try await DiskQueue.run { try? SHA256.content(ofFile: path) }
        try Task.checkCancellation()
        if let found, found == (file.entry.file.bytes, file.entry.file.sha256) { return true }
        file.discard()
        return false
    }

    private func fill(_ place: CachePlace, _ fetch: (PartialFile) async throws -> FetchedFile) async throws {
        do {
            place.drop()
            let file = try await fetch(place.part)
            try await DiskQueue.run { () throws(IDRError) in try place.store(file) }
            grew(by: file.bytes)
        } catch {
            place.removeIfEmpty()
            throw error
        }
    }

    /// The bytes that were put under `key`, compared with their digest; nil where there are none.
    /// - Parameter limit: more bytes than these are not read.
    package func get(_ key: String, limit: Int = 1 << 28) async throws -> (bytes: [UInt8], entry: CacheEntry)? {
        let place = try place(of: key)
        guard let known = place.entry, known.file.bytes <= limit else { return nil }
        let lock = try await FileLock.acquire(.shared, folder: place.folder)
        guard let file = used(place, lock) else { return nil }
        guard let bytes = try? FileBytes.read(file.path, limit: limit), try SHA256.digest(of: bytes) == file.entry.file.sha256 else {
            file.discard()
            return nil
        }
        return (bytes, file.entry)
    }

    /// Keeps `bytes` under `key`, in place of what is there. Bytes that are more than the cache's limit are not kept.
    /// - Returns: what the cache knows of them; nil where they are not kept.
    @discardableResult
    package func put(_ key: String, _ bytes: [UInt8], source: String, etag: String? = nil, lastModified: String? = nil) async throws -> CacheEntry? {
        guard bytes.count <= limit else { return nil }
        let place = try place(of: key)
        let lock = try await FileLock.acquire(.exclusive, folder: place.folder)
        defer { withExtendedLifetime(lock) {} }
        place.tidy()
        let sum = try SHA256.digest(of: bytes)
        let file = FetchedFile(bytes: bytes.count, sha256: sum, etag: etag, lastModified: lastModified, source: source)
        try await DiskQueue.run { () throws(IDRError) in try place.store(bytes, file) }
        let entry = place.entry
        grew(by: bytes.count)
        try await evict()
        return entry
    }

    /// Puts under `key` what `change` makes of the bytes there, nil where there are none. Nobody else changes them meanwhile.
    package func update(_ key: String, source: String, _ change: ([UInt8]?) throws -> [UInt8]) async throws {
        let place = try place(of: key)
        let lock = try await FileLock.acquire(.exclusive, folder: place.folder)
        defer { withExtendedLifetime(lock) {} }
        place.tidy()
        var known: [UInt8]?
        if let entry = place.entry, let bytes = try? FileBytes.read(place.dataPath, limit: limit), try SHA256.digest(of: bytes) == entry.file.sha256 {
            known = bytes
        }
        let bytes = try change(known)
        let file = FetchedFile(bytes: bytes.count, sha256: try SHA256.digest(of: bytes), source: source)
        try await DiskQueue.run { () throws(IDRError) in try place.store(bytes, file) }
        grew(by: bytes.count)
        try await evict()
    }

    /// Forgets what is under `key`; whoever uses it now keeps it.
    package func remove(_ key: String) async throws {
        let place = try place(of: key)
        guard place.entry != nil else { return }
        guard unlink(place.entryPath) == 0 || errno == ENOENT else {
            throw SystemFailure.error("\(place.entryPath) cannot be removed", at: place.entryPath, errno: errno)
        }
    }

    private func place(of key: String) throws(IDRError) -> CachePlace { CachePlace(key: key, folder: "\(folder)/\(try SHA256.digest(of: key).hex)") }

    private func grew(by bytes: Int) { size.withLock { $0?.stored += bytes } }

    /// Looks at the folder only when it may be over the limit, and the first time, when an earlier process may have left something.
    private func evict() async throws {
        let isDue = size.withLock { [limit] size in size.map { $0.seen + $0.stored > limit || $0.stored > limit / 20 } ?? true }
        if isDue { try await sweep() }
    }

    /// Removes what is in nobody's use until the cache is within its limit, and beginnings of files that nobody went on with for a week.
    package func sweep() async throws {
        let (folder, limit) = (folder, limit)
        let left = try await DiskQueue.run { () throws(IDRError) in CacheSweep(folder).run(limit: limit) }
        size.withLock { $0 = (left, 0) }
    }

    /// What is in the cache, by key.
    package func entries() -> [CacheEntry] {
        CacheSweep(folder).folders().compactMap { CacheEntry.read($0 + "/entry.json") }.sorted { $0.key < $1.key }
    }

    /// Bytes of all files and beginnings of files.
    package func totalBytes() -> Int { CacheSweep(folder).items().reduce(0) { $0 + $1.bytes } }
}

/// A file of a cache, which is not removed as long as this value lives.
///
/// Swift may end a value's life after its last use: read the file within ``use(_:)``, or keep the value in something that lives longer.
package final class CachedFile: Sendable {
    package let entry: CacheEntry
    private let place: CachePlace
    private let lock: FileLock
    /// Taken before the bytes were last compared with their digest.
    private let stamp: FileStamp

    package var path: String { place.dataPath }

    init(_ entry: CacheEntry, _ place: CachePlace, _ lock: FileLock, _ stamp: FileStamp) {
        (self.entry, self.place, self.lock, self.stamp) = (entry, place, lock, stamp)
    }

    /// Asked after the file was read: whether what was read has the entry's digest.
    /// - Throws: an ``IDRError`` where somebody changed the file meanwhile. It leaves the cache.
    package func check() throws(IDRError) {
        do throws(IDRError) { try stamp.check(path, called: entry.file.source) } catch {
            discard()
            throw error
        }
    }

    /// Calls `body` with the file's path.
    package func use<Value>(_ body: (String) async throws -> Value) async rethrows -> Value {
        defer { withExtendedLifetime(self) {} }
        return try await body(path)
    }

    /// Says that the file is of no use after all: the next who wants it fetches it again.
    package func discard() { unlink(place.entryPath) }

    /// The same by somebody who will not read it through this value any more, and may fetch it again himself.
    package func giveUp() {
        discard()
        lock.release()
    }
}
