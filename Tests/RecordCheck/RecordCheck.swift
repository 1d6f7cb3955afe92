import IDRComparison
import IDRPlan
import IDRRecord

/// `record-check A B`: verifies two records and compares them. It stands on the rooms of records and of comparison alone, so that it shows what
/// they need: see `RecordCheckTests`.
@main
enum RecordCheck {
    static func main() async throws {
        let folders = Array(CommandLine.arguments.dropFirst())
        guard folders.count == 2 else { throw IDRError(.invalidInput, "record-check takes the folders of two records") }
        for folder in folders {
            let found = RecordVerification(of: folder)
            print(found.isIntact ? "intact \(found.digest?.hex ?? "")" : "NOT INTACT: \(found.problems.map(\.description).joined(separator: "; "))")
        }
        let difference = try await RunDifference.between(RecordFolder(reading: folders[0]), RecordFolder(reading: folders[1]))
        print(difference.text)
    }
}
