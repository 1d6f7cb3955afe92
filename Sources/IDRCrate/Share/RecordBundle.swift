import Foundation
import IDRFiles
package import IDRModels
package import IDRPlan
import IDRRecord

/// A record as one file for another laboratory: script, plan, lock and record, and where asked for models and outputs.
/// The same record gives the same bytes anywhere.
package struct RecordBundle: Sendable {
    /// Puts the weights that the plan names into the bundle: `models/ROLE/FILE`.
    package var withModels = false
    /// Keeps the batches' outputs.
    package var withOutputs = false
    /// Where models are looked for beside the store: files, or folders of files.
    package var modelPaths: [String] = []
    package var store = ModelStore.standard

    package init() {}

    /// What was written.
    package struct Report: Sendable, Hashable {
        package var files: Int
        /// Of the archive.
        package var bytes: Int
        /// Digest of the bundled record, which its manifest has.
        package var digest: Digest
        package var models: [ContentFile]
    }

    /// Bundles the record in `folder` as the archive `path`.
    /// - Parameters:
    ///   - isPartialAllowed: whether batches may be missing or have failed.
    ///   - finish: does what is left to do in the bundle's complete folder, such as signing.
    package func write(
        _ folder: String, to path: String, partial isPartialAllowed: Bool = false, finish: (String) throws -> Void = { _ in }
    ) throws -> Report {
        let publication = try Publication(of: folder, partial: isPartialAllowed)
        if withOutputs { try checkOutputs(of: publication) }
        let models = try withModels ? models(of: publication) : []
        // Beside the archive, where the space is; it is never given its name, and goes away with this function.
        let scratch = try AtomicFolder("\(path).folder", replacing: true)
        let place = scratch.partialPath
        _ = try publication.fill(place, whole: withOutputs)
        if !models.isEmpty {
            for (file, source) in models { try CheckedCopy.copy(file, at: source, to: place) }
            let manifest = publication.manifest
            try OnDisk.remove("\(place)/\(RecordLayout.signature)")
            let omitted = try Manifest(reading: place).omitted
            try Publication.seal(place, omitted: omitted, origin: manifest.origin ?? publication.digest)
        }
        try finish(place)
        let closing = [RecordLayout.manifest, RecordLayout.signature].filter { FileManager.default.fileExists(atPath: "\(place)/\($0)") }
        let names = try Manifest(reading: place).files.map(\.name) + closing
        try ZipWriter.write(names.map { ZipWriter.Entry($0, file: "\(place)/\($0)") }, to: path)
        return Report(
            files: names.count, bytes: try OnDisk.size(of: path), digest: try Manifest.digest(in: place),
            models: withModels ? publication.record.plan.models : [])
    }

    private func checkOutputs(of publication: Publication) throws(IDRError) {
        let omitted = publication.manifest.omitted.count
        guard omitted == 0 else {
            throw IDRError(
                .missing, "the outputs cannot be bundled", at: [publication.record.path],
                because: "\(omitted) of them were left out of this copy of the record",
                fix: "bundle the run's own folder, or leave out --with-outputs")
        }
    }

    /// The plan's models that the record does not hold, by digest, and where they are.
    private func models(of publication: Publication) throws(IDRError) -> [(file: ContentFile, path: String)] {
        let known = Set(publication.manifest.files)
        var candidates: [String] = []
        for path in modelPaths { candidates += try Self.files(path) }
        candidates += store.files
        var found: [(ContentFile, String)] = []
        for model in publication.record.plan.models {
            let file = model.named("\(RecordLayout.models)/\(model.role)/\(model.name)")
            if !known.contains(file) { found.append((file, try Self.place(of: model, among: candidates))) }
        }
        return found
    }

    private static func place(of model: ContentFile, among candidates: [String]) throws(IDRError) -> String {
        var others: [String] = []
        for path in candidates {
            let isNamed = URL(fileURLWithPath: path).lastPathComponent == model.name
            if try model.isContent(ofFile: path) { return path }
            if isNamed { others.append(path) }
        }
        let reason = others.isEmpty ? "no file has" : "\(others.joined(separator: " and ")) has other bytes: it has not"
        throw IDRError(
            others.isEmpty ? .missing : .changed, "the model \(model.name) (\(model.role)) cannot be bundled",
            because: "\(reason) its SHA-256, \(model.sha256)",
            fix: "say where it is with --models, or leave out --with-models: the record names it by digest")
    }

    /// The file at `path`, or the files of the folder there.
    private static func files(_ path: String) throws(IDRError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
        return (try OnDisk.names(in: path) ?? []).map { "\(path)/\($0)" }
    }
}
