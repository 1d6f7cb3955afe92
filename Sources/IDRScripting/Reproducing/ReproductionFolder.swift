import Foundation
import IDRFiles
package import IDRPlan
import IDRRecord

/// The folder of a reproduction: the rerun and its verdict. One that was stopped before its verdict goes on where it was.
package struct ReproductionFolder {
    package let path: String
    /// Whether it was begun before.
    package let isContinued: Bool
    /// Keeps others out until the verdict is there.
    private let lock: FileLock

    /// What is being reproduced: `reproduction.json`.
    private struct Note: Codable, StoredValue, Hashable {
        static var readableFormats: ClosedRange<Int> { 1...1 }
        var format = 1
        /// The record's digest.
        var record: Digest
    }

    package static let verdict = "verdict.json"
    private static let note = "reproduction.json"

    /// - Parameters:
    ///   - path: an empty or new folder, or one in which the reproduction of this record was stopped; nil: the newest of these below `reproductions`,
    ///     or else a new one there.
    ///   - name: of the record.
    ///   - digest: of the record; nil where it has none, so that nothing of it is continued.
    package init(_ path: String?, named name: String, of digest: Digest?) throws(IDRError) {
        let note = digest.map { Note(record: $0) }
        if let path {
            let names = try (OnDisk.names(in: path) ?? []).filter { $0 != FileLock.name && !UnderWay.isName($0) }
            isContinued = Self.isOpen(path, note)
            guard names.isEmpty || isContinued else {
                throw IDRError(
                    .invalidPlan, "the output folder is not empty", at: [path],
                    because: names.contains(Self.verdict) ? "it holds a reproduction that came to its verdict" : nil,
                    fix: "choose another folder with --output")
            }
            self.path = path
            guard let lock = try Self.lock(path) else {
                throw IDRError(
                    .locked, "another process is reproducing into the output folder", at: [path], fix: "wait for it, or choose another folder")
            }
            self.lock = lock
        } else {
            (self.path, isContinued, lock) = try Self.chosen(name, note)
        }
        try UnderWay.clear(self.path)
        if let note, !isContinued { try AtomicFile.write(Self.bytes(note), to: "\(self.path)/\(Self.note)") }
    }

    private static func chosen(_ name: String, _ note: Note?) throws(IDRError) -> (String, Bool, FileLock) {
        var count = 0
        while FileManager.default.fileExists(atPath: place(name, count + 1)) { count += 1 }
        for number in stride(from: count, to: 0, by: -1) where isOpen(place(name, number), note) {
            if let lock = try lock(place(name, number)) { return (place(name, number), true, lock) }
        }
        for number in count + 1..<Int.max {
            if let lock = try lock(place(name, number)) { return (place(name, number), false, lock) }
        }
        throw IDRError(.system, "there is no free name below reproductions")
    }

    private static func place(_ name: String, _ number: Int) -> String { "reproductions/\(name)-\(number)" }

    private static func lock(_ path: String) throws(IDRError) -> FileLock? {
        try OnDisk.makeFolder(path)
        return try FileLock.attempt(.exclusive, file: "\(path)/\(FileLock.name)")
    }

    private static func bytes(_ note: Note) throws(IDRError) -> [UInt8] {
        do {
            return try CanonicalJSON.encode(note)
        } catch {
            throw IDRError(error, "the reproduction cannot be noted")
        }
    }

    /// Whether the reproduction of this record was begun in the folder and not judged.
    private static func isOpen(_ path: String, _ note: Note?) -> Bool {
        guard let note, !FileManager.default.fileExists(atPath: "\(path)/\(verdict)") else { return false }
        return (try? RecordFolder.value(Note.self, "\(path)/\(Self.note)")) == note
    }
}

/// A signal ended the rerun: what is complete of it is kept.
package struct ReproductionStopped: Error {
    package let signal: Int32
}
