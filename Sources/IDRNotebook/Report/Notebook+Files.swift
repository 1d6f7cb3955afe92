import Foundation
import IDRComparison
import IDRFiles
package import IDRPlan
import IDRRecord

extension Notebook: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 1...1 }

    /// What the script of the run in `folder` gave out; nil for a copy that has nothing of it.
    package init?(of folder: String) throws(IDRError) {
        let path = "\(folder)/\(RecordLayout.notebook)"
        guard let bytes = try OnDisk.bytes(of: path, limit: 1 << 30) else { return nil }
        self = try VersionedJSON.decode(Notebook.self, from: Data(bytes), path: path)
    }

    /// Writes the report and the notebook into the folder of a run. The report, which people read, comes first.
    package func write(to folder: String) throws {
        let notebook = try CanonicalJSON.encode(self)
        try AtomicFile.write(Array(ReportPage(self).html.utf8), to: "\(folder)/\(RecordLayout.report)")
        try AtomicFile.write(notebook, to: "\(folder)/\(RecordLayout.notebook)")
    }

    /// Removes the notebook and the report that lie in the folder of a run.
    package static func remove(from folder: String) throws(IDRError) {
        for name in [RecordLayout.notebook, RecordLayout.report] { try OnDisk.remove("\(folder)/\(name)") }
    }

    /// Says in the run that is called `name` what it was judged to be.
    package mutating func add(_ verdict: RunSummary.Verdict, toRun name: String) {
        func marked(_ output: CellOutput) -> CellOutput {
            guard case .run(var run) = output, run.name == name else { return output }
            run.verdict = verdict
            return .run(run)
        }
        for entry in entries.indices { entries[entry].outputs = entries[entry].outputs.map(marked) }
        others = others.map(marked)
    }
}
