import Foundation
import IDRData
public import IDRPlan

/// Every file of a folder with its size and SHA-256, sorted by name: `manifest.json`. The SHA-256 of its bytes is the record's digest,
/// which a paper can cite and a key can sign.
public struct Manifest: Codable, Sendable, Hashable {
    public var format = 1
    /// Files that are here, but the manifest itself and its signature.
    public var files: [FileDigest]
    /// Files that the record had when it was made and that were left out of this copy of it: a published record's bulk outputs.
    public var omitted: [FileDigest]
    /// The digest of the record that this one is a copy of; nil for a run's own folder.
    public var origin: String?

    public init(files: [FileDigest], omitted: [FileDigest] = [], origin: String? = nil) {
        self.files = files.sorted { $0.name < $1.name }
        self.omitted = omitted.sorted { $0.name < $1.name }
        self.origin = origin
    }
}

extension Manifest {
    /// A run of 100,000 batches has less.
    private static let largest = 1 << 29

    /// Of every file below `folder` but hidden ones, its own manifest and the manifest's signature.
    /// - Throws: where a file cannot be read, or is a link: a record holds what it names.
    public init(of folder: String) throws(IDRError) {
        var files: [FileDigest] = []
        for name in try Self.names(in: folder) { files.append(try FileDigest(file: "\(folder)/\(name)", name: name)) }
        self.init(files: files)
    }

    public init(reading folder: String) throws(IDRError) {
        let path = "\(folder)/\(RecordLayout.manifest)"
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        guard size < Self.largest else { throw IDRError(.refused, "the manifest is larger than one can be", at: [path], because: "it has \(size) bytes") }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IDRError(
                .missing, "the record has no \(RecordLayout.manifest)", at: [folder], because: "its run was interrupted, or is still going on")
        }
        self = try CanonicalJSON.decode(Manifest.self, from: data, path: path)
        guard let bytes = try? CanonicalJSON.encode(self), bytes == [UInt8](data) else {
            throw IDRError(.invalidInput, "the manifest is not as it was written", at: [path])
        }
    }

    /// - Returns: the manifest's own SHA-256, the digest of the record.
    @discardableResult
    public func write(to folder: String) throws -> String {
        let bytes = try CanonicalJSON.encode(self)
        try AtomicFile.write(bytes, to: "\(folder)/\(RecordLayout.manifest)")
        return try SHA256.hex(of: bytes)
    }

    /// What is wrong with the files of `folder`, a line each; empty where every byte is as it was.
    public func problems(in folder: String) -> [String] {
        var problems: [String] = []
        let present = Set((try? Self.names(in: folder)) ?? [])
        for file in files {
            guard present.contains(file.name) else {
                problems.append("\(file.name): missing")
                continue
            }
            if (try? FileDigest(file: "\(folder)/\(file.name)", name: file.name)) != file { problems.append("\(file.name): changed") }
        }
        return problems + present.subtracting(files.map(\.name)).sorted().map { "\($0): not in the manifest" }
    }

    /// Whether a manifest may name such a file: relative, below the record's folder, and nothing that a terminal would obey.
    static func isInside(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !["", ".", ".."].contains($0) } && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Files below `folder`, relative to it, `/`-separated and sorted.
    static func names(in folder: String) throws(IDRError) -> [String] {
        guard let all = FileManager.default.enumerator(atPath: folder) else { throw IDRError(.missing, "there is no folder \(folder)") }
        var names: [String] = []
        while let name = all.nextObject() as? String {
            if name.split(separator: "/").contains(where: { RecordLayout.isPassing(String($0)) }) { continue }
            let type = all.fileAttributes?[.type] as? FileAttributeType
            guard type != .typeSymbolicLink else { throw IDRError(.refused, "the record holds a link", at: [folder, name]) }
            if type != .typeDirectory { names.append(name) }
        }
        // Of this folder only: a run's manifest covers those of its batches.
        let own = [RecordLayout.manifest, RecordLayout.signature]
        return names.filter { !own.contains($0) }.sorted()
    }
}
