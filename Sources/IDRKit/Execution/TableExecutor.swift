import IDRPlan
import IDRRecord
import IDRTables

/// Writes the tables of a batch.
struct TableExecutor: Sendable {
    let schema: ProfileSchema
    /// SHA-256 of the resolved plan.
    let run: String
    let behaviour: Behaviour

    /// Writes `batch_<number>.csv.gz` and `batch_<number>.h5ad` in `folder`.
    /// - Returns: SHA-256 of what each file holds, the table's CSV text, by the file's name; and what the record keeps of the table.
    func write(_ images: [ImageProfile], batch number: Int, to folder: String) async throws -> (contents: [String: String], Fingerprint) {
        let table = try ProfileTable(images, schema: schema, compat: behaviour == .compat)
        let names = ["batch_\(number).csv.gz", "batch_\(number).h5ad"]
        let content = try table.writeCSV(to: "\(folder)/\(names[0])")
        let identity = ["batch": String(number), "idrkit": IDRKitVersion.current, "run": run]
        try await AnnDataFile.write(table, to: "\(folder)/\(names[1])", identity: identity)
        return (Dictionary(uniqueKeysWithValues: names.map { ($0, content) }), try Fingerprint(table))
    }
}
