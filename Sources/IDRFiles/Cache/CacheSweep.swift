import Foundation
import IDRPlan

/// Keeps a cache's folder within its limit.
struct CacheSweep {
    struct Item {
        var folder: String
        var bytes: Int
        /// In seconds since 1970.
        var used: Double
        var hasEntry: Bool
        /// Whether a process that was killed may have left something here.
        var hasLeftovers = false
    }

    /// Beginnings of files that nobody goes on with are kept for so many seconds.
    static let partsAreKept = 7.0 * 24 * 3600

    private let root: String

    init(_ root: String) { self.root = root }

    /// Only what is named as a cache names it is touched.
    func folders() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { $0.utf8.count == 64 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }
            .sorted().map { root + "/" + $0 }
    }

    func items() -> [Item] { folders().map(item) }

    private func item(_ folder: String) -> Item {
        var item = Item(folder: folder, bytes: 0, used: 0, hasEntry: false)
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        item.hasLeftovers = !CachePlace.leftovers(names).isEmpty || names.subtracting(["lock"]).isEmpty
        for name in names {
            var status = stat()
            guard lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            item.bytes += Int(status.st_size)
            // The entry is stamped at each use, a part at each write.
            if name != "data" { item.used = max(item.used, Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9) }
            if name == "entry.json" { item.hasEntry = true }
        }
        return item
    }

    /// - Returns: bytes that are left.
    func run(limit: Int) -> Int {
        var items = items()
        var total = items.reduce(0) { $0 + $1.bytes }
        let now = Date().timeIntervalSince1970
        items.sort { $0.used < $1.used }
        for item in items {
            if item.hasLeftovers { tidy(item) }
            let isStale = !item.hasEntry && now - item.used > Self.partsAreKept
            guard isStale || total > limit, remove(item) else { continue }
            total -= item.bytes
        }
        return total
    }

    /// Removes what nobody goes on with, unless somebody is at work there.
    private func tidy(_ item: Item) {
        guard let lock = (try? FileLock.attempt(.exclusive, folder: item.folder)) ?? nil else { return }
        withExtendedLifetime(lock) {
            let place = CachePlace(key: "", folder: item.folder)
            place.tidy()
            place.removeIfEmpty()
        }
    }

    /// Removes what `item` was, unless it is in use, or was since it was looked at.
    private func remove(_ item: Item) -> Bool {
        guard let lock = (try? FileLock.attempt(.exclusive, folder: item.folder)) ?? nil else { return false }
        return withExtendedLifetime(lock) {
            guard self.item(item.folder).used <= item.used else { return false }
            CachePlace(key: "", folder: item.folder).clear()
            return true
        }
    }
}
