package import IDRFiles
package import IDRPlan

/// One image (a field of a well, or an image on its own) in OME-NGFF 0.4 or 0.5, of the axes t, c, z, y, x or fewer.
///
/// Opening it reads two objects, the image's metadata and those of the array of one level; then only the chunks of the planes asked for are read.
package struct OMEZarrImage: ObjectPlanes {
    /// With one field.
    package let extent: PlaneExtent
    package let pixelType: PixelType
    /// The labels that the image's rendering settings give, else "channel 1" and so on.
    package let channelNames: [String]
    /// How many levels of resolution the image has.
    package let levelCount: Int
    /// The key of the image's group in its store.
    package let path: String
    private let subject: [String]
    private let array: ZarrArray
    private let axes: OMEAxes

    /// Opens the image at `path`.
    /// - Parameters:
    ///   - path: key of the image's group; empty for the store's root.
    ///   - level: of resolution; 0 is the full one.
    ///   - subject: what errors say first: the plate, the well.
    /// - Throws: an ``IDRError`` where there is no such image or level, or it is of a kind that is not read.
    package init(store: any ObjectStore, path: String = "", level: Int = 0, of subject: [String] = []) async throws {
        do {
            let (attributes, format) = try await OMEAttributes.find(path, in: store)
            try await self.init(attributes, store, path: path, format, level: level, of: subject)
        } catch let error as IDRError {
            throw error.at(subject)
        }
    }

    /// An image of a well: where its metadata are is known.
    init(store: any ObjectStore, path: String, _ format: ZarrFormat, level: Int, of subject: [String]) async throws {
        do {
            let attributes = try await OMEAttributes.existing(path, in: store, format)
            try await self.init(attributes, store, path: path, format, level: level, of: subject)
        } catch let error as IDRError {
            throw error.at(subject)
        }
    }

    private init(
        _ attributes: OMEAttributes, _ store: any ObjectStore, path: String, _ format: ZarrFormat, level: Int, of subject: [String]
    ) async throws {
        self.path = path
        self.subject = subject
        do {
            guard let multiscale = try attributes.multiscales?.first else {
                throw IDRError(.invalidInput, "the group holds no image", because: "its metadata have no \"multiscales\"")
            }
            guard multiscale.datasets.indices.contains(level) else {
                let count = multiscale.datasets.count
                throw IDRError(
                    .invalidPlan, "level \(level) of the image does not exist",
                    because: "it has \(count) level\(count == 1 ? "" : "s"), counted from 0")
            }
            levelCount = multiscale.datasets.count
            array = try await ZarrArray(
                store, path: ZarrPath.joined(path, multiscale.datasets[level].path.text, called: "a level of the image"), format: format)
            axes = try OMEAxes(multiscale.axes?.map(\.text), rank: array.layout.shape.count)
        } catch let error as IDRError where error.subject.isEmpty {
            throw error.at(store.name(of: ZarrPath.key(path, format.groupKey)))
        }
        extent = axes.extent(array.layout.shape)
        pixelType = array.layout.type.pixelType
        // An axis may claim any length, and names are only made for what labels say.
        let labels = attributes.channelLabels
        guard extent.channels <= Self.mostChannels else {
            throw IDRError(.invalidInput, "the image claims \(extent.channels) channels", at: [store.name(of: path)])
        }
        channelNames = (0..<extent.channels).map { index in
            guard index < labels.count, let label = labels[index], !label.isEmpty else { return "channel \(index + 1)" }
            return label
        }
    }

    private static let mostChannels = 4096

    package func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] { try await read(indices).planes }

    package func read(_ indices: [PlaneIndex]) async throws -> PlaneReading {
        do {
            for index in indices { try extent.check(index) }
            return try await array.read(indices.map(axes.position))
        } catch let error as IDRError {
            throw error.at(subject)
        }
    }

    package func objects(of index: PlaneIndex) throws -> [String] { try array.objects(of: axes.position(index)) }
}
