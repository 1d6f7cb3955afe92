import Foundation
import IDRFiles
package import IDRPlan

/// What can be said of a record without running anything: whether it is whole, as it was written, and whose.
package struct RecordVerification: Codable, Sendable {
    /// SHA-256 of the manifest, the record's digest; nil where there is no manifest.
    package private(set) var digest: Digest?
    /// Sorted by file; empty where nothing is wrong.
    package private(set) var problems: [RecordProblem] = []
    /// What a reader should know and what is not wrong: batches that failed, files that a published record goes without.
    package private(set) var notes: [String] = []
    package private(set) var files = 0
    package private(set) var bytes = 0
    package private(set) var batches = 0
    /// Who signed it; nil for a record without a signature.
    package private(set) var signature: String?
    /// SHA-256 of the script that the manifest names.
    package private(set) var script: Digest?

    package var isIntact: Bool { problems.isEmpty }

    /// Checks the record in `folder`.
    /// - Parameters:
    ///   - expected: the record's digest as somebody else gives it, with or without `sha256:` in front.
    ///   - allowedSigners: an OpenSSH allowed-signers file; with one, a signature by anybody else is a problem.
    ///   - isSignatureRequired: whether a record without a signature is one too. Whoever rewrites a signed record can take its signature away.
    package init(of folder: String, digest expected: String? = nil, allowedSigners: String? = nil, isSignatureRequired: Bool = false) {
        guard let (manifest, bytes) = readManifest(folder) else { return }
        check(manifest, in: folder)
        // What files say of one another is worth a look only where they are the files that were written.
        if problems.isEmpty { checkContent(folder, manifest) }
        checkDigest(expected)
        checkSignature(folder, bytes, allowedSigners, isRequired: isSignatureRequired)
        problems.sort { ($0.file, $0.problem) < ($1.file, $1.problem) }
    }

    mutating func add(_ file: String, _ problem: String) { problems.append(RecordProblem(file: file, problem: problem)) }

    mutating func note(_ text: String) { notes.append(ArchiveName.printable(text)) }

    /// The manifest and its bytes, which are read once: what is digested is what was signed.
    private mutating func readManifest(_ folder: String) -> (Manifest, Data)? {
        let name = RecordLayout.manifest
        guard FileManager.default.fileExists(atPath: "\(folder)/\(RecordLayout.run)") || FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        else {
            add(RecordLayout.run, "missing: this is no record")
            return nil
        }
        do {
            let bytes = try Manifest.bytes(in: folder)
            digest = try SHA256.digest(of: [UInt8](bytes))
            return (try Manifest(bytes, path: "\(folder)/\(name)"), bytes)
        } catch {
            let isOpen = error.code == .missing && !Journal.isClosed((try? Journal.read("\(folder)/\(RecordLayout.journal)")) ?? [])
            add(name, isOpen ? "missing: the run was interrupted or still goes on; run its script again to continue it" : Self.text(error))
            return nil
        }
    }

    private mutating func check(_ manifest: Manifest, in folder: String) {
        problems += manifest.problems(in: folder)
        script = manifest.files.first { $0.name == RecordLayout.script }?.sha256
        files = manifest.files.count
        bytes = manifest.files.reduce(0) { $0 + $1.bytes }
        if !manifest.omitted.isEmpty { note("\(manifest.omitted.count) bulk outputs are left out; their digests are there") }
    }

    private mutating func checkContent(_ folder: String, _ manifest: Manifest) {
        do {
            let record = try RecordFolder(reading: folder)
            batches = record.completeBatches.count
            try RecordContent(record: record, manifest: manifest).check(into: &self)
        } catch {
            // What a file's reader names is where the file is.
            let file = error.subject.first.flatMap { $0.hasPrefix(folder + "/") ? String($0.dropFirst(folder.count + 1)) : nil }
            add(file ?? RecordLayout.run, Self.text(error))
        }
    }

    private mutating func checkDigest(_ expected: String?) {
        guard let expected else { return }
        let wanted = (expected.hasPrefix("sha256:") ? String(expected.dropFirst(7)) : expected).lowercased()
        guard let wanted = Digest(wanted) else {
            return add(RecordLayout.manifest, "the digest to compare with, \(expected), is none: it has 64 hexadecimal digits")
        }
        if wanted != digest { add(RecordLayout.manifest, "the record's digest is \(digest?.hex ?? "none"), not \(wanted)") }
    }

    private mutating func checkSignature(_ folder: String, _ manifest: Data, _ allowedSigners: String?, isRequired: Bool) {
        do {
            let path = "\(folder)/\(RecordLayout.manifest)"
            signature = try RecordSignature.check(manifest, at: path, for: .record, allowedSigners: allowedSigners)
            guard signature == nil else { return }
            if isRequired {
                add(RecordLayout.signature, "missing: the record is not signed")
            } else if allowedSigners != nil {
                note("it is not signed")
            }
        } catch {
            add(RecordLayout.signature, Self.text(error))
        }
    }

    static func text(_ error: IDRError) -> String { [error.problem, error.reason].compactMap(\.self).joined(separator: ": ") }
}
