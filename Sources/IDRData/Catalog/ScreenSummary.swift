public import IDRPlan

/// What a person wants to know of a screen before writing a script.
public struct ScreenSummary: Sendable, Codable {
    public struct Count: Sendable, Codable {
        public let text: String
        public let wells: Int
        /// `negative`, `positive` or `other`; nil where the text names no control.
        public let kind: ControlKind?
    }

    /// What the first well's images are.
    public struct Images: Sendable, Codable {
        public let plate: String
        public let well: String
        /// nil where only the services' description was found.
        public let source: PixelSource?
        public let location: String
        public let extent: PlaneExtent
        public let channelNames: [String]
    }

    public let name: ScreenName
    public let study: String
    public let plates: Int
    public let wells: Int
    /// Wells that `controls()` takes; nil where it takes none.
    public let controls: Int?
    public let controlTypes: [Count]
    /// What the study's table says is in each channel.
    public let channels: [String]
    public let columns: [String]
    /// Where the tables came from.
    public let tables: [String]
    public let notes: [String]
    /// Bytes of all files, and the size of a usual image, where a list of screens says so.
    public private(set) var bytes: Int?
    public private(set) var usualSize: String?
    /// The study's own words about itself: key and value.
    public private(set) var annotations: [[String]] = []
    /// nil where no source has images; ``imagesFailure`` says why.
    public private(set) var images: Images?
    public private(set) var imagesFailure: IDRError?

    /// Reads the screen's tables and describes the images of its first control, or else of its first well.
    public init(of name: ScreenName, access: Access, network: Network) async throws {
        let catalog = Catalog(access: access, network: network)
        let screen = try await catalog.screen(name)
        let tables = screen.tables
        let all = try tables.wells { row throws(IDRError) in !tables.isMissing(row) }
        let controls = try? tables.controls()
        self.name = name
        study = screen.study
        plates = tables.plateNames.count
        wells = tables.annotation.count
        self.controls = controls?.count
        controlTypes = tables.controlCounts.map { Count(text: $0.text, wells: $0.count, kind: tables.controlWords.kind(of: $0.text)) }
        let first = controls?.first ?? all.first
        channels = first.map { tables.channels(row: $0.row) } ?? []
        columns = tables.annotation.columns
        self.tables = screen.files.map(\.address)
        notes = screen.notes
        if access.mirror == nil {
            // Nice to know: a screen can be described without.
            let listed = try? await catalog.screens().first { $0.name == name }
            (bytes, usualSize) = (listed?.bytes, listed?.usualSize)
            annotations = (try? await catalog.annotations(of: name)) ?? []
        }
        guard let first else { return }
        do {
            let reading = try await ImageReader(screen: screen, access: access, network: network).read(WellAddress(first)) { _, _ in [] }
            images = Images(
                plate: first.plate, well: first.name, source: reading.source, location: reading.location, extent: reading.extent,
                channelNames: reading.channelNames)
        } catch let error as IDRError {
            imagesFailure = error
            guard access.mirror == nil else { return }
            let served = ServedImages(screen: screen, access: access, network: network)
            guard let (extent, names) = try? await served.description(of: WellAddress(first)) else { return }
            images = Images(plate: first.plate, well: first.name, source: nil, location: "", extent: extent, channelNames: names)
        }
    }
}
