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
        StageLoader.kinds(of: plan).compactMap { executor in
            // One that comes with the next release is no former release's yet.
            let released = executor.kernels.filter { !isLater($0.since, than: IDRKitVersion.current) }
            return line(of: executor.stage.id, released, since: release)
        }
    }

    /// - Parameter kernels: of the stage, oldest first.
    /// - Returns: nil where the numbers are the same, and where `release` is no version.
    package static func line(of stage: String, _ kernels: [Kernel], since release: String) -> String? {
        let later = kernels.filter { isLater($0.since, than: release) }
        guard let first = later.first else { return nil }
        let scope = later.contains { $0.scope == nil } ? "" : first.scope.map { " of \($0)" } ?? ""
        return "the stage \(stage) computes other numbers\(scope) since IDRKit \(first.since): IDRKit \(release) gives the record's bits"
    }

    /// false where one of them is no version.
    private static func isLater(_ release: String, than other: String) -> Bool {
        guard let (own, others) = numbers(of: release).flatMap({ own in numbers(of: other).map { (own, $0) } }) else { return false }
        return others.lexicographicallyPrecedes(own)
    }

    /// `1.10.0` is later than `1.9.2`.
    private static func numbers(of release: String) -> [Int]? {
        let parts = release.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3 else { return nil }
        return parts.allSatisfy { $0.map { $0 >= 0 } ?? false } ? parts.compactMap(\.self) : nil
    }
}
