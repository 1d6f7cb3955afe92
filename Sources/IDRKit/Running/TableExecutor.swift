import IDRCrate
import IDRFiles
import IDRFormats
package import IDRPlan
package import IDRRecord
import IDRScreens
import IDRTables

/// An image that has been computed, now or by an earlier run, and its part of the table.
struct DoneImage: Sendable {
    var record: ImageRecord
    var profile: ImageProfile
}

/// Writes the tables of a batch.
struct TableExecutor: Sendable {
    let stages: [any StageExecutor]
    let plan: ResolvedPlan
    let channels: WantedChannels
    /// SHA-256 of the resolved plan.
    let run: Digest

    /// Writes the batch's table in `folder`, in every format: `batch_<number>.csv.gz`, ...
    /// - Returns: SHA-256 of what each file holds, the table's CSV text, by the file's name; and what the record keeps of the table.
    func write(_ images: [DoneImage], batch number: Int, to folder: String) async throws -> (contents: [String: Digest], Fingerprint) {
        let table = try ProfileTable(images.map(\.profile), schema: schema(), compat: plan.plan.profiling?.behaviour == .compat)
        let identity = ["batch": String(number), "idrkit": IDRKitVersion.current, "run": run.hex]
        let (names, content) = try await TableFormats.write(table, as: RecordLayout.batch(number), in: folder, identity: identity)
        return (Dictionary(uniqueKeysWithValues: names.map { ($0, content) }), try Fingerprint(table, images: stems(of: images.map(\.record))))
    }

    /// What ids of the images' cells begin with.
    private func stems(of images: [ImageRecord]) -> [String] {
        let wells = Dictionary(plan.wells.map { (ImageKey(plate: $0.plate, well: $0.well, field: 1, frame: 1), $0) }) { first, _ in first }
        return images.compactMap { image in
            wells[ImageKey(plate: image.plate, well: image.well, field: 1, frame: 1)].map {
                ImageName($0, field: image.field, frame: image.frame).stem
            }
        }
    }

    /// The columns: those that each stage adds, in the order of the stages. The plan decides them, and no image that can be read or not.
    func schema() throws(IDRError) -> ProfileSchema {
        let image = try ImageRecord(planned: plan, channels)
        let profiled = image.channels.filter(\.isProfiled)
        let named = profiled.isEmpty ? image.channels.filter { $0.isMeasured == true } : profiled
        return ProfileSchema(
            indexColumns: named.count > 1 ? ProfileSchema.index(channels: named.map(\.name)) : ProfileSchema.deepProfilerIndex,
            model: stages.lazy.compactMap(\.model).first, featureNames: stages.flatMap { $0.columns(of: image) },
            hasOutlines: plan.plan.profiling?.outlines ?? false)
    }
}

extension ImageRecord {
    /// An image as the plan describes every one of them: its channels, with the names that tables have for them. That is what the study's table
    /// calls a channel, or else the plan; a channel that only has a number is `Channel2`.
    package init(planned resolved: ResolvedPlan, _ wanted: WantedChannels) throws(IDRError) {
        let labels = ChannelLabels(names: resolved.channels, labels: resolved.channels)
        var names: [Int: String] = [:]
        let channels = try ImageChannels(wanted) { channel throws(IDRError) in
            let number: Int
            switch channel {
            case .number(let own): number = own
            // Where the study does not say which one it is, only its place among the others matters here.
            case .named(let name):
                let known = names.first { $0.key < 0 && $0.value == name }?.key
                number = (try? labels.number(of: channel)) ?? known ?? -1 - names.count { $0.key < 0 }
            }
            if case .named(let name) = channel, number < 0 { names[number] = name }
            return number
        } name: {
            names[$0] ?? (resolved.channels.indices.contains($0 - 1) ? labels.title(of: $0) : "Channel\($0)")
        }
        self.init(
            plate: "", well: "", field: 1, frame: 1, input: InputRecord(source: "", location: "", files: [], planes: []),
            channels: channels.all.map { number in
                ChannelRecord(
                    number: number, name: channels.name(of: number), isSegmented: number == channels.segmented,
                    isProfiled: channels.profiled.contains(number), isMeasured: channels.measured.contains(number), correction: nil)
            }, segmentation: SegmentationRecord(diameter: 0, diameterSource: "", found: 0, kept: 0), cells: 0, undefinedCells: 0,
            digests: StageDigests())
    }
}
