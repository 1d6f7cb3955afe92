import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// Works out a ``RunDifference``.
struct RunComparison: Sendable {
    private let a: LoadedRun
    private let b: LoadedRun
    private let pairs: [ImagePair]
    private let onlyInA: [ImageKey]
    private let onlyInB: [ImageKey]

    init(_ first: RecordFolder, _ second: RecordFolder) async throws {
        (a, b) = (try await LoadedRun(first), try await LoadedRun(second))
        let others = Dictionary(b.images.map { (ImageKey($0.image), $0) }) { first, _ in first }
        var (pairs, onlyInA, matched) = ([ImagePair](), [ImageKey](), Set<ImageKey>())
        for (image, batch) in a.images {
            let key = ImageKey(image)
            if let other = others[key] {
                pairs.append(ImagePair(a: image, b: other.image, batchA: batch, batchB: other.batch))
                matched.insert(key)
            } else {
                onlyInA.append(key)
            }
        }
        (self.pairs, self.onlyInA) = (pairs, onlyInA)
        onlyInB = others.keys.filter { !matched.contains($0) }.sorted()
    }

    func result(_ depth: RunDifference.Depth) async throws -> RunDifference {
        let setup = try RunSetup(a.folder, b.folder)
        var machines = MachinePairs(a.folder, b.folder)
        let content = try await ContentComparison(a, b, pairs).result(depth)
        var result = RunDifference(outputsDiffer: !onlyInA.isEmpty || !onlyInB.isEmpty || content.differs)
        (result.a, result.b) = (Self.digest(of: a.folder), Self.digest(of: b.folder))
        result.absences = absences()
        result.images = RunDifference.Images(
            common: pairs.count, differing: content.differingImages, onlyInA: onlyInA.count, onlyInB: onlyInB.count)
        result.difference = content.difference
        result.notes = content.notes + sources()
        let finder = CauseFinder(setup, try SharedValuePair.differing(a.folder, b.folder), pairs)
        var findings = Findings()
        try addSelection(to: &findings, finder, &machines)
        for pair in pairs {
            guard let stage = pair.firstStage ?? (content.otherTables.contains(pair.batchA) ? .write : nil) else { continue }
            let machine = try machines.differences(a.batches[pair.batchA], b.batches[pair.batchB])
            let causes = content.broken[pair.batchA] ?? finder.causes(of: pair, at: stage, machine)
            findings.add(pair.key.description, stage, causes, reachesOutputs: stage == .write || pair.hasOtherRows)
        }
        for batch in a.batches.values {
            if let other = b.batches[batch.batch] { _ = try machines.differences(batch, other) }
        }
        result.findings = findings.sorted
        result.setup = setup.differences + inputs() + machines.all + threads()
        return result
    }

    private func addSelection(to findings: inout Findings, _ finder: CauseFinder, _ machines: inout MachinePairs) throws {
        let absences = absences()
        for (keys, other, name, isB) in [(onlyInA, b, "B", true), (onlyInB, a, "A", false)] {
            let wells = other.folder.plan.wellNumbers
            let reasons = absences.compactMap { absence in (isB ? absence.b : absence.a).map { "batch \(absence.batch) of \(name): \($0)" } }
            for key in keys {
                let causes = other.plans(key, wells) ? [Cause(.missing, reasons.joined(separator: "; "))] : finder.candidates(at: .select, [])
                findings.add(key.description, .select, causes, reachesOutputs: true)
            }
        }
    }

    private func absences() -> [RunDifference.Absence] {
        let (journalA, journalB) = (a.folder.journal, b.folder.journal)
        let isSameSize = a.folder.run.batchSize == b.folder.run.batchSize
        return (0..<max(a.folder.run.batches, b.folder.run.batches)).compactMap { number in
            let missing = [(a, journalA), (b, journalB)].map { run, journal -> String? in
                guard number < run.folder.run.batches, run.batches[number] == nil else { return nil }
                return run.absence(of: number, journal)
            }
            if missing[0] == nil && missing[1] == nil { return nil }
            return isSameSize || missing.contains { $0 != nil } ? RunDifference.Absence(batch: number, a: missing[0], b: missing[1]) : nil
        }
    }

    /// Planes that both read and that have other pixels, by image.
    private func inputs() -> [SetupDifference] {
        pairs.filter { $0.firstStage == Artifact.planes.step }.map { pair in
            let others = Dictionary(pair.b.input.planes.map { ($0.index, $0.sha256) }) { first, _ in first }
            let plane = pair.a.input.planes.first { plane in others[plane.index].map { $0 != plane.sha256 } ?? false }
            let name = plane.map { "field \($0.index.field) frame \($0.index.frame) channel \($0.index.channel)" } ?? ""
            return SetupDifference(
                .input, "pixels of \(pair.key), plane \(name)", plane?.sha256.short,
                plane.flatMap { others[$0.index] }?.short, stages: [Artifact.planes.step])
        }
    }

    private func threads() -> [SetupDifference] {
        func text(_ run: LoadedRun) -> String { Set(run.batches.values.map(\.threads)).sorted().map { "\($0)" }.joined(separator: ", ") }
        return MachineDifference.differing(.settings, "threads", text(a), text(b), [])
    }

    private func sources() -> [String] {
        let moved = pairs.count { $0.a.input.source != $0.b.input.source }
        return moved == 0 ? [] : ["\(moved) images came from another source, which is no difference by itself"]
    }

    private static func digest(of folder: RecordFolder) -> Digest? { try? Manifest.digest(in: folder.path) }
}

/// Findings while they are gathered.
private struct Findings {
    private struct Key: Hashable {
        var stage: Step
        var causes: [Cause]
        var reachesOutputs: Bool
    }

    private var images: [Key: [String]] = [:]

    mutating func add(_ image: String, _ stage: Step, _ causes: [Cause], reachesOutputs: Bool) {
        images[Key(stage: stage, causes: causes, reachesOutputs: reachesOutputs), default: []].append(image)
    }

    /// The earliest stage first, then the most images.
    var sorted: [DifferenceFinding] {
        let all = images.map { key, names in
            DifferenceFinding(
                stage: key.stage, images: names.count, examples: Array(names.sorted().prefix(10)), causes: key.causes,
                reachesOutputs: key.reachesOutputs)
        }
        return all.sorted { a, b in
            if a.stage != b.stage { return a.stage < b.stage }
            if a.images != b.images { return a.images > b.images }
            return a.examples.lexicographicallyPrecedes(b.examples)
        }
    }
}

/// What the machines of two batches have otherwise; a run that was continued elsewhere has several.
private struct MachinePairs {
    private let folders: (RecordFolder, RecordFolder)
    private var environments: [[Digest: RunEnvironment]] = [[:], [:]]
    private var known: [[Digest]: [SetupDifference]] = [:]

    init(_ a: RecordFolder, _ b: RecordFolder) { folders = (a, b) }

    mutating func differences(_ a: BatchRecord?, _ b: BatchRecord?) throws(IDRError) -> [SetupDifference] {
        guard let a, let b else { return [] }
        let key = [a.environment, b.environment]
        if let found = known[key] { return found }
        let (own, other) = (try environment(0, folders.0, a), try environment(1, folders.1, b))
        let found = MachineDifference.between(own, other)
        known[key] = found
        return found
    }

    /// Of all pairs that were asked for, each once.
    var all: [SetupDifference] {
        var seen: Set<SetupDifference> = []
        return known.sorted { $0.key.lexicographicallyPrecedes($1.key) { $0.hex < $1.hex } }.flatMap(\.value).filter { seen.insert($0).inserted }
    }

    private mutating func environment(_ side: Int, _ folder: RecordFolder, _ batch: BatchRecord) throws(IDRError) -> RunEnvironment {
        if let found = environments[side][batch.environment] { return found }
        let environment = try folder.environment(of: batch.batch)
        environments[side][batch.environment] = environment
        return environment
    }
}
