import IDRFiles
import IDRPlan

/// What OME-NGFF keeps in a group's attributes: <https://ngff.openmicroscopy.org/0.4/> and <https://ngff.openmicroscopy.org/0.5/>.
struct OMEAttributes: Decodable, Sendable {
    struct Plate: Decodable, Sendable {
        struct Line: Decodable, Sendable {
            let name: ZarrText
        }
        struct Well: Decodable, Sendable {
            let path: ZarrText
            let rowIndex: Int?
            let columnIndex: Int?

            private enum CodingKeys: CodingKey { case path, rowIndex, columnIndex }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                path = try container.decode(ZarrText.self, forKey: .path)
                // The path says the same.
                rowIndex = try? container.decode(Int.self, forKey: .rowIndex)
                columnIndex = try? container.decode(Int.self, forKey: .columnIndex)
            }
        }
        let name: String?
        let rows: [Line]
        let columns: [Line]
        let wells: [Well]

        private enum CodingKeys: CodingKey { case name, rows, columns, wells }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            // For people only.
            name = (try? container.decode(ZarrText.self, forKey: .name))?.text
            rows = try container.decode([Line].self, forKey: .rows)
            columns = try container.decode([Line].self, forKey: .columns)
            wells = try container.decode([Well].self, forKey: .wells)
        }
    }

    struct Well: Decodable, Sendable {
        struct Image: Decodable, Sendable {
            let path: ZarrText
            let acquisition: Int?

            private enum CodingKeys: CodingKey { case path, acquisition }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                path = try container.decode(ZarrText.self, forKey: .path)
                // For people only.
                acquisition = try? container.decode(Int.self, forKey: .acquisition)
            }
        }
        let images: [Image]
    }

    struct Multiscale: Decodable, Sendable {
        struct Dataset: Decodable, Sendable {
            let path: ZarrText
        }
        let axes: [ZarrName]?
        let datasets: [Dataset]
    }

    private let plateEntry: Entry<Plate>
    private let wellEntry: Entry<Well>
    private let multiscalesEntry: Entry<[Multiscale]>
    /// One for each channel that has a label.
    let channelLabels: [String?]
    /// The version of bioformats2raw's layout of several images in one group; nil for other groups.
    let seriesLayout: Int?

    /// What cannot be used matters where it is asked for, and nowhere else.
    private typealias Entry<Value> = Result<Value?, IDRError>

    private enum CodingKeys: String, CodingKey {
        case plate, well, multiscales, omero
        case seriesLayout = "bioformats2raw.layout"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        plateEntry = Self.entry(Plate.self, .plate, container)
        wellEntry = Self.entry(Well.self, .well, container)
        multiscalesEntry = Self.entry([Multiscale].self, .multiscales, container)
        // Names are a help and no more: an image is read also where they are malformed.
        channelLabels = (try? container.decode(OMEChannels.self, forKey: .omero))?.channels.map(\.label) ?? []
        seriesLayout = try? container.decode(Int.self, forKey: .seriesLayout)
    }

    private static func entry<Value: Decodable>(
        _ type: Value.Type, _ key: CodingKeys, _ container: KeyedDecodingContainer<CodingKeys>
    ) -> Entry<Value> {
        do { return .success(try container.decodeIfPresent(type, forKey: key)) } catch { return .failure(ZarrJSON.unusable(error)) }
    }

    var plate: Plate? { get throws(IDRError) { try plateEntry.get() } }
    var well: Well? { get throws(IDRError) { try wellEntry.get() } }
    var multiscales: [Multiscale]? { get throws(IDRError) { try multiscalesEntry.get() } }

    /// Whether they say nothing that OME-NGFF knows.
    var areEmpty: Bool {
        func isEmpty<Value>(_ entry: Entry<Value>) -> Bool { if case .success(nil) = entry { true } else { false } }
        return isEmpty(plateEntry) && isEmpty(wellEntry) && isEmpty(multiscalesEntry) && seriesLayout == nil
    }
}

private struct OMEChannels: Decodable {
    struct Channel: Decodable {
        let label: String?
        private enum CodingKeys: CodingKey { case label }
        init(from decoder: any Decoder) throws {
            label = try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .label)
        }
    }
    let channels: [Channel]
}

/// `zarr.json` of a group.
private struct OMEGroupV3: Decodable {
    struct Attributes: Decodable {
        let ome: OMEAttributes?
    }
    let attributes: Attributes?
}

extension OMEAttributes {
    /// The attributes of the group at `path`; nil where it has none.
    static func read(_ path: String, in store: any ObjectStore, _ format: ZarrFormat) async throws -> OMEAttributes? {
        let key = ZarrPath.key(path, format.groupKey)
        switch format {
        case .v2: return try await ZarrJSON.read(key, in: store, as: OMEAttributes.self)
        case .v3:
            guard let group = try await ZarrJSON.read(key, in: store, as: OMEGroupV3.self) else { return nil }
            guard let attributes = group.attributes?.ome else {
                throw IDRError(.invalidInput, "the group is no OME-Zarr", at: [store.name(of: key)], because: "its attributes have no \"ome\"")
            }
            return attributes
        }
    }

    /// The attributes of the group at `path`, and the version of Zarr they are in; versions 0.4 and before of NGFF are in Zarr 2, 0.5 is in Zarr 3.
    ///
    /// Attributes of Zarr 2 that are empty, or cannot be had, may lie beside good ones of Zarr 3: tools leave empty ones, and servers refuse
    /// what they do not have.
    static func find(_ path: String, in store: any ObjectStore) async throws -> (OMEAttributes, ZarrFormat) {
        var old: OMEAttributes?
        var failure: IDRError?
        do { old = try await read(path, in: store, .v2) } catch let error as IDRError { failure = error }
        if let old, !old.areEmpty { return (old, .v2) }
        do {
            if let new = try await read(path, in: store, .v3) { return (new, .v3) }
        } catch let error as IDRError {
            throw failure ?? error
        }
        if let failure { throw failure }
        if let old { return (old, .v2) }
        throw IDRError(.missing, "there is no OME-Zarr", at: [store.name(of: path)], because: "it has neither .zattrs nor zarr.json")
    }

    /// Those of a group that something else names, so that it must be there.
    static func existing(_ path: String, in store: any ObjectStore, _ format: ZarrFormat) async throws -> OMEAttributes {
        if let attributes = try await read(path, in: store, format) { return attributes }
        let key = ZarrPath.key(path, format.groupKey)
        throw IDRError(.missing, "the group has no metadata", at: [store.name(of: key)], because: store.absence)
    }
}
