import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord
import IDRScreens
import IDRTransfer

/// A resolved plan and what this machine knows of its files.
struct Resolution: Sendable {
    var plan: ResolvedPlan
    /// The plan's canonical JSON.
    var planBytes: [UInt8]
    /// SHA-256 of these bytes: the run's identity.
    var identity: Digest
    /// Reads the pixels.
    let fetcher: any FrameFetcher
    /// Where they come from, for people.
    let pixels: String
    /// Where the tables came from.
    var catalog: [CatalogRecord]
    var options: RunOptions
    /// Whether what does not exist is asked for again.
    var asksForAbsent = false
    /// The wells that may give a plate's diameter, by plate, in the order in which they are tried; nothing where the plan needs none.
    var candidates: [String: [WellReference]] = [:]
    /// Paths of the plan's models by role.
    var modelPaths: [String: String]
    /// DeepProfiler's configuration, where the plan names one.
    var configuration: DeepProfilerConfig?
    /// Who answers for the run, where the user's settings say.
    var author: Author?
    /// What a person should know before trusting the numbers; in every batch's record.
    var warnings: [String] = []

    /// The channels that the plan's stages use.
    var channels: WantedChannels {
        let plan = plan.plan
        var profiled = plan.profiling?.channels
        // A configuration that names one channel describes the published pipeline's only one, under whatever name.
        if profiled?.isEmpty == true, let configured = configuration?.channels, configured.count > 1 { profiled = configured.map(Channel.named) }
        return WantedChannels(segmented: plan.segmentation?.channel ?? 1, profiled: profiled, measured: plan.measuring?.channels)
    }
}

/// Turns the names in a plan into wells, files and digests. Reads tables and weights' digests, never a pixel.
struct Resolver {
    let options: RunOptions
    /// The run that is repeated.
    var recorded: RecordedRun?

    /// Resolves `plan` here, or outside where this process is in the sandbox.
    /// - Parameter access: where the script wants the screen to be taken from.
    static func resolution(of plan: Plan, access: Access?, options: RunOptions, recorded: RecordedRun?) async throws -> Resolution {
        if let broker = try BrokerClient.inherited() {
            return try await broker.resolve(plan, hasAccess: access != nil, isRepeated: recorded != nil, options: options)
        }
        return try await Resolver(options: options, recorded: recorded).resolve(plan, access: access)
    }

    /// - Throws: an ``IDRError`` where a name does not exist, or the selection is empty.
    func resolve(_ plan: Plan, access: Access?) async throws -> Resolution {
        let access = (options.access ?? Access()).over(scriptAccess(access)).over(try .configured())
        let network = try Network(access: access)
        let screen = try await Catalog(access: access, network: network).screen(ScreenName(plan.screen))
        let tables = screen.tables
        let wells = try WellSelection(tables: tables).wells(plan.selection)
        try Self.check("frame", plan.frames, call: ".frame(...)")
        try Self.check("field", plan.fields, call: ".fields(...)")
        try Self.check("slice", [plan.slice], call: ".slice(...)")
        try plan.checkNumbers()
        try plan.checkParameters()
        let files = ModelFiles(plan: plan)
        let models = try recorded?.models(named: files.namedPaths, store: files.store) ?? files.resolve()
        let catalog = (screen.files + screen.settingsFiles).map { CatalogRecord(file: $0.file, address: $0.address, fetchedAt: $0.fetchedAt) }
        let channels = Self.channels(of: wells, tables)
        let resolved = ResolvedPlan(
            plan: plan, tables: screen.files.map(\.file), models: models.files, channels: channels.ofAll, plateChannels: channels.byPlate,
            wells: wells.map(WellReference.init))
        let planBytes = try CanonicalJSON.encode(resolved)
        let reader = try ImageReader(screen: screen, access: access, network: network)
        var resolution = Resolution(
            plan: resolved, planBytes: planBytes, identity: try SHA256.digest(of: planBytes),
            fetcher: ImageFetcher(reader: reader), pixels: reader.description, catalog: catalog, options: options,
            candidates: DiameterCandidates.all(of: resolved, tables), modelPaths: models.paths, configuration: models.configuration,
            author: try Author.configured(),
            warnings: models.warnings + screen.notes.map { "catalog: \($0)" } + channels.warnings + Self.notes(of: wells, tables, plan.selection))
        resolution.asksForAbsent = access.freshness == .refresh
        return try recorded?.fixing(resolution) ?? resolution
    }

    /// Where the script wants the screen to be taken from. A record comes from another machine: its script's mirror counts only where
    /// the person who repeats it says nothing.
    private func scriptAccess(_ access: Access?) -> Access {
        var access = access ?? Access()
        if recorded != nil, options.access != nil { access.mirror = nil }
        return access
    }

    /// What the table says of the wells' channels: of all, or where plates differ, of each.
    private static func channels(
        of wells: [ScreenWell], _ tables: ScreenTables
    ) -> (ofAll: [String], byPlate: [String: [String]]?, warnings: [String]) {
        var lists: [String: Set<[String]>] = [:]
        for well in wells {
            let list = tables.channels(row: well.row)
            if !list.isEmpty { lists[well.plate, default: []].insert(list) }
        }
        let all = lists.values.reduce(into: Set()) { $0.formUnion($1) }
        guard all.count > 1 else { return (all.first ?? [], nil, []) }
        let mixed = lists.filter { $0.value.count > 1 }.keys.sorted()
        let warnings =
            mixed.isEmpty
            ? [] : ["the study's table names the channels of wells of plate \(mixed[0]) in different ways: there only the files' names are used"]
        return ([], lists.compactMapValues { $0.count == 1 ? $0.first : nil }, warnings)
    }

    /// What a person should know of the wells that were chosen, and of those that a rule of the screen leaves out.
    private static func notes(of wells: [ScreenWell], _ tables: ScreenTables, _ selection: [SelectionStep]) -> [String] {
        var notes: [String] = []
        if let quality = tables.quality {
            let failed = wells.count { quality.verdict(of: $0.rows) == .failed }
            if failed > 0 {
                notes.append(
                    "\(PeopleText.count(failed)) of \(PeopleText.count(wells.count)) wells failed the study's own quality control (\(quality.name)): "
                        + "leave them out with .passing()")
            }
        }
        let takesControls = selection.contains { if case .controls = $0 { true } else { false } }
        if takesControls, tables.excludedControlCount > 0 {
            let names = (tables.conventions.excludedControls ?? []).joined(separator: ", ")
            notes.append("\(tables.excludedControlCount.counted("control", "controls")) in \(names) left out, as in the study's published run")
        }
        return notes
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
