import IDRPlan
import IDRRecord

/// An image that both runs have.
struct ImagePair: Sendable {
    var a: ImageRecord
    var b: ImageRecord
    var batchA: Int
    var batchB: Int

    var key: ImageKey { ImageKey(a) }
    var firstStage: Step? { Step.first(differingIn: a, b) }

    /// What the tables are written from, and what the rows' ids are taken from.
    private static let ofRows = Stage.all.filter { $0.gives.contains(.tables) }.flatMap(\.takes) + [.labels]

    /// Whether the image's rows in the tables differ.
    var hasOtherRows: Bool {
        a.cells != b.cells || Self.ofRows.contains { a.digests.all(of: $0) != b.digests.all(of: $0) }
    }
}

/// The batches of a run that are complete, as their records say.
struct LoadedRun: Sendable {
    let folder: RecordFolder
    /// By number.
    let batches: [Int: BatchRecord]

    /// Reads all records, two at a time: nearly all of the time goes into their JSON.
    init(_ folder: RecordFolder) async throws {
        self.folder = folder
        let numbers = folder.completeBatches
        let middle = numbers.count / 2
        let halves = [Array(numbers[..<middle]), Array(numbers[middle...])]
        let parts = try await withThrowingTaskGroup(of: [BatchRecord].self) { group in
            for half in halves { group.addTask { try half.map { try folder.batch($0) } } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        batches = Dictionary(parts.map { ($0.batch, $0) }) { first, _ in first }
    }

    /// Images in the order of batches and within them.
    var images: [(image: ImageRecord, batch: Int)] {
        batches.keys.sorted().flatMap { number in (batches[number]?.images ?? []).map { ($0, number) } }
    }

    /// Whether the plan names an image, complete or not.
    func plans(_ key: ImageKey, _ wells: [String: Int]) -> Bool {
        wells["\(key.plate)/\(key.well)"] != nil && folder.plan.plan.frames.contains(key.frame) && folder.plan.plan.fields.contains(key.field)
    }

    /// Why a batch is not there.
    func absence(of number: Int, _ journal: [Journal.Event]) -> String {
        if folder.failedBatches.contains(number) {
            do throws(IDRError) {
                return "it failed" + (try folder.failure(number).failure.map { ": \($0.problem)" } ?? "")
            } catch {
                return "it failed, and why cannot be read: \(error.problem)"
            }
        }
        return journal.contains { $0.batch == number } ? "it was interrupted" : "it was not run"
    }
}
