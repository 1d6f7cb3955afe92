import Foundation
import IDRFiles
package import IDRPlan
import IDRRecord

/// A record without its bulk: what a run left but the outputs of its batches, whose names, sizes and digests stay. Small enough for version
/// control, and all that a reproduction needs.
///
/// A record that is a copy already, published before, is taken as it is.
package struct Publication: Sendable {
    /// Published records that are larger than this do not belong into version control.
    package static let largeBytes = 50_000_000

    /// What was written.
    package struct Report: Sendable, Hashable {
        package var files: Int
        package var bytes: Int
        /// Files that the record had and the copy has not, and their bytes.
        package var omittedFiles: Int
        package var omittedBytes: Int
        /// The copy's own digest, and that of the record that it is a copy of.
        package var digest: Digest
        package var origin: Digest

        package var isLarge: Bool { bytes > Publication.largeBytes }
    }

    let record: RecordFolder
    let manifest: Manifest
    /// SHA-256 of the manifest.
    let digest: Digest

    /// - Parameters:
    ///   - folder: a run's folder, or a published record.
    ///   - isPartialAllowed: whether batches may be missing or have failed.
    /// - Throws: an ``IDRError`` where the record is incomplete, or holds files that its manifest does not name.
    package init(of folder: String, partial isPartialAllowed: Bool = false) throws(IDRError) {
        record = try RecordFolder(reading: folder)
        manifest = try Manifest(reading: folder)
        digest = try Manifest.digest(in: folder)
        try checkNames()
        let complete = record.completeBatches.count
        guard complete == record.run.batches || isPartialAllowed && complete > 0 else {
            throw IDRError(
                .missing, "the record is incomplete", at: [folder],
                because: "\(complete) of \(record.run.batches) batches are complete; \(record.failedBatches.count) failed",
                fix: complete == 0 ? "run the script again" : "run the script again to complete it, or share it as it is with --partial")
        }
    }

    /// Writes the copy to the new folder `target`.
    /// - Parameters:
    ///   - isReplacing: whether a published record of the same plan may go away for it.
    ///   - finish: does what is left to do in the complete folder before it gets its place, such as signing.
    package func write(to target: String, replacing isReplacing: Bool = false, finish: (String) throws -> Void = { _ in }) throws -> Report {
        if isReplacing { try checkReplaceable(target) }
        let place = try AtomicFolder(target, replacing: isReplacing)
        let report = try fill(place.partialPath)
        try finish(place.partialPath)
        try place.commit()
        return report
    }

    /// Writes the copy into the empty folder `folder`. Each file is checked while it is copied; what stays behind is checked too.
    /// - Parameter isWhole: keeps the outputs too; the copy is then the record itself, byte for byte.
    func fill(_ folder: String, whole isWhole: Bool = false) throws -> Report {
        if isWhole || manifest.origin != nil {
            try copy(manifest.files, to: folder)
            try copyClosing(to: folder)
        } else {
            let outputs = try outputs()
            let names = Set(outputs.map(\.name))
            try copy(manifest.files.filter { !names.contains($0.name) }, to: folder)
            for number in record.completeBatches { try rewriteBatch(number, in: folder) }
            try Self.seal(folder, omitted: manifest.omitted + outputs, origin: digest)
        }
        // Digests were compared; this compares what the files say of one another.
        if let problem = RecordVerification(of: folder).problems.first { throw Self.damage(record.path, problem.description) }
        let written = try Manifest(reading: folder)
        return Report(
            files: written.files.count + 1, bytes: try written.files.reduce(Self.bytes(of: folder)) { $0 + $1.bytes },
            omittedFiles: written.omitted.count, omittedBytes: written.omitted.reduce(0) { $0 + $1.bytes },
            digest: try Manifest.digest(in: folder), origin: written.origin ?? digest)
    }

    /// Closes a copy: its crate and manifest say what is there.
    static func seal(_ folder: String, omitted: [ContentFile], origin: Digest) throws {
        let copy = try RecordFolder(reading: folder)
        try RunCrate(copy).write(to: folder)
        try Manifest(files: RecordSeal.files(of: copy), omitted: omitted, origin: origin).write(to: folder)
    }

    private static func bytes(of folder: String) throws -> Int {
        try OnDisk.size(of: "\(folder)/\(RecordLayout.manifest)")
    }

    private func copy(_ files: [ContentFile], to folder: String) throws(IDRError) {
        for file in files { try CheckedCopy.copy(file, at: "\(record.path)/\(file.name)", to: folder) }
    }

    /// The manifest as it is, and its signature where there is one.
    private func copyClosing(to folder: String) throws(IDRError) {
        for name in [RecordLayout.manifest, RecordLayout.signature] where record.hasFile(name) {
            let path = "\(record.path)/\(name)"
            try CheckedCopy.copy(try ContentFile(file: path, name: name), at: path, to: folder)
        }
    }

    /// The batches' outputs under their names in the run's folder.
    /// - Throws: `changed` where one is not as it was.
    private func outputs() throws(IDRError) -> [ContentFile] {
        let known = Set(manifest.files)
        var outputs: [ContentFile] = []
        for number in record.completeBatches {
            for output in try record.batch(number).outputs {
                let file = output.file.named("\(RecordLayout.batch(number))/\(output.name)")
                guard known.contains(file), try ContentFile(file: "\(record.path)/\(file.name)", name: file.name) == file else {
                    throw Self.damage(record.path, "\(file.name) is not what the batch left")
                }
                outputs.append(file)
            }
        }
        return outputs
    }

    /// The batch's crate and manifest for what is left of it.
    private func rewriteBatch(_ number: Int, in folder: String) throws {
        let place = "\(folder)/\(RecordLayout.batch(number))"
        let original = try Manifest.digest(in: place)
        let omitted = try record.batch(number).outputs.map(\.file)
        try BatchCrate(of: RecordLayout.batch(number), in: record).write(to: place)
        try Manifest(files: Manifest(of: place).files, omitted: omitted, origin: original).write(to: place)
    }

    /// Every file of the folder is in the manifest, and the other way round.
    private func checkNames() throws(IDRError) {
        let (named, present) = (Set(manifest.files.map(\.name)), Set(try Manifest.names(in: record.path)))
        if let name = named.subtracting(present).sorted().first { throw Self.damage(record.path, "\(name) is missing") }
        if let name = present.subtracting(named).sorted().first { throw Self.damage(record.path, "\(name) is not in its manifest") }
    }

    private func checkReplaceable(_ target: String) throws(IDRError) {
        guard let names = try OnDisk.names(in: target), !names.isEmpty else { return }
        let reason: String?
        do throws(IDRError) {
            let other = try Manifest(reading: target)
            if other.origin == nil {
                reason = "it is a run's own folder, not a published record"
            } else if try RecordFolder(reading: target).run.run != record.run.run {
                reason = "it is the record of another plan"
            } else {
                reason = other.problems(in: target).first?.description
            }
        } catch {
            reason = error.reason ?? error.problem
        }
        if let reason {
            throw IDRError(.refused, "the folder is not replaced", at: [target], because: reason, fix: "choose another name, or move it away")
        }
    }

    static func damage(_ folder: String, _ reason: String) -> IDRError {
        IDRError(
            .changed, "the record is damaged", at: [folder], because: reason,
            fix: "idrscript verify says everything that is wrong; run the script again")
    }
}
