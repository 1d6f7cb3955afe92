import IDRCrate
import IDRFiles
import IDRPlan
import IDRRecord
import IDRTables

/// Writes the tables of a batch.
struct TableExecutor: Sendable {
    let stages: [any StageExecutor]
    let plan: Plan
    /// SHA-256 of the resolved plan.
    let run: Digest

    /// Writes the batch's table in `folder`, in every format: `batch_<number>.csv.gz`, ...
    /// - Returns: SHA-256 of what each file holds, the table's CSV text, by the file's name; and what the record keeps of the table.
    func write(_ images: [ImageInProgress], _ profiles: [ImageProfile], batch number: Int, to folder: String) async throws
        -> (contents: [String: Digest], Fingerprint)
    {
        let table = try ProfileTable(profiles, schema: schema(images.map(\.record)), compat: plan.profiling?.behaviour == .compat)
        let identity = ["batch": String(number), "idrkit": IDRKitVersion.current, "run": run.hex]
        let (names, content) = try await TableFormats.write(table, as: RecordLayout.batch(number), in: folder, identity: identity)
        return (Dictionary(uniqueKeysWithValues: names.map { ($0, content) }), try Fingerprint(table))
    }

    /// The columns: those that each stage adds, in the order of the stages.
    private func schema(_ images: [ImageRecord]) throws(IDRError) -> ProfileSchema {
        let channels = try Self.channels(of: images)
        let columns = images.first.map { image in stages.flatMap { $0.columns(of: image) } } ?? []
        return ProfileSchema(
            indexColumns: channels.count > 1 ? ProfileSchema.index(channels: channels) : ProfileSchema.deepProfilerIndex,
            model: stages.lazy.compactMap(\.model).first, featureNames: columns, hasOutlines: plan.profiling?.outlines ?? false)
    }

    /// What the channels of a batch's tables are called. Its images have the same ones, or their features could not stand in one table.
    private static func channels(of images: [ImageRecord]) throws(IDRError) -> [String] {
        func named(_ image: ImageRecord, _ isUsed: (ChannelRecord) -> Bool) -> [String] { image.channels.filter(isUsed).map(\.name) }
        let all = images.map { (profiled: named($0, \.isProfiled), measured: named($0) { $0.isMeasured == true }) }
        guard let first = all.first else { return [] }
        guard let other = zip(images, all).first(where: { $0.1 != first }) else { return first.profiled.isEmpty ? first.measured : first.profiled }
        throw IDRError(
            .invalidInput, "the channels of the batch's images differ", at: ["plate \(other.0.plate)", "well \(other.0.well)"],
            because:
                "they are \((other.1.profiled + other.1.measured).joined(separator: ", ")), and of other wells \((first.profiled + first.measured).joined(separator: ", "))",
            fix: "profile these wells in a run of their own")
    }
}
