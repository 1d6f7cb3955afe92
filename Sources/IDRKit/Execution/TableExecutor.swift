import IDRData
import IDRPlan
import IDRProvenance
import IDRTables

/// Writes the tables of a batch.
struct TableExecutor: Sendable {
    let schema: ProfileSchema
    /// SHA-256 of the resolved plan.
    let run: String
    let behaviour: Behaviour

    /// Writes `batch_<number>.csv.gz` and `batch_<number>.h5ad` in `folder`.
    func write(_ images: [ImageProfile], batch number: Int, to folder: String) async throws {
        let table = try ProfileTable(images, schema: schema, compat: behaviour == .compat)
        try table.writeCSV(to: "\(folder)/batch_\(number).csv.gz")
        let identity = ["batch": String(number), "idrkit": IDRKitVersion.current, "run": run]
        try await AnnDataFile.write(table, to: "\(folder)/batch_\(number).h5ad", identity: identity)
    }
}
