import IDRFiles
import IDRPlan

/// What OME-NGFF keeps in a group's attributes: <https://ngff.openmicroscopy.org/0.4/> and <https://ngff.openmicroscopy.org/0.5/>.
struct OMEAttributes: Decodable, Sendable {
    struct Plate: Decodable, Sendable {
        struct Line: Decodable, Sendable {
            let name: String
        }
        struct Well: Decodable, Sendable {
            let path: String
            let rowIndex: Int?
            let columnIndex: Int?
        }
        let name: String?
        let rows: [Line]
        let columns: [Line]
        let wells: [Well]
    }

    struct Well: Decodable, Sendable {
        struct Image: Decodable, Sendable {
            let path: String
            let acquisition: Int?
        }
        let images: [Image]
    }

    struct Multiscale: Decodable, Sendable {
        struct Dataset: Decodable, Sendable {
            let path: String
        }
        let axes: [ZarrName]?
        let datasets: [Dataset]
    }

    let plate: Plate?
    let well: Well?
    let multiscales: [Multiscale]?
    /// One for each channel that has a label.
    let channelLabels: [String?]

    private enum CodingKeys: CodingKey { case plate, well, multiscales, omero }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        plate = try container.decodeIfPresent(Plate.self, forKey: .plate)
        well = try container.decodeIfPresent(Well.self, forKey: .well)
        multiscales = try container.decodeIfPresent([Multiscale].self, forKey: .multiscales)
        // Names are a help and no more: an image is read also where they are malformed.
        channelLabels = (try? container.decode(OMEChannels.self, forKey: .omero))?.channels.map(\.label) ?? []
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
    static func find(_ path: String, in store: any ObjectStore) async throws -> (OMEAttributes, ZarrFormat) {
        for format in [ZarrFormat.v2, .v3] {
            if let attributes = try await read(path, in: store, format) { return (attributes, format) }
        }
        throw IDRError(.missing, "there is no OME-Zarr", at: [store.name(of: path)], because: "it has neither .zattrs nor zarr.json")
    }

    /// Those of a group that something else names, so that it must be there.
    static func existing(_ path: String, in store: any ObjectStore, _ format: ZarrFormat) async throws -> OMEAttributes {
        if let attributes = try await read(path, in: store, format) { return attributes }
        let key = ZarrPath.key(path, format.groupKey)
        throw IDRError(.missing, "the group has no metadata", at: [store.name(of: key)], because: "there is no such object")
    }
}
