import Foundation
import IDRFiles
import IDRPlan

/// What must be known of a part in order to go on with it.
package struct PartNote: Codable, StoredValue, Sendable, Hashable {
    package static var readableFormats: ClosedRange<Int> { 1...1 }

    var format = 1
    var source: String
    var etag: String?
    var lastModified: String?
    /// Tells this version of the file from any other; without one, a part is of no use.
    var validator: String?
    /// The length of the whole file, where the server says it.
    var total: Int?
    /// So many bytes are surely on the disk.
    var bytes = 0
    /// When the machine was started. As long as it runs, what a killed process wrote is all there; after a power cut only ``bytes`` are.
    var boot: String?

    package init(source: String) {
        self.source = source
        boot = Self.currentBoot
    }

    /// The note of the whole answer `head` from `source`.
    init(_ head: AnswerHead, source: RemoteURL) {
        self.init(source: source.description)
        etag = head.fields["etag"]
        lastModified = head.fields["last-modified"]
        total = head.fields["content-length"].flatMap { Int($0) }
        validator = source.scheme == "ftp" ? lastModified : Self.validator(head)
    }

    /// What `If-Range` may carry (RFC 9110, 13.1.5): a strong entity tag, or a date that is older than the answer by a second at least.
    private static func validator(_ head: AnswerHead) -> String? {
        if let etag = head.fields["etag"] { return etag.hasPrefix("\"") ? etag : nil }
        guard let text = head.fields["last-modified"], let modified = HTTPDate.seconds(text) else { return nil }
        let now = head.fields["date"].flatMap { HTTPDate.seconds($0) } ?? Date().timeIntervalSince1970
        return modified + 1 <= now ? text : nil
    }

    static let currentBoot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)

    /// The note at `path`, or nil where there is none that can be understood.
    static func read(_ path: String) -> PartNote? {
        guard let bytes = try? FileBytes.read(path, limit: 1 << 16),
            let note = try? VersionedJSON.decode(PartNote.self, from: Data(bytes), path: path),
            note.bytes >= 0, note.total ?? 0 >= 0
        else { return nil }
        return note
    }

    /// The note of a part that can be gone on with, its `bytes` being as many as can be trusted; nil for a part that is of no use.
    static func usable(of part: PartialFile, _ descriptor: Int32, url: RemoteURL) throws(IDRError) -> PartNote? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw IDRError(.system, "\(part.path) is not a file") }
        guard var note = read(part.notePath), note.source == url.description, note.validator != nil else { return nil }
        let size = Int(status.st_size)
        note.bytes = note.boot != nil && note.boot == currentBoot ? size : min(size, note.bytes)
        if let total = note.total, note.bytes > total { return nil }
        return note
    }

    /// Not brought to the disk: a note that a power cut takes away costs no more than its part.
    func write(to path: String) throws(IDRError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            // Under one name, for whoever holds the part: what a killed process leaves there is written over.
            let new = path + ".new"
            try encoder.encode(self).write(to: URL(fileURLWithPath: new))
            guard rename(new, path) == 0 else { throw SystemFailure.error("\(path) cannot be given its name", at: path, errno: errno) }
        } catch {
            throw IDRError(error, "\(path) cannot be written", at: [path], otherwise: .system)
        }
    }
}
