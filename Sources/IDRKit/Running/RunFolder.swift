import Foundation
import IDRCrate
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord

/// The folder of one run while it is written; ``RecordLayout`` says what is where. A batch is complete when its folder is there:
/// it is filled under another name, brought to the disk, and put in place, and what it replaces is there until then.
struct RunFolder: Sendable {
    let path: String
    let identity: Digest
    private let resolution: Resolution
    private let run: RunRecord
    private let session: Session
    private let lock: FolderLock
    private let notes: SessionNotes
    /// What the record says that was closed here before.
    let seal: RunSeal
    /// Run-level files that were damaged and could be written anew.
    let mended: [String]

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
        notes = SessionNotes()
        seal = RunSeal(path: path, candidates: try Self.known(run, resolution, session))
        mended = try seal.mend()
        self.run = try Self.begun(path, run) ?? run
        try clearLeftovers()
    }

    /// Run-level files whose bytes follow from the script and this process.
    private static func known(_ run: RunRecord, _ resolution: Resolution, _ session: Session) throws -> [String: [UInt8]] {
        var known = [
            RecordLayout.plan: resolution.planBytes, RecordLayout.run: try CanonicalJSON.encode(run),
            RecordLayout.environment: try CanonicalJSON.encode(session.environment), RecordLayout.lock: try CanonicalJSON.encode(session.lock),
        ]
        known[RecordLayout.script] = session.script
        return known
    }

    /// SHA-256 of the manifest of a run that came to its end; nil where there is none.
    func digest() throws(IDRError) -> Digest? {
        FileManager.default.fileExists(atPath: "\(path)/\(RecordLayout.manifest)") ? try Manifest.digest(in: path) : nil
    }

    /// Begins a session that may add batches. A record that is whole stays as it is until there is something to add: see ``commit(_:_:from:)``.
    /// - Parameter complete: batches that are in place. Where a process ended before it noted that, it is noted now.
    func begin(complete: [BatchRecord]) throws {
        let journal = try Journal.read("\(path)/\(RecordLayout.journal)")
        let last = Dictionary(journal.filter { $0.batch != nil }.map { ($0.batch, $0.event) }) { $1 }
        try lock.whilePlacing {
            try note(.sessionBegan)
            for record in complete where last[record.batch] != .batchCompleted { try note(completion(of: record)) }
            if try digest() == nil { try open() }
        }
    }

    /// What killed processes have left; no other one is writing here, for the lock is held.
    private func clearLeftovers() throws {
        // Releases up to 0.1.0 filled batches there.
        try OnDisk.remove(path + "/.staging")
        let models = "\(path)/\(RecordLayout.models)"
        let roles = try OnDisk.names(in: models) ?? []
        for folder in [path, "\(path)/\(RecordLayout.shared)", "\(path)/\(RecordLayout.failures)"] + roles.map({ "\(models)/\($0)" }) {
            try UnderWay.clear(folder)
        }
    }

    /// From here on the record is this session's.
    private func open() throws {
        try notes.requireOpen()
        guard let waiting = notes.take() else { return }
        // What the manifest said is no longer so: one that stayed would pass for this session's, or find its files damaged.
        for name in [RecordLayout.signature, RecordLayout.manifest] { try OnDisk.remove("\(path)/\(name)") }
        try Self.makeFolder("\(path)/\(RecordLayout.shared)")
        try AtomicFile.write(resolution.planBytes, to: "\(path)/\(RecordLayout.plan)")
        try AtomicFile.write(try CanonicalJSON.encode(run), to: "\(path)/\(RecordLayout.run)")
        try writeSession(to: path)
        try writeModels()
        for event in waiting { try append(event) }
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
    func begin(_ number: Int) throws -> AtomicFolder {
        let folder = try AtomicFolder("\(path)/\(RecordLayout.batch(number))", replacing: true)
        try lock.whilePlacing { try note(.batchBegan, batch: number) }
        return folder
    }

    /// Digests of the files in a staged folder, sorted by name.
    /// - Parameter contents: SHA-256 of what packed files hold, by name.
    func outputs(in folder: String, contents: [String: Digest]) throws -> [OutputRecord] {
        try Manifest(of: folder).files.map { OutputRecord(file: $0, contentSHA256: contents[$0.name]) }
    }

    /// Makes a staged batch count: completes its crate, then gives the folder its place.
    func commit(_ record: BatchRecord, _ fingerprint: Fingerprint, from staged: consuming AtomicFolder) throws {
        try fingerprint.write(to: staged.partialPath)
        try complete(record, in: staged.partialPath)
        var folder = Optional(staged)
        try lock.whilePlacing {
            try open()
            // Before the batch is there: a batch is never both complete and failed.
            try OnDisk.remove("\(path)/\(RecordLayout.failure(record.batch))")
            try folder.take()?.commit()
            try note(completion(of: record))
        }
    }

    /// Keeps the record of a failed batch.
    func recordFailure(_ record: BatchRecord) throws {
        // One that says the same stays as it is, with all that was said and signed of the record.
        if let old = try? RecordFolder.value(BatchRecord.self, "\(path)/\(RecordLayout.failure(record.batch))/\(RecordLayout.batchRecord)"),
            (old.run, old.missing, old.failure, old.warnings) == (record.run, record.missing, record.failure, record.warnings), notes.isWaiting
        {
            return
        }
        try Self.makeFolder("\(path)/\(RecordLayout.failures)")
        let staged = try AtomicFolder("\(path)/\(RecordLayout.failure(record.batch))", replacing: true)
        try complete(record, in: staged.partialPath)
        var folder = Optional(staged)
        try lock.whilePlacing {
            try open()
            try folder.take()?.commit()
            try note(.batchFailed, batch: record.batch)
        }
    }

    /// Ends the session: the record is complete.
    /// - Returns: the record's digest; and what is to be said of batches that are damaged, of whatever session.
    func close() throws -> (digest: Digest, damages: [String]) {
        try lock.whilePlacing {
            defer { notes.end() }
            if notes.isWaiting, let digest = try digest() { return (digest, []) }
            try note(.sessionEnded)
            let sealed = try RecordSeal.seal(path)
            return (sealed.digest, sealed.damaged.sorted { $0.key < $1.key }.map { Self.damage(of: $0.key, $0.value) })
        }
    }

    /// Lets other processes in.
    func release() { lock.release() }

    /// Closes the record of a run that was told to stop, as far as it came. What is still under way adds nothing to it.
    /// - Parameter endsProcess: whether a signal ends the process next.
    func stop(endsProcess: Bool = false) throws {
        try lock.whilePlacing {
            defer { notes.end(withProcess: endsProcess) }
            guard !notes.isWaiting, !notes.hasEnded else { return }
            try note(.stopped)
            try RecordSeal.seal(path)
        }
    }

    private static func damage(of folder: String, _ reason: String) -> String {
        let number = folder.split(separator: "_").last ?? ""
        return "\(folder) of the record is damaged (\(reason)), and counts for nothing: run again with --batches \(number) to compute it anew"
    }

    private func completion(of record: BatchRecord) -> Journal.Event {
        var event = Journal.Event(.batchCompleted, batch: record.batch)
        if !record.failedImages.isEmpty { event.failedImages = record.failedImages.count }
        if !record.absentImages.isEmpty { event.absentImages = record.absentImages.count }
        return event
    }

    private func note(_ event: Journal.Event.Kind, batch: Int? = nil) throws {
        try note(Journal.Event(event, batch: batch, environment: event == .sessionBegan ? try environmentDigest() : nil))
    }

    /// Only while placing: nothing is noted of a record that is closed.
    private func note(_ event: Journal.Event) throws {
        try notes.requireOpen()
        if !notes.keep(event) { try append(event) }
    }

    private func append(_ event: Journal.Event) throws { try Journal.append(event, to: "\(path)/\(RecordLayout.journal)") }

    /// Everything in a batch's crate but what the batch itself made.
    private func complete(_ record: BatchRecord, in folder: String) throws {
        try writeSession(to: folder)
        try AtomicFile.write(try CanonicalJSON.encode(record), to: "\(folder)/\(RecordLayout.batchRecord)")
        try BatchCrate(run: run, plan: plan, record: record, environment: session.environment).write(to: folder)
        try Manifest(of: folder, known: record.outputs.map(\.file)).write(to: folder)
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

    private static func makeFolder(_ path: String) throws {
        do throws(IDRError) {
            try OnDisk.makeFolder(path)
        } catch {
            throw IDRError(.system, "a folder cannot be made", at: [path], because: error.reason, fix: "choose another place with --output")
        }
    }

    /// What the folder's run was when it was begun, with the script as it is now; nil where no run came so far as to say so.
    private static func begun(_ path: String, _ run: RunRecord) throws -> RunRecord? {
        guard FileManager.default.fileExists(atPath: "\(path)/\(RecordLayout.run)") else {
            try checkFree(path, for: run)
            return nil
        }
        var existing = try RecordFolder.value(RunRecord.self, "\(path)/\(RecordLayout.run)")
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

    /// What a run leaves that ended before its `run.json` was there is no other file.
    private static func checkFree(_ path: String, for run: RunRecord) throws(IDRError) {
        for name in try OnDisk.names(in: path) ?? [] where name != FileLock.name && !UnderWay.isName(name) {
            let own =
                switch name {
                case RecordLayout.shared: try (OnDisk.names(in: "\(path)/\(name)") ?? []).allSatisfy(UnderWay.isName)
                case RecordLayout.plan: try SHA256.digest(ofFile: "\(path)/\(name)") == run.run
                default: false
                }
            if own { continue }
            throw IDRError(
                .invalidPlan, "the output folder holds other files", at: [path], because: "it has no run.json, so it is not the folder of a run",
                fix: "choose an empty or new folder with --output")
        }
    }
}
