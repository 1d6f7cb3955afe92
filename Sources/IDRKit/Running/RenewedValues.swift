import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord
import Synchronization

// Wells that could not be read when a value was made are tried again, as images are: in the end all stand on the value of a run in which
// everything could be read.
extension SharedValues {
    /// Tries them again. Nothing is written until ``keepRenewed()``.
    /// - Parameters:
    ///   - asksForAbsent: whether wells without an image are asked for again, too.
    ///   - mayChange: whether a plate's value may; nil: that of all plates.
    func renew(asksForAbsent: Bool, where mayChange: (_ plate: String?) -> Bool) async throws {
        let isOpen = { (candidate: SharedCandidate) in candidate.kind == .failed || asksForAbsent && candidate.kind == .absent }
        // No batch is under way that this would be a part of.
        let clock = StageClock()
        var decisions = SharedDecisions()
        if plan.plan.correction?.behaviour == .compat, let old = try stored(BaSiC.Penalties?.self, RecordLayout.sharedPenalties) {
            if let tried = old.candidates, tried.contains(where: isOpen), mayChange(nil) {
                let known = tried.filter { !isOpen($0) && $0.kind != nil }.map { $0.named(old.plate) }
                try await renew(old, RecordLayout.sharedPenalties) { try await firstPenalties(clock, known: known) }
            }
            decisions.penalties = try await penalties(clock)
        }
        guard plan.plan.segmentation?.diameter == nil, Stage.diameter.isPart(plan.plan) else { return }
        for plate in Set(plan.wells.map(\.plate)).sorted() {
            let file = RecordLayout.sharedDiameter(plate)
            guard let old = try stored(Double.self, file) else { continue }
            // Other penalties make other frames: of what is known of the wells nothing holds.
            let known = renewed[RecordLayout.sharedPenalties] == nil ? old.candidates?.filter { !isOpen($0) } : []
            guard let known, known.isEmpty || known.count < old.candidates?.count ?? 0, mayChange(plate) else { continue }
            try await renew(old, file) { try await estimate(of: plate, decisions, clock, known: known) }
        }
    }

    /// What is out of reach now leaves the value as it was.
    private func renew<Value: Codable & Sendable & Equatable>(
        _ old: SharedValueRecord<Value>, _ file: String, make: () async throws -> SharedValueRecord<Value>
    ) async throws {
        do {
            let record = try await make()
            guard record.value != old.value || record.candidates?.map(\.kind) != old.candidates?.map(\.kind) else { return }
            renewed[file] = try CanonicalJSON.encode(record)
            guard record.value != old.value else { return }
            runner.progress.say(
                "\(file): wells that could not be read before can be read now, and the value is another one: its batches are computed anew")
        } catch let error as IDRError where !error.endsRun || error.code == .unreachable {
            // Where the network is gone, the batches that need it say so.
            runner.progress.say("\(error)")
        }
    }

    /// Puts what was found in the place of what the folder has.
    func keepRenewed() throws {
        for (file, record) in renewed.all { try folder.keepShared(record, as: file) }
    }

    /// Whether an image of `batch` stands on another value than the run has now.
    func differ(from batch: BatchRecord) throws -> Bool {
        let isCompat = plan.plan.correction?.behaviour == .compat
        let penalties = try isCompat ? stored(BaSiC.Penalties?.self, RecordLayout.sharedPenalties)?.value : nil
        let diameters = try Set(batch.images.map(\.plate)).reduce(into: [String: Double]()) { diameters, plate in
            diameters[plate] = try stored(Double.self, RecordLayout.sharedDiameter(plate))?.value
        }
        return batch.images.contains { image in
            let own = image.channels.compactMap(\.correction?.flatfieldPenalty)
            if let penalties, own.contains(where: { $0 != penalties.flatfield }) { return true }
            guard image.segmentation.diameterSource == Diameter.ofPlate, let now = diameters[image.plate] else { return false }
            return now != image.segmentation.diameter
        }
    }
}

/// Records that take the place of those in a run's folder, by file.
final class RenewedRecords: Sendable {
    private let records = Mutex<[String: [UInt8]]>([:])

    subscript(file: String) -> [UInt8]? {
        get { records.withLock { $0[file] } }
        set { records.withLock { $0[file] = newValue } }
    }

    var all: [(String, [UInt8])] { records.withLock { $0.sorted { $0.key < $1.key } } }
}

extension SharedCandidate {
    /// The same with its plate's name.
    fileprivate func named(_ plate: String) -> SharedCandidate {
        var candidate = self
        candidate.plate = candidate.plate ?? plate
        return candidate
    }
}
