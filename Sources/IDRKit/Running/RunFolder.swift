import Foundation
import IDRCrate
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord

/// The folder of one run while it is written; ``RecordLayout`` says what is where. A batch is complete when its folder is there:
/// it is filled under another name, synced, and renamed.
struct RunFolder: Sendable {
    let path: String
    let identity: Digest
    private let resolution: Resolution
    private let run: RunRecord
    private let session: Session
    private let lock: FolderLock
    /// What has been noted of this session, in order, until something is to be changed; nil from then on.
    private let pending: PendingNotes

    /// What this process adds to the folder.
    struct Session: Sendable {
        var environment: RunEnvironment
        var lock: Lock
        /// The script's source; nil where an executable's is not at hand.
        var script: [UInt8]?
        /// Paths of models by role.
        var models: [String: String]
    }

    private var plan: ResolvedPlan { resolution.plan }

    /// Opens the folder of this run, or makes it. What it holds stays as it is until ``begin()``.
    /// - Throws: where the folder belongs to another plan or batch size, or another process is writing to it.
    init(path: String, resolution: Resolution, run: RunRecord, session: Session) throws {
        self.path = path
        self.session = session
        self.resolution = resolution
        identity = resolution.identity
        try Self.makeFolder(path)
        lock = try FolderLock(folder: path)
        pending = PendingNotes()
        self.run = try Self.begun(path, run) ?? run
    }

    /// SHA-256 of the manifest of a run that came to its end; nil where there is none.
    func seal() throws(IDRError) -> Digest? {
        FileManager.default.fileExists(atPath: "\(path)/\(RecordLayout.manifest)") ? try Manifest.digest(in: path) : nil
    }

    /// Begins a session that may add batches. A record that is whole stays as it is until there is something to add: see ``commit(_:_:from:)``.
    func begin() throws {
        try clearLeftovers()
        try Self.makeFolder(path + "/.staging")
        try note(.sessionBegan)
        if try seal() == nil { try open() }
    }

    private func clearLeftovers() throws {
        try OnDisk.remove(path + "/.staging")
        // Left by a process that was killed; no other one is writing here, for the lock is held.
        for folder in [path, path + "/\(RecordLayout.shared)"] {
            let names = try OnDisk.names(in: folder) ?? []
            for name in names where name.hasPrefix(".") && name.hasSuffix(AtomicFile.partialSuffix) { try OnDisk.remove("\(folder)/\(name)") }
        }
    }

    /// From here on the record is this session's.
    private func open() throws {
        guard let notes = pending.take() else { return }
        try Self.makeFolder("\(path)/\(RecordLayout.shared)")
        try AtomicFile.write(resolution.planBytes, to: "\(path)/\(RecordLayout.plan)")
        try AtomicFile.write(try CanonicalJSON.encode(run), to: "\(path)/\(RecordLayout.run)")
        try writeSession(to: path)
        try writeModels()
        // What the manifest said is no longer so: one that stayed would pass for this session's.
        for name in [RecordLayout.manifest, RecordLayout.signature] { try OnDisk.remove("\(path)/\(name)") }
        for note in notes { try append(note) }
    }

    /// SHA-256 of the environment as the record holds it.
    func environmentDigest() throws -> Digest { try SHA256.digest(of: CanonicalJSON.encode(session.environment)) }

    /// The record of batch `number` where it is complete and every file still has its digest; nil otherwise.
    /// - Throws: an ``IDRError`` where a newer IDRKit wrote it: this one would replace it.
    func completed(_ number: Int) throws(IDRError) -> BatchRecord? {
        let folder = "\(path)/\(RecordLayout.batch(number))"
        let file = "\(folder)/\(RecordLayout.batchRecord)"
        guard let data = FileManager.default.contents(atPath: file) else { return nil }
        guard let record = try VersionedJSON.known(BatchRecord.self, from: data, path: file), record.run == identity, record.failure == nil,
            (try? Manifest(reading: folder))?.problems(in: folder).isEmpty == true
        else { return nil }
        return record
    }

    /// Keeps the record of a value that images share.
    func keepShared(_ record: [UInt8], as file: String) throws {
        try lock.whilePlacing {
            try open()
            try AtomicFile.write(record, to: "\(path)/\(RecordLayout.shared)/\(file)")
        }
    }

    /// An empty folder to fill for batch `number`.
    func begin(_ number: Int) throws -> String {
        let folder = "\(path)/.staging/\(RecordLayout.batch(number))"
        try OnDisk.remove(folder)
        try Self.makeFolder(folder)
        try note(.batchBegan, batch: number)
        return folder
    }

    /// Digests of the files in a staged folder, sorted by name.
    /// - Parameter contents: SHA-256 of what packed files hold, by name.
    func outputs(in folder: String, contents: [String: Digest]) throws -> [OutputRecord] {
        try Manifest(of: folder).files.map { OutputRecord(file: $0, contentSHA256: contents[$0.name]) }
    }

    /// Makes a staged batch count: completes its crate, then renames the folder to its place.
    func commit(_ record: BatchRecord, _ fingerprint: Fingerprint, from folder: String) throws {
        try fingerprint.write(to: folder)
        try complete(record, in: folder)
        try lock.whilePlacing {
            try open()
            // Before the batch is there: a batch is never both complete and failed.
            try OnDisk.remove("\(path)/\(RecordLayout.failure(record.batch))")
            try Self.replace("\(path)/\(RecordLayout.batch(record.batch))", by: folder)
            try AtomicFile.synchronize(folder: path)
            var event = Journal.Event(.batchCompleted, batch: record.batch)
            if !record.failedImages.isEmpty { event.failedImages = record.failedImages.count }
            if !record.absentImages.isEmpty { event.absentImages = record.absentImages.count }
            try append(event)
        }
    }

    /// Keeps the record of a failed batch and removes what it had staged.
    func recordFailure(_ record: BatchRecord) throws {
        try? FileManager.default.removeItem(atPath: "\(path)/.staging/\(RecordLayout.batch(record.batch))")
        let folder = "\(path)/.staging/failure_\(record.batch)"
        try OnDisk.remove(folder)
        try Self.makeFolder(folder)
        try complete(record, in: folder)
        try lock.whilePlacing {
            try open()
            try Self.makeFolder("\(path)/\(RecordLayout.failures)")
            try Self.replace("\(path)/\(RecordLayout.failure(record.batch))", by: folder)
            try AtomicFile.synchronize(folder: "\(path)/\(RecordLayout.failures)")
            try note(.batchFailed, batch: record.batch)
        }
    }

    /// Ends the session: nothing staged remains, and the record is complete.
    /// - Returns: the record's digest.
    func close() throws -> Digest {
        try? FileManager.default.removeItem(atPath: path + "/.staging")
        return try lock.whilePlacing {
            if pending.isWaiting, let seal = try seal() { return seal }
            try note(.sessionEnded)
            return try RecordSeal.seal(path)
        }
    }

    /// Lets other processes in.
    func release() { lock.release() }

    /// Closes the record of a run that was told to stop, as far as it came.
    func stop() throws {
        try lock.whilePlacing {
            guard !pending.isWaiting else { return }
            try note(.stopped)
            _ = try RecordSeal.seal(path)
        }
    }

    private func note(_ event: Journal.Event.Kind, batch: Int? = nil) throws {
        let event = Journal.Event(event, batch: batch, environment: event == .sessionBegan ? try environmentDigest() : nil)
        if !pending.keep(event) { try append(event) }
    }

    private func append(_ event: Journal.Event) throws { try Journal.append(event, to: "\(path)/\(RecordLayout.journal)") }

    /// Everything in a batch's crate but what the batch itself made.
    private func complete(_ record: BatchRecord, in folder: String) throws {
        try writeSession(to: folder)
        try AtomicFile.write(try CanonicalJSON.encode(record), to: "\(folder)/\(RecordLayout.batchRecord)")
        try BatchCrate(run: run, plan: plan, record: record, environment: session.environment).write(to: folder)
        try Manifest(of: folder).write(to: folder)
    }

    private func writeSession(to folder: String) throws {
        try AtomicFile.write(CanonicalJSON.encode(session.environment), to: "\(folder)/\(RecordLayout.environment)")
        try AtomicFile.write(CanonicalJSON.encode(session.lock), to: "\(folder)/\(RecordLayout.lock)")
        if let script = session.script { try AtomicFile.write(script, to: "\(folder)/\(RecordLayout.script)") }
    }

    /// Cards of the models, and files small enough to be read: weights are in the record by digest.
    private func writeModels() throws {
        for model in plan.models {
            guard let file = session.models[model.role] else { continue }
            let folder = "\(path)/\(RecordLayout.models)/\(model.role)"
            let card = ModelStore.standard.card(of: file)
            for copy in [card, model.name.hasSuffix(".json") ? file : nil].compactMap(\.self) {
                guard let bytes = FileManager.default.contents(atPath: copy) else { continue }
                try Self.makeFolder(folder)
                try AtomicFile.write(
                    [UInt8](bytes), to: "\(folder)/\(try PathPart.checked(URL(fileURLWithPath: copy).lastPathComponent, called: "a model's file"))")
            }
        }
    }

    private static func replace(_ place: String, by folder: String) throws {
        try AtomicFile.synchronize(folder: folder)
        try OnDisk.remove(place)
        guard rename(folder, place) == 0 else {
            let reason = SystemFailure.reason(errno)
            throw IDRError(.system, "a batch's folder cannot be put in place", at: [place], because: reason)
        }
    }

    private static func makeFolder(_ path: String) throws {
        do throws(IDRError) {
            try OnDisk.makeFolder(path)
        } catch {
            throw IDRError(.system, "a folder cannot be made", at: [path], because: error.reason, fix: "choose another place with --output")
        }
    }

    /// What the folder's run was when it was begun, with the script as it is now; nil for an empty folder.
    private static func begun(_ path: String, _ run: RunRecord) throws -> RunRecord? {
        guard FileManager.default.fileExists(atPath: "\(path)/\(RecordLayout.run)") else {
            let others = try (OnDisk.names(in: path) ?? []).filter { $0 != FolderLock.name }
            guard others.isEmpty else {
                throw IDRError(
                    .invalidPlan, "the output folder holds other files", at: [path], because: "it has no run.json, so it is not the folder of a run",
                    fix: "choose an empty or new folder with --output")
            }
            return nil
        }
        var existing = try RecordFolder(reading: path).run
        guard existing.run == run.run else {
            throw IDRError(
                .invalidPlan, "the output folder belongs to another plan", at: [path],
                because: "it holds run \(existing.run.short), and this one is \(run.run.short)",
                fix: "choose another folder with --output, or delete that one")
        }
        guard existing.batchSize == run.batchSize else {
            throw IDRError(
                .invalidPlan, "the output folder has batches of another size", at: [path],
                because: "it was begun with \(existing.batchSize) wells a batch, and this run asks for \(run.batchSize)",
                fix: "continue with --batch-size \(existing.batchSize), or choose another folder with --output")
        }
        existing.script = run.script
        return existing
    }
}
