import Foundation
import IDRFiles
package import IDRPlan
import Synchronization

/// Every file of a folder with its size and SHA-256, sorted by name: `manifest.json`. The SHA-256 of its bytes is the record's digest,
/// which a paper can cite and a key can sign.
package struct Manifest: Codable, Sendable, Hashable {
    package var format = 1
    /// Files that are here, but the manifest itself and its signature.
    package var files: [ContentFile]
    /// Files that the record had when it was made and that were left out of this copy of it: a published record's bulk outputs.
    package var omitted: [ContentFile]
    /// The digest of the record that this one is a copy of; nil for a run's own folder.
    package var origin: Digest?

    package init(files: [ContentFile], omitted: [ContentFile] = [], origin: Digest? = nil) {
        self.files = files.sorted { $0.name < $1.name }
        self.omitted = omitted.sorted { $0.name < $1.name }
        self.origin = origin
    }
}

extension Manifest: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 1...1 }

    /// A run of 100,000 batches has less.
    private static let largest = 1 << 29

    /// Of every file below `folder` but hidden ones, its own manifest, the manifest's signature, and the report.
    /// - Throws: where a file cannot be read, or is a link: a record holds what it names.
    /// - Parameter known: files that have just been read, and are not read again.
    package init(of folder: String, known: [ContentFile] = []) throws(IDRError) {
        let known = Dictionary(known.map { ($0.name, $0) }) { first, _ in first }
        var files: [ContentFile] = []
        for name in try Self.names(in: folder) {
            let file = if let file = known[name] { file } else { try ContentFile(file: "\(folder)/\(name)", name: name) }
            files.append(file)
        }
        self.init(files: files)
    }

    package init(reading folder: String) throws(IDRError) {
        try self.init(Self.bytes(in: folder), path: "\(folder)/\(RecordLayout.manifest)")
    }

    /// The digest of the record in `folder`: SHA-256 of its manifest's bytes.
    package static func digest(in folder: String) throws(IDRError) -> Digest { try SHA256.digest(ofFile: "\(folder)/\(RecordLayout.manifest)") }

    /// The manifest of `folder`, unread.
    static func bytes(in folder: String) throws(IDRError) -> Data {
        do throws(IDRError) {
            return try RecordFile.read("\(folder)/\(RecordLayout.manifest)", limit: largest)
        } catch {
            guard error.code == .missing else { throw error }
            throw IDRError(
                .missing, "the record has no \(RecordLayout.manifest)", at: [folder], because: "its run was interrupted, or is still going on")
        }
    }

    /// - Throws: where these are not the bytes that ``write(to:)`` writes of files that a folder can hold.
    init(_ data: Data, path: String) throws(IDRError) {
        self = try VersionedJSON.decode(Manifest.self, from: data, path: path)
        guard let bytes = try? CanonicalJSON.encode(self), bytes == [UInt8](data) else {
            throw IDRError(.invalidInput, "the manifest is not as it was written", at: [path])
        }
        guard origin != nil || omitted.isEmpty else {
            throw IDRError(.invalidInput, "the manifest leaves out files of a record that it does not name", at: [path])
        }
        for list in [files, omitted] {
            if let file = list.first(where: { !Self.canBe($0) }) {
                throw IDRError(.refused, "the manifest names a file that no record can hold", at: [path], because: ArchiveName.printable(file.name))
            }
            if let pair = zip(list, list.dropFirst()).first(where: { $0.name >= $1.name }) {
                throw IDRError(
                    .invalidInput, "the manifest names a file twice, or out of order", at: [path], because: ArchiveName.printable(pair.1.name))
            }
        }
    }

    /// - Returns: the manifest's own SHA-256, the digest of the record.
    @discardableResult
    package func write(to folder: String) throws -> Digest {
        let bytes = try CanonicalJSON.encode(self)
        try AtomicFile.write(bytes, to: "\(folder)/\(RecordLayout.manifest)")
        return try SHA256.digest(of: bytes)
    }

    /// What is wrong with the files of `folder`, sorted by name; empty where every byte is as it was. Reads with as many threads as there
    /// are cores.
    package func problems(in folder: String) -> [RecordProblem] {
        let present: Set<String>
        do {
            present = Set(try Self.names(in: folder))
        } catch {
            return [RecordProblem(file: error.subject.last ?? folder, problem: error.problem)]
        }
        let found = Mutex<[RecordProblem]>([])
        DispatchQueue.concurrentPerform(iterations: files.count) { position in
            let file = files[position]
            guard let problem = Self.problem(file, isThere: present.contains(file.name), in: folder) else { return }
            found.withLock { $0.append(RecordProblem(file: file.name, problem: problem)) }
        }
        let unknown = present.subtracting(files.map(\.name)).map { RecordProblem(file: $0, problem: "is not in the manifest") }
        return (found.withLock { $0 } + unknown).sorted { $0.file < $1.file }
    }

    /// The same of files that are of no batch; those that the manifest does not name are none of these.
    package func problemsOfRun(in folder: String) -> [RecordProblem] {
        files.filter { !RecordLayout.isOfBatch($0.name) }.compactMap { file in
            let isThere = FileManager.default.fileExists(atPath: "\(folder)/\(file.name)")
            return Self.problem(file, isThere: isThere, in: folder).map { RecordProblem(file: file.name, problem: $0) }
        }
    }

    private static func problem(_ file: ContentFile, isThere: Bool, in folder: String) -> String? {
        guard isThere else { return "missing" }
        do {
            let now = try ContentFile(file: "\(folder)/\(file.name)", name: file.name)
            if now.bytes != file.bytes { return "has \(now.bytes) bytes, not \(file.bytes)" }
            return now.sha256 == file.sha256 ? nil : "has other bytes than were written"
        } catch {
            return RecordVerification.text(error)
        }
    }

    /// Whether a file may be named so: relative, below the record's folder, with a size that sums up.
    private static func canBe(_ file: ContentFile) -> Bool {
        guard (try? ArchiveName.checked(file.name)) != nil else { return false }
        return (0..<1 << 40).contains(file.bytes)
    }

    /// Files below `folder`, relative to it, `/`-separated and sorted. The folder itself may be given by a link.
    package static func names(in folder: String) throws(IDRError) -> [String] {
        let place = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        guard let all = FileManager.default.enumerator(atPath: place) else { throw IDRError(.missing, "there is no folder \(folder)") }
        var names: [String] = []
        while let name = all.nextObject() as? String {
            if name.split(separator: "/").contains(where: { RecordLayout.isPassing(String($0)) }) { continue }
            let type = all.fileAttributes?[.type] as? FileAttributeType
            guard type != .typeSymbolicLink else { throw IDRError(.refused, "the record holds a link", at: [folder, name]) }
            guard type == .typeDirectory || type == .typeRegular else {
                throw IDRError(.refused, "the record holds something that is no plain file", at: [folder, name])
            }
            if type == .typeRegular { names.append(name) }
        }
        // Of this folder only: a run's manifest covers those of its batches.
        let own = [RecordLayout.manifest, RecordLayout.signature, RecordLayout.notebook, RecordLayout.report]
        names = names.filter { !own.contains($0) }.sorted()
        // Texts compare by what they show: two spellings of one name would hide a file behind another.
        if let pair = zip(names, names.dropFirst()).first(where: { $0 == $1 }) {
            throw IDRError(.refused, "the record holds two files of the same name", at: [folder, pair.1])
        }
        return names
    }
}
