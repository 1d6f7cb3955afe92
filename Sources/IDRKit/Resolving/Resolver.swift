import Foundation
import IDRData
import IDRModels
import IDRPlan
import IDRProvenance

/// A resolved plan and what this machine knows of its files.
struct Resolution: Sendable {
    let plan: ResolvedPlan
    /// The plan's canonical JSON.
    let planBytes: [UInt8]
    /// SHA-256 of these bytes: the run's identity.
    let identity: String
    /// Where the pixels come from.
    let reader: ImageReader
    /// Where the tables came from.
    var catalog: [CatalogRecord]
    var options: RunOptions
    /// Paths of the plan's models by role.
    var modelPaths: [String: String]
    /// DeepProfiler's configuration, where the plan names one.
    var configuration: DeepProfilerConfig?
    /// What a person should know before trusting the numbers; in every batch's record.
    var warnings: [String] = []

    /// Channels that are profiled, in the order of their features; empty: the one that is segmented.
    var profiledChannels: [Channel] {
        let named = plan.plan.profiling?.channels ?? []
        // A configuration that names one channel describes the published pipeline's only one, under whatever name.
        guard named.isEmpty, let configured = configuration?.channels, configured.count > 1 else { return named }
        return configured.map(Channel.named)
    }
}

/// Turns the names in a plan into wells, files and digests. Reads tables and weights' digests, never a pixel.
struct Resolver {
    let options: RunOptions

    /// - Throws: an ``IDRError`` where a name does not exist, or the selection is empty.
    func resolve(_ plan: Plan) async throws -> Resolution {
        let access = (options.access ?? Access()).over(plan.access ?? Access()).over(try .configured())
        let network = try Network(access: access)
        let screen = try await Catalog(access: access, network: network).screen(ScreenName(plan.screen))
        let tables = screen.tables
        let wells = try WellSelection(tables: tables).wells(plan.selection)
        try Self.check("frame", plan.frames, call: ".frame(...)")
        try Self.check("field", plan.fields, call: ".fields(...)")
        try Self.check("slice", [plan.slice], call: ".slice(...)")
        let models = try ModelFiles(plan: plan).resolve()
        let catalog = screen.files.map { file in
            CatalogRecord(
                file: ResolvedFile(role: file.role, name: file.name, bytes: file.bytes, sha256: file.sha256), address: file.address,
                fetchedAt: file.fetchedAt)
        }
        let channels = Self.channels(of: wells, tables)
        let resolved = ResolvedPlan(
            plan: plan, tables: catalog.map(\.file), models: models.files, channels: channels.labels,
            wells: wells.map { well in
                WellReference(plate: well.plate, well: well.name, wellNumber: well.number, gene: well.target, controlType: well.controlType)
            })
        let planBytes = try CanonicalJSON.encode(resolved)
        return Resolution(
            plan: resolved, planBytes: planBytes, identity: try SHA256.hex(of: planBytes),
            reader: try ImageReader(screen: screen, access: access, network: network), catalog: catalog, options: options,
            modelPaths: models.paths, configuration: models.configuration,
            warnings: models.warnings + screen.notes.map { "catalog: \($0)" } + channels.warnings)
    }

    /// What the table says of the wells' channels, where it says the same of all.
    private static func channels(of wells: [ScreenWell], _ tables: ScreenTables) -> (labels: [String], warnings: [String]) {
        let lists = Set(wells.map { tables.channels(row: $0.row) }).subtracting([[]])
        guard let first = lists.first else { return ([], []) }
        return lists.count == 1
            ? (first, []) : ([], ["the study's table names the channels of these wells in \(lists.count) ways: only the files' names are used"])
    }

    private static func check(_ axis: String, _ values: [Int], call: String) throws(IDRError) {
        guard let first = values.first else { throw IDRError(.invalidPlan, "the plan names no \(axis)", fix: "choose one with \(call)") }
        guard first >= 1 else {
            throw IDRError(
                .invalidPlan, "\(axis) \(first) does not exist", because: "\(axis)s are counted from 1",
                fix: "choose a \(axis) from 1 with \(call)")
        }
    }
}

extension ResolvedFile {
    init(role: String, path: String) throws(IDRError) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        self.init(role: role, name: URL(fileURLWithPath: path).lastPathComponent, bytes: size, sha256: try SHA256.hex(ofFile: path))
    }
}
