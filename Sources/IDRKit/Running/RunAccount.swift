import IDRFiles
import IDRPlan
import IDRRecord

/// What a run is to do where images cannot be had.
public enum FailureResponse: Sendable {
    /// It goes on without them, and so does the script; the process ends with status 3.
    case `continue`
    /// It throws when everything was tried.
    case stop
}

/// What there is at the end of a run, and what there is not.
struct RunAccount {
    /// Complete batches, with or without all of their images.
    let batches: [BatchRecord]
    /// Batches of which no image could be had.
    private let failures: [BatchRecord]
    private let batchCount: Int

    private let folder: String
    /// See ``ImageWarning/all(of:_:)``.
    var range: ClosedRange<Double>?

    init(_ batches: [BatchRecord], failures: [BatchRecord], of count: Int, folder: String) {
        (self.batches, self.failures, batchCount, self.folder) = (batches, failures, count, folder)
    }

    private var images: Int { batches.reduce(0) { $0 + $1.images.count } }
    private var failed: [MissingImage] { (batches + failures).flatMap(\.failedImages) }
    private var absent: [MissingImage] { (batches + failures).flatMap(\.absentImages) }

    /// Why nobody can go on with the run; nil where there are results.
    var fatal: IDRError? {
        if let ending = failures.first(where: { $0.failure?.endsRun == true }) { return error(ending.failure) }
        guard images == 0, let first = failures.first?.failure ?? absent.first?.cause else { return nil }
        return error(first)
    }

    /// What could not be had; nil where everything was.
    var failure: IDRError? { failed.isEmpty && failures.isEmpty ? nil : error(failures.first?.failure ?? failed.first?.cause) }

    /// Says what became of the run.
    func tell(_ progress: Progress) {
        let cells = batches.reduce(0) { $0 + $1.cells }
        progress.tell("\(batches.count.counted("batch", "batches")), \(cells.counted("nucleus", "nuclei")): results in \(folder)")
        if images > 0, cells == 0 {
            progress.say(
                "warning: no nuclei were found in any of \(images.counted("image", "images")): look at the channel, .segment(channel: ...), at the "
                    + "diameter, and at the images themselves (--keep frames,masks)")
        }
        let warnings = ImageWarning.lines(of: batches.flatMap(\.images), range)
        for warning in warnings { progress.say("warning: \(warning)") }
        if !warnings.isEmpty {
            progress.tell("\(warnings.count.counted("kind of warning", "kinds of warnings")): all of them are in \(folder)/\(RecordLayout.report)")
        }
        if !absent.isEmpty { progress.say("\(absent.count) of \(total) images do not exist: \(Self.names(absent))") }
        guard failure != nil else { return }
        progress.say("\(counts): \(Self.names(failed)); run again to try them again (records: \(folder))")
    }

    private var total: Int { images + failed.count + absent.count }

    private var counts: String {
        let batches = failures.isEmpty ? "" : ", among them all of \(failures.count.counted("batch", "batches"))"
        return "\(failed.count) of \(total) images failed\(batches)"
    }

    private static func names(_ images: [MissingImage]) -> String {
        let names = images.prefix(5).map { "\(ImageKey($0))" }.joined(separator: ", ")
        return images.count > 5 ? "\(names) and \(images.count - 5) more" : names
    }

    private func error(_ first: IDRError?) -> IDRError {
        let isBatch = !failures.isEmpty
        return IDRError(
            first?.endsRun == true ? .system : .batchesFailed,
            isBatch
                ? "\(failures.count) of \(batchCount.counted("batch", "batches")) failed: \(failures.map { String($0.batch) }.joined(separator: ", "))"
                : failed.isEmpty ? (total == 1 ? "the image does not exist" : "none of the \(total) images exists") : counts,
            at: (failures.first.map { ["batch \($0.batch)"] } ?? []) + (first?.subject ?? []),
            because: [first?.problem, first?.reason].compactMap(\.self).joined(separator: ": "),
            fix: "\(first?.advice.map { $0 + "; then run" } ?? "run") again: what is complete is skipped (records: \(folder)"
                + (isBatch ? "/failures)" : ")"))
    }
}
