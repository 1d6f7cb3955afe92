import CZip
import Foundation
import IDRPlan

/// Unpacks ZIP archives of others. Names lead nowhere else, only plain files and folders come out, and never more than the limits;
/// the folder appears when everything is there, and an archive that is refused leaves nothing.
package struct ZipUnpacker: Sendable {
    /// The most files and folders.
    package var maximumEntries = 200_000
    /// The most bytes, all files together.
    package var maximumBytes = 100_000_000_000
    /// How much larger than in the archive a file may get, from ``ratioCountsFrom`` bytes on, and all together.
    package static let maximumRatio = 200
    package static let ratioCountsFrom = 1 << 20

    package init() {}

    /// Unpacks the archive at `path` to the new folder `folder`.
    ///
    /// - Parameters:
    ///   - isLeftOut: says which files not to unpack, by name; their names must be fit all the same.
    ///   - check: looks at the unpacked files before they get their place; gets the folder where they are.
    package func unpack(
        _ path: String, to folder: String, leavingOut isLeftOut: (String) -> Bool = { _ in false },
        check: (String) throws -> Void = { _ in }
    ) throws {
        let archive = try ZipSession(opening: path, isStrict: true)
        let items = try items(of: archive, path).filter { !isLeftOut($0.name) }
        let place = try AtomicFolder(folder)
        var made: Set<String> = []
        for item in items {
            let parent = item.isFolder ? String(item.name.dropLast()) : item.name.lastIndex(of: "/").map { String(item.name[..<$0]) } ?? ""
            if made.insert(parent).inserted { try AtomicFolder.make("\(place.partialPath)/\(parent)") }
            if !item.isFolder { try Self.write(item.entry, of: archive, to: "\(place.partialPath)/\(item.name)") }
        }
        try check(place.partialPath)
        try place.commit()
    }

    private struct Item {
        var name: String
        var entry: ZipReader.Entry
        /// Whether it is a link or a special file.
        var isSpecial: Bool
        var isFolder: Bool { name.hasSuffix("/") }
    }

    /// The archive's directory, every entry of which is fit to be unpacked.
    private func items(of archive: ZipSession, _ path: String) throws(IDRError) -> [Item] {
        let count = archive.count
        guard count <= maximumEntries else {
            throw refusal(path, because: "it has \(count) entries; at most \(maximumEntries) are unpacked")
        }
        var tree = ArchiveTree()
        var items: [Item] = []
        var (bytes, stored) = (0, 0)
        try archive.forEachItem { found throws(IDRError) in
            guard let name = found.name else {
                throw ArchiveName.refusal(found.entry.name, "entry \(found.entry.position) has a name that is not UTF-8")
            }
            try tree.add(name)
            let item = Item(name: name, entry: found.entry, isSpecial: try !found.isPlain(folder: name.hasSuffix("/")))
            try check(item)
            items.append(item)
            let (sum, isTooLarge) = bytes.addingReportingOverflow(item.entry.size)
            guard !isTooLarge, sum <= maximumBytes else { throw refusal(path, because: "it unpacks to more than \(maximumBytes) bytes") }
            (bytes, stored) = (sum, stored &+ item.entry.storedSize)
        }
        let size = try OnDisk.size(of: path)
        guard stored <= size else { throw refusal(path, because: "its files overlap: they have \(stored) bytes in an archive of \(size)") }
        guard !Self.isBomb(bytes, from: size) else {
            throw refusal(path, because: "it has \(size) bytes and unpacks to \(bytes), more than \(Self.maximumRatio) times as many")
        }
        return items
    }

    private func check(_ item: Item) throws(IDRError) {
        let entry = item.entry
        let reason: String? =
            if entry.isEncrypted {
                "it is encrypted"
            } else if entry.method != ZIP_CM_STORE && entry.method != ZIP_CM_DEFLATE {
                "it is compressed by method \(entry.method), which is neither stored nor deflate"
            } else if item.isFolder && entry.size > 0 {
                "it is a folder and has content"
            } else if Self.isBomb(entry.size, from: entry.storedSize) {
                "it unpacks from \(entry.storedSize) to \(entry.size) bytes, more than \(Self.maximumRatio) times as many"
            } else {
                item.isSpecial ? "it is a link or a special file" : nil
            }
        if let reason {
            throw IDRError(.refused, "a file of the archive is not unpacked", at: [ArchiveName.printable(item.name)], because: reason)
        }
    }

    private static func isBomb(_ bytes: Int, from stored: Int) -> Bool { bytes >= ratioCountsFrom && bytes / maximumRatio >= max(1, stored) }

    private func refusal(_ path: String, because reason: String) -> IDRError {
        IDRError(.refused, "the archive \(path) is not unpacked", because: reason, fix: "check where it comes from")
    }

    private static func write(_ entry: ZipReader.Entry, of archive: ZipSession, to target: String) throws(IDRError) {
        let file = try NewFile(target)
        try archive.forEachBlock(of: entry) { block throws(IDRError) in try file.append(block) }
    }
}
