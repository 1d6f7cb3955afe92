import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// Compares what the batches of two runs hold: by the digests in their records, and where these differ by fingerprints and tables.
struct ContentComparison: Sendable {
    struct Result: Sendable {
        var differs = false
        var differingImages = 0
        var difference: TableDifference?
        /// Batches whose tables differ though no stage of their images does.
        var otherTables: Set<Int> = []
        /// What is wrong with the records of a batch, by its number in A.
        var broken: [Int: [Cause]] = [:]
        var notes: [String] = []
    }

    /// Bytes of packed tables that are read unasked.
    static let usualTables = 64 << 20

    private let a: LoadedRun
    private let b: LoadedRun
    private let pairs: [ImagePair]

    init(_ a: LoadedRun, _ b: LoadedRun, _ pairs: [ImagePair]) { (self.a, self.b, self.pairs) = (a, b, pairs) }

    func result(_ depth: RunDifference.Depth) async throws -> Result {
        var result = Result()
        result.differingImages = pairs.count { $0.hasOtherRows }
        let (work, packed) = work(depth)
        let parts = try await parts(of: work)
        var tally = DifferenceTally(featureNames: [])
        for part in parts {
            tally.add(part.tally)
            result.broken.merge(part.broken) { first, _ in first }
        }
        result.otherTables = Set(work.filter { $0.isAligned && $0.hasOtherContent && !$0.hasOtherRows }.map(\.own.batch))
        result.differs = work.contains { $0.hasOtherRows || $0.hasOtherContent }
        if result.differs { result.difference = tally.result }
        if packed > 0 { result.notes.append("\(packed) batches hold the same content in files of other bytes") }
        let (read, left) = (parts.reduce(0) { $0 + $1.tables }, parts.reduce(0) { $0 + $1.fingerprints })
        if left > 0 {
            result.notes.append(
                "how much differs: by the tables of \(read) batches, by fingerprints (locations, projections, means) of \(left); --tables reads all that are there"
            )
        }
        return result
    }

    /// A batch of A and one of B that have images in common.
    private struct Work: Sendable {
        var own: BatchRecord
        var other: BatchRecord
        var images: [ImageKey]
        /// Whether both batches are of the same images, so that their tables have the same rows.
        var isAligned: Bool
        var hasOtherRows: Bool
        var hasOtherContent: Bool
        var mayReadTables: Bool
    }

    /// What has to be looked at, in the order of the batches; and how many differ by their packing alone.
    private func work(_ depth: RunDifference.Depth) -> ([Work], packed: Int) {
        var (work, packed, budget) = ([Work](), 0, Self.usualTables)
        let groups = Dictionary(grouping: pairs) { [$0.batchA, $0.batchB] }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (numbers, images) in groups {
            guard let own = a.batches[numbers[0]], let other = b.batches[numbers[1]] else { continue }
            let isAligned = own.batch == other.batch && own.images.map(ImageKey.init) == other.images.map(ImageKey.init)
            let outputs = isAligned ? BatchPair(a.folder, b.folder, own, other).outputs : nil
            if let outputs, !outputs.isSameBytes, outputs.isSameContent { packed += 1 }
            var item = Work(
                own: own, other: other, images: images.filter(\.hasOtherRows).map(\.key), isAligned: isAligned,
                hasOtherRows: images.contains(where: \.hasOtherRows), hasOtherContent: outputs.map { !$0.isSameContent } ?? false,
                mayReadTables: false)
            guard item.hasOtherRows || item.hasOtherContent || images.contains(where: { $0.firstStage != nil }) else { continue }
            let size = own.tableBytes + other.tableBytes
            item.mayReadTables = isAligned && (depth == .tables || size <= budget)
            if item.mayReadTables { budget -= min(size, budget) }
            work.append(item)
        }
        return (work, packed)
    }

    private struct Part: Sendable {
        var tally = DifferenceTally(featureNames: [])
        var broken: [Int: [Cause]] = [:]
        var tables = 0
        var fingerprints = 0
    }

    /// In two halves at once.
    private func parts(of work: [Work]) async throws -> [Part] {
        let middle = work.count / 2
        let halves = [Array(work[..<middle]), Array(work[middle...])]
        return await withTaskGroup(of: (Int, Part).self) { group in
            for (index, half) in halves.enumerated() { group.addTask { (index, part(of: half)) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func part(of work: [Work]) -> Part {
        var part = Part()
        for item in work {
            var problems = Self.problems(a.folder, item.own.batch, "A") + Self.problems(b.folder, item.other.batch, "B")
            if item.hasOtherRows || item.hasOtherContent {
                do throws(IDRError) {
                    try add(item, to: &part)
                } catch {
                    problems.append(Cause(.record, "\(error.problem)\(error.reason.map { ": \($0)" } ?? "")"))
                }
            }
            if !problems.isEmpty { part.broken[item.own.batch] = problems }
        }
        return part
    }

    private func add(_ item: Work, to part: inout Part) throws(IDRError) {
        if item.isAligned {
            let judgement = try BatchPair(a.folder, b.folder, item.own, item.other).judgement(mayReadTables: item.mayReadTables)
            part.tally.add(judgement.tally)
            if judgement.basis == .tables { part.tables += 1 } else { part.fingerprints += 1 }
            return
        }
        let (own, other) = (try a.folder.fingerprint(of: item.own.batch), try b.folder.fingerprint(of: item.other.batch))
        var comparison = FingerprintComparison(featureNames: own.featureNames, others: other.featureNames, a.folder.run.agreement.tolerance)
        let (index, others) = (FingerprintIndex(own), FingerprintIndex(other))
        let numbers = a.folder.plan.wellNumbers
        for image in item.images { if let stem = image.stem(numbers) { comparison.add(stem, index, others) } }
        part.tally.add(comparison.tally)
        part.fingerprints += 1
    }

    /// Whether the files that are compared are those of the batch's own manifest.
    private static func problems(_ folder: RecordFolder, _ batch: Int, _ name: String) -> [Cause] {
        let place = folder.folder(of: batch)
        let compared = [RecordLayout.batchRecord, RecordLayout.environment, RecordLayout.cells, RecordLayout.wells]
        let manifest: Manifest
        do throws(IDRError) {
            manifest = try Manifest(reading: place)
        } catch {
            return [Cause(.record, "batch \(batch) of \(name): \(error.problem); see `idrscript verify`")]
        }
        return manifest.files.filter { compared.contains($0.name) }.compactMap { file in
            if (try? ContentFile(file: "\(place)/\(file.name)", name: file.name)) == file { return nil }
            return Cause(.record, "batch \(batch) of \(name): \(file.name) is not what the manifest says; see `idrscript verify`")
        }
    }
}

extension BatchRecord {
    /// Size of the packed table.
    fileprivate var tableBytes: Int { outputs.first { $0.name == RecordLayout.table(batch) }?.file.bytes ?? 0 }
}
