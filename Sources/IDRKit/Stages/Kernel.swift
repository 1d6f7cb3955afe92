import IDRPlan

/// The numbers that a stage's code gives, as they were from a release on.
package struct Kernel: Sendable, Hashable {
    package var version: Int
    /// The first release of IDRKit that had it.
    package var since: String
    /// What alone has other numbers than before; nil: everything.
    package var scope: String?

    package init(_ version: Int, since: String, of scope: String? = nil) {
        self.version = version
        self.since = since
        self.scope = scope
    }
}

/// What a record cannot have in common with a rerun here, whatever the machine.
package enum KernelChanges {
    /// A line a stage of `plan` that has computed other numbers since the release that made a record.
    package static func of(_ plan: Plan, since release: String) -> [String] {
        StageLoader.kinds(of: plan).compactMap { line(of: $0.stage.id, $0.kernels, since: release) }
    }

    /// - Parameter kernels: of the stage, oldest first.
    /// - Returns: nil where the numbers are the same, and where `release` is no version.
    package static func line(of stage: String, _ kernels: [Kernel], since release: String) -> String? {
        guard let made = numbers(of: release) else { return nil }
        let later = kernels.filter { kernel in numbers(of: kernel.since).map { made.lexicographicallyPrecedes($0) } ?? false }
        guard let first = later.first else { return nil }
        let scope = later.contains { $0.scope == nil } ? "" : first.scope.map { " of \($0)" } ?? ""
        return "the stage \(stage) computes other numbers\(scope) since IDRKit \(first.since): IDRKit \(release) gives the record's bits"
    }

    /// `1.10.0` is later than `1.9.2`.
    private static func numbers(of release: String) -> [Int]? {
        let parts = release.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3 else { return nil }
        return parts.allSatisfy { $0.map { $0 >= 0 } ?? false } ? parts.compactMap(\.self) : nil
    }
}
