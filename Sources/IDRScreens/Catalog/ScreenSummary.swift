import IDRFiles
package import IDRPlan
package import IDRTransfer

/// What a person wants to know of a screen before writing a script.
package struct ScreenSummary: Sendable, Codable {
    package struct Count: Sendable, Codable {
        package let text: String
        package let wells: Int
        /// `negative`, `positive` or `other`; nil where the text names no control.
        package let kind: ControlKind?
    }

    /// What the first well's images are.
    package struct Images: Sendable, Codable {
        package let plate: String
        package let well: String
        /// nil where only the services' description was found.
        package let source: PixelSource?
        package let location: String
        package let extent: PlaneExtent
        package let channelNames: [String]
    }

    package let name: ScreenName
    package let study: String
    package let plates: Int
    package let wells: Int
    /// Wells that `controls()` takes; nil where it takes none.
    package let controls: Int?
    package let controlTypes: [Count]
    /// What the study's table says is in each channel of ``images``, or of the first well that it says it of.
    package private(set) var channels: [String]
    package let columns: [String]
    /// What a script would get, in one line.
    package let judgement: String
    /// How many wells have each text of the study's own quality control; empty where there is none.
    package let quality: [Count]
    /// Where the tables came from.
    package let tables: [String]
    /// What a person should know: sources that were passed over, and what could not be asked.
    package private(set) var notes: [String]
    /// Bytes of all files, and the size of a usual image, where a list of screens says so.
    package private(set) var bytes: Int?
    package private(set) var usualSize: String?
    /// The study's own words about itself: key and value.
    package private(set) var annotations: [[String]] = []
    /// nil where no source has images; ``imagesFailure`` says why.
    package private(set) var images: Images?
    package private(set) var imagesFailure: IDRError?

    /// Reads the screen's tables and describes the images of its first control, or else of its first well.
    package init(of name: ScreenName, access: Access, network: Network) async throws {
        let catalog = Catalog(access: access, network: network)
        let screen = try await catalog.screen(name)
        let tables = screen.tables
        let all = tables.wells()
        let controls = try? tables.controls()
        self.name = name
        study = screen.study
        plates = tables.plateNames.count
        wells = tables.wellCount
        self.controls = controls?.count
        controlTypes = tables.controlCounts.map { Count(text: $0.text, wells: $0.count, kind: tables.controlWords.kind(of: $0.text)) }
        let first = controls?.first ?? all.first
        channels = all.lazy.map { tables.channels(row: $0.row) }.first { !$0.isEmpty } ?? []
        columns = tables.annotation.columns
        judgement = ScreenJudgement(of: screen).line
        quality = tables.quality.map { column in column.counts(of: all).map { Count(text: $0.text, wells: $0.count, kind: nil) } } ?? []
        self.tables = (screen.files + screen.settingsFiles).map(\.address)
        notes = screen.notes
        if access.mirror == nil {
            // Nice to know: a screen can be described without, and what is not known is said.
            let listed = try await known("its size") { try await catalog.screens().first { $0.name == name } }
            (bytes, usualSize) = (listed?.bytes, listed?.usualSize)
            annotations = try await known("what the study says of itself") { try await catalog.annotations(of: name) } ?? []
        }
        guard let first else { return }
        let reader = try ImageReader(screen: screen, access: access, network: network)
        for well in Self.examples(of: controls ?? [], all) {
            do {
                let reading = try await reader.read(WellAddress(well)) { _, _ in [] }
                (images, imagesFailure) = (
                    Images(
                        plate: well.plate, well: well.name, source: reading.source, location: reading.location, extent: reading.extent,
                        channelNames: reading.channelNames), nil
                )
                channels = Self.channels(of: well, all, tables)
                return
            } catch let error as IDRError {
                imagesFailure = imagesFailure ?? error
                // Another well may have images where this one has none; a place that cannot be read is no better elsewhere.
                guard error.code == .missing else { break }
            }
        }
        if imagesFailure != nil {
            guard access.mirror == nil else { return }
            let served = ServedImages(screen: screen, access: access, network: network)
            let described = try await known("its images, from the services") { try await served.description(of: WellAddress(first)) }
            guard let (extent, names) = described else { return }
            channels = Self.channels(of: first, all, tables)
            images = Images(plate: first.plate, well: first.name, source: nil, location: "", extent: extent, channelNames: names)
        }
    }

    /// The labels of a well's channels: its row's, or those of all others where these agree.
    private static func channels(of well: ScreenWell, _ all: [ScreenWell], _ tables: ScreenTables) -> [String] {
        let own = tables.channels(row: well.row)
        guard own.isEmpty else { return own }
        let others = all.lazy.map { tables.channels(row: $0.row) }.filter { !$0.isEmpty }
        guard let first = others.first, others.allSatisfy({ $0 == first }) else { return [] }
        return first
    }

    /// The channels for people, a line each: the files' names with what the table says is in them, and what of the table has no channel.
    package var channelLines: [String] {
        guard let names = images?.channelNames else {
            return channels.isEmpty ? [] : ["channels  \(channels.joined(separator: "; "))  (of the table)"]
        }
        return ChannelLabels(names: names, labels: channels).lines
    }

    /// How many wells are looked at for one that has images.
    private static let mostExamples = 4

    /// The first control, and the first wells of the first plates.
    private static func examples(of controls: [ScreenWell], _ all: [ScreenWell]) -> [ScreenWell] {
        var examples = Array(controls.prefix(1))
        for well in all where examples.count < mostExamples && !examples.contains(where: { $0.plate == well.plate }) { examples.append(well) }
        return examples
    }

    /// What `ask` answers; nil, and a note, where it fails.
    private mutating func known<Value>(_ what: String, _ ask: () async throws -> Value?) async throws -> Value? {
        do {
            return try await ask()
        } catch let error as IDRError {
            notes.append("not known: \(what): \([error.problem, error.reason].compactMap(\.self).joined(separator: ": "))")
            return nil
        }
    }
}
