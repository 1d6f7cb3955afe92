import IDRPlan
import IDRRecord

extension Lock {
    /// Refuses to go on where this is not what the lock at `path` names.
    func check(against path: String) throws(IDRError) {
        let differences = try Lock(reading: path).differences(from: self)
        guard !differences.isEmpty else { return }
        throw IDRError(
            .locked, "this is not what the lock names", at: [path], because: differences.joined(separator: "; "),
            fix: "bring back what the lock names, or run without --locked and see what the results say")
    }
}
