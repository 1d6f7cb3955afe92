import IDRPlan

extension RunOptions {
    /// More images at once than any machine has cores: each takes memory.
    static let mostThreads = 4096
    /// More wells than any study has.
    static let largestBatch = 1 << 32

    /// Refuses options that no run can have: they may come from another program, in the environment.
    /// - Throws: an ``IDRError`` that names the option, its value and the range.
    package func check() throws(IDRError) {
        if let threads, !(1...Self.mostThreads).contains(threads) {
            throw Self.refusal(
                "\(threads) images cannot be computed at the same time", "it must be a number from 1 to \(Self.mostThreads)", "threads")
        }
        if let batchSize { try Self.check(batchSize: batchSize) }
        if let batches {
            guard !batches.isEmpty else { throw Self.refusal("the list of batches is empty", "a run has at least one", "batches") }
            if let wrong = batches.first(where: { $0 < 0 }) {
                throw Self.refusal("batch \(wrong) does not exist", "batches are counted from 0", "batches")
            }
        }
        if let startBatch, startBatch < 0 { throw Self.refusal("batch \(startBatch) does not exist", "batches are counted from 0", "startBatch") }
        let places = [
            (output, "output"), (lock, "lock"), (reproducing, "reproducing"), (failureReport, "failureReport"), (livePage, "livePage"),
        ]
        for (path, name) in places {
            guard let path, path.isEmpty || path.utf8.contains(0) else { continue }
            throw Self.refusal("the option \(name) names no file or folder", path.isEmpty ? "it is empty" : "it holds a zero byte", name)
        }
        if case .folder(let folder, let bytes)? = stages, folder.isEmpty || bytes < 1 {
            throw Self.refusal("the stage cache cannot be used", "it needs a folder, and a limit in bytes from 1", "stages")
        }
    }

    /// - Throws: an ``IDRError`` where no batch can have so many wells.
    static func check(batchSize: Int) throws(IDRError) {
        guard !(1...largestBatch).contains(batchSize) else { return }
        throw IDRError(
            .invalidPlan, "a batch cannot have \(batchSize) wells", because: "it must be a number from 1 to \(largestBatch)",
            fix: "use a batch size from 1")
    }

    private static func refusal(_ problem: String, _ reason: String, _ name: String) -> IDRError {
        IDRError(.invalidPlan, problem, because: reason, fix: "correct the option \(name); from the environment it comes in \(variable)")
    }
}
