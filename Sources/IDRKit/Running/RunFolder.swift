import Foundation
import IDRData
import IDRPlan
import IDRProvenance

/// The folder of one run. A batch is complete when its folder is there: it is filled under another name, synced, and renamed.
///
/// ```
/// plan.json              the resolved plan; its SHA-256 is the run's identity
/// run.json               batch size, number of batches
/// shared/                values that several images share, each with how it was computed
/// batch_0/               batch_0.csv.gz, batch_0.h5ad, record.json, kept files
/// failures/batch_3.json  the record of a batch that failed
/// ```
struct RunFolder: Sendable {
    let path: String
    let identity: String
    private let lock: FolderLock

    /// Opens the folder of this run, or makes it.
    /// - Throws: where the folder belongs to another plan or batch size, or another process is writing to it.
    init(path: String, resolution: Resolution, batchSize: Int) throws {
        self.path = path
        identity = resolution.identity
        let wells = resolution.plan.wells.count
        let layout = RunLayout(run: identity, batchSize: batchSize, batches: (wells + batchSize - 1) / batchSize)
        try Self.makeFolder(path)
        lock = try FolderLock(folder: path)
        try Self.check(path, layout: layout)
        try? FileManager.default.removeItem(atPath: path + "/.staging")
        // Left by a process that was killed; no other one is writing here, for the lock is held.
        for folder in [path, path + "/shared"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where name.hasPrefix(".") && name.hasSuffix(AtomicFile.partialSuffix) {
                try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        }
        for folder in [".staging", "shared"] { try Self.makeFolder("\(path)/\(folder)") }
        try AtomicFile.write(resolution.planBytes, to: path + "/plan.json")
        try AtomicFile.write(try CanonicalJSON.encode(layout), to: path + "/run.json")
    }

    /// The record of batch `number` where it is complete, holds the kinds of files in `keep`, and every output still has its digest; nil otherwise.
    func completed(_ number: Int, keeping keep: [Intermediate]) -> BatchRecord? {
        let folder = "\(path)/batch_\(number)"
        guard let data = FileManager.default.contents(atPath: folder + "/record.json"),
            let record = try? CanonicalJSON.decode(BatchRecord.self, from: data, path: folder), record.run == identity, record.failure == nil,
            keep.allSatisfy({ record.kept.contains($0.rawValue) })
        else { return nil }
        let isIntact = record.outputs.allSatisfy { output in (try? SHA256.hex(ofFile: "\(folder)/\(output.name)")) == output.sha256 }
        return isIntact ? record : nil
    }

    /// An empty folder to fill for batch `number`.
    func stage(_ number: Int) throws -> String {
        let folder = "\(path)/.staging/batch_\(number)"
        try? FileManager.default.removeItem(atPath: folder)
        try Self.makeFolder(folder)
        return folder
    }

    /// Digests of the files in a staged folder, sorted by name.
    func outputs(in folder: String) throws -> [FileDigest] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        return try names.compactMap { name in
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
            return try FileDigest(file: path, name: name)
        }
    }

    /// Makes a staged batch count: writes its record, then renames the folder to its place.
    func commit(_ number: Int, from folder: String, record: BatchRecord) throws {
        try AtomicFile.write(try CanonicalJSON.encode(record), to: folder + "/record.json")
        let place = "\(path)/batch_\(number)"
        if FileManager.default.fileExists(atPath: place) { try FileManager.default.removeItem(atPath: place) }
        guard rename(folder, place) == 0 else {
            throw IDRError(.system, "batch \(number) cannot be put in place", at: [place], because: String(cString: strerror(errno)))
        }
        try AtomicFile.synchronize(folder: path)
        try? FileManager.default.removeItem(atPath: "\(path)/failures/batch_\(number).json")
    }

    /// Keeps the record of a failed batch and removes what it had staged.
    func recordFailure(_ record: BatchRecord) throws {
        try? FileManager.default.removeItem(atPath: "\(path)/.staging/batch_\(record.batch)")
        try Self.makeFolder(path + "/failures")
        try AtomicFile.write(try CanonicalJSON.encode(record), to: "\(path)/failures/batch_\(record.batch).json")
    }

    /// Nothing staged remains after a run.
    func close() { try? FileManager.default.removeItem(atPath: path + "/.staging") }

    private static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw IDRError(
                .system, "a folder cannot be made", at: [path], because: String(cString: strerror(errno)), fix: "choose another place with --output")
        }
    }

    private static func check(_ path: String, layout: RunLayout) throws {
        guard let data = FileManager.default.contents(atPath: path + "/run.json") else {
            let others = (try? FileManager.default.contentsOfDirectory(atPath: path))?.filter { $0 != FolderLock.name } ?? []
            guard others.isEmpty else {
                throw IDRError(
                    .invalidPlan, "the output folder holds other files", at: [path], because: "it has no run.json, so it is not the folder of a run",
                    fix: "choose an empty or new folder with --output")
            }
            return
        }
        let existing = try CanonicalJSON.decode(RunLayout.self, from: data, path: path + "/run.json")
        guard existing.run == layout.run else {
            throw IDRError(
                .invalidPlan, "the output folder belongs to another plan", at: [path],
                because: "it holds run \(existing.run.prefix(12)), and this one is \(layout.run.prefix(12))",
                fix: "choose another folder with --output, or delete that one")
        }
        guard existing.batchSize == layout.batchSize else {
            throw IDRError(
                .invalidPlan, "the output folder has batches of another size", at: [path],
                because: "it was begun with \(existing.batchSize) wells a batch, and this run asks for \(layout.batchSize)",
                fix: "continue with --batch-size \(existing.batchSize), or choose another folder with --output")
        }
    }
}

/// How a run is cut into batches.
struct RunLayout: Codable, Hashable {
    var format = 1
    /// SHA-256 of the resolved plan.
    var run: String
    var batchSize: Int
    var batches: Int
}

extension FileDigest {
    init(file path: String, name: String) throws {
        let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        self.init(name: name, bytes: size, sha256: try SHA256.hex(ofFile: path))
    }
}
