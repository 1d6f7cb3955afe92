import Foundation
import IDRData
public import IDRModels
public import IDRPlan

/// A record as one file for another laboratory: script, plan, lock and record, and where asked for models and outputs.
/// The same record gives the same bytes anywhere.
public struct RecordBundle: Sendable {
    /// Puts the weights that the plan names into the bundle: `models/ROLE/FILE`.
    public var withModels = false
    /// Keeps the batches' outputs.
    public var withOutputs = false
    /// Where models are looked for beside the store: files, or folders of files.
    public var modelPaths: [String] = []
    public var store = ModelStore.standard

    public init() {}

    /// What was written.
    public struct Report: Sendable, Hashable {
        public var files: Int
        /// Of the archive.
        public var bytes: Int
        /// Digest of the bundled record, which its manifest has.
        public var digest: String
        public var models: [ResolvedFile]
    }

    /// Bundles the record in `folder` as the archive `path`.
    /// - Parameter finish: does what is left to do to a record whose manifest is in the given folder, such as signing.
    public func write(
        _ folder: String, to path: String, partial: Bool = false, finish: (String) throws -> Void = { _ in }
    ) throws -> Report {
        let publication = try Publication(of: folder, partial: partial)
        // Never committed: it goes away with this function.
        let scratch = try AtomicFolder("\(path).folder", replacing: true)
        let base = try prepare(publication, in: scratch.partialPath)
        var manifest = try Manifest(reading: base)
        var places = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.name, "\(base)/\($0.name)") })
        let models = try withModels ? models(of: publication.record, beside: places) : []
        for model in models {
            manifest.files.append(model.file)
            places[model.file.name] = model.path
        }
        let closing = try close(manifest, of: publication, base, changed: !models.isEmpty, in: scratch.partialPath, finish)
        for name in [RecordLayout.manifest, RecordLayout.signature] where FileManager.default.fileExists(atPath: "\(closing)/\(name)") {
            places[name] = "\(closing)/\(name)"
        }
        try ZipWriter.write(places.map { ZipWriter.Entry($0.key, file: $0.value) }, to: path)
        return Report(
            files: places.count, bytes: try FileDigest(file: path, name: path).bytes,
            digest: try SHA256.hex(ofFile: "\(closing)/\(RecordLayout.manifest)"), models: withModels ? publication.record.plan.models : [])
    }

    /// - Returns: the folder whose files are bundled.
    private func prepare(_ publication: Publication, in scratch: String) throws -> String {
        guard withOutputs else {
            _ = try publication.fill(scratch)
            return scratch
        }
        let folder = publication.record.path
        if let problem = publication.manifest.problems(in: folder).first { throw Publication.damage(folder, problem) }
        guard publication.manifest.omitted.isEmpty else {
            throw IDRError(
                .missing, "the outputs cannot be bundled", at: [folder],
                because: "\(publication.manifest.omitted.count) of them were left out of this copy of the record",
                fix: "bundle the run's own folder, or leave out --with-outputs")
        }
        return folder
    }

    /// - Returns: the folder that the manifest is in, and its signature.
    private func close(
        _ manifest: Manifest, of publication: Publication, _ base: String, changed isChanged: Bool, in scratch: String,
        _ finish: (String) throws -> Void
    ) throws -> String {
        let place = "\(scratch)/.closing"
        try AtomicFolder.make(place)
        if isChanged {
            try Manifest(files: manifest.files, omitted: manifest.omitted, origin: manifest.origin ?? publication.digest).write(to: place)
        } else {
            for name in [RecordLayout.manifest, RecordLayout.signature] where FileManager.default.fileExists(atPath: "\(base)/\(name)") {
                try CheckedCopy.copy(try FileDigest(file: "\(base)/\(name)", name: name), from: base, to: place)
            }
        }
        try finish(place)
        return place
    }

    /// The plan's models that the record does not hold, by digest.
    private func models(of record: RecordFolder, beside known: [String: String]) throws(IDRError) -> [(file: FileDigest, path: String)] {
        let candidates = modelPaths.flatMap(Self.files) + store.list().flatMap(\.files)
        var found: [(FileDigest, String)] = []
        for model in record.plan.models {
            let (role, name) = (try PathPart.checked(model.role, called: "a model's role"), try PathPart.checked(model.name, called: "a model's file"))
            let file = FileDigest(name: "\(RecordLayout.models)/\(role)/\(name)", bytes: model.bytes, sha256: model.sha256)
            guard known[file.name] == nil else { continue }
            found.append((file, try Self.place(of: model, among: candidates)))
        }
        return found
    }

    private static func place(of model: ResolvedFile, among candidates: [String]) throws(IDRError) -> String {
        var others: [String] = []
        for path in candidates {
            let isNamed = URL(fileURLWithPath: path).lastPathComponent == model.name
            let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
            if size == model.bytes, try SHA256.hex(ofFile: path) == model.sha256 { return path }
            if isNamed { others.append(path) }
        }
        let reason = others.isEmpty ? "no file has" : "\(others.joined(separator: " and ")) has other bytes: it has not"
        throw IDRError(
            others.isEmpty ? .missing : .changed, "the model \(model.name) (\(model.role)) cannot be bundled",
            because: "\(reason) its SHA-256, \(model.sha256)",
            fix: "say where it is with --models, or leave out --with-models: the record names it by digest")
    }

    /// The file at `path`, or the files of the folder there.
    private static func files(_ path: String) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return [path] }
        return names.sorted().map { "\(path)/\($0)" }
    }
}
