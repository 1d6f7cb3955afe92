import IDRFiles
package import IDRPlan
import Synchronization

/// A well of an OME-Zarr plate: its images are the fields, in the order in which the well lists them, also over several acquisitions.
///
/// Opening it reads the well's metadata and what ``OMEZarrImage`` reads of the first field that is there. The other fields are read when they are asked
/// for; they must have that one's extent and number type.
package final class OMEZarrWell: ObjectPlanes {
    package let extent: PlaneExtent
    package let pixelType: PixelType
    package let channelNames: [String]
    /// The acquisition of each field; nil where the well does not say.
    package let acquisitions: [Int?]
    /// Key of the well's group.
    package let path: String
    private let store: any ObjectStore
    private let format: ZarrFormat
    private let level: Int
    private let subject: [String]
    /// Of each field's group.
    private let paths: [String]
    /// Fields that are open, by their numbers from 1.
    private let images: Mutex<[Int: OMEZarrImage]>

    /// - Parameter path: key of the well's group.
    convenience init(_ store: any ObjectStore, path: String, _ format: ZarrFormat, level: Int, of subject: [String]) async throws {
        let images: [OMEAttributes.Well.Image]
        let paths: [String]
        do {
            let key = store.name(of: ZarrPath.key(path, format.groupKey))
            let attributes = try await OMEAttributes.existing(path, in: store, format)
            let well: OMEAttributes.Well?
            do throws(IDRError) { well = try attributes.well } catch { throw error.at(key) }
            guard let well else {
                throw IDRError(.invalidInput, "the group is not a well", at: [key], because: "its metadata have no \"well\"")
            }
            images = well.images
            do {
                paths = try images.map { image throws(IDRError) in try ZarrPath.joined(path, image.path.text, called: "a field") }
                guard !paths.isEmpty else { throw IDRError(.missing, "the well has no images") }
            } catch let error as IDRError {
                throw error.at(key)
            }
        } catch let error as IDRError {
            throw error.at(subject)
        }
        try await self.init(store, fields: paths, acquisitions: images.map(\.acquisition), path: path, format, level: level, of: subject)
    }

    /// - Parameters:
    ///   - fields: keys of the groups of its images.
    ///   - path: key of the group that they are in.
    init(
        _ store: any ObjectStore, fields paths: [String], acquisitions: [Int?]? = nil, path: String, _ format: ZarrFormat, level: Int,
        of subject: [String]
    ) async throws {
        let (number, first): (Int, OMEZarrImage)
        do {
            (number, first) = try await Self.first(paths, store, format, level: level, of: subject)
        } catch let error as IDRError {
            throw error.at(subject)
        }
        (self.store, self.path, self.format, self.level, self.subject) = (store, path, format, level, subject)
        self.paths = paths
        self.acquisitions = acquisitions ?? paths.map { _ in nil }
        self.images = Mutex([number: first])
        var extent = first.extent
        extent.fields = paths.count
        self.extent = extent
        pixelType = first.pixelType
        channelNames = first.channelNames
    }

    /// The first field that can be opened says how large all are: one that is missing does not decide over the others.
    private static func first(
        _ paths: [String], _ store: any ObjectStore, _ format: ZarrFormat, level: Int, of subject: [String]
    ) async throws -> (number: Int, image: OMEZarrImage) {
        var failure: IDRError?
        for (place, path) in paths.enumerated() {
            do {
                return (place + 1, try await OMEZarrImage(store: store, path: path, format, level: level, of: subject))
            } catch let error as IDRError where !error.isPassing {
                failure = failure ?? error
            }
        }
        throw failure ?? IDRError(.missing, "the well has no images")
    }

    package func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] { try await read(indices).planes }

    package func read(_ indices: [PlaneIndex]) async throws -> PlaneReading {
        do throws(IDRError) { for index in indices { try extent.check(index) } } catch { throw error.at(subject) }
        var planes = [(plane: PixelPlane, gaps: PlaneGaps?)?](repeating: nil, count: indices.count)
        let fields = Dictionary(grouping: indices.indices) { indices[$0].field }
        try await Parallel.forEach(fields.sorted { $0.key < $1.key }, atOnce: 4) { field, places in
            let image = try await self.image(of: field)
            let wanted = places.map { place in
                var index = indices[place]
                index.field = 1
                return index
            }
            return (places, try await image.read(wanted))
        } receive: { places, read in
            for (place, found) in zip(places, zip(read.planes, read.gaps)) { planes[place] = (found.0, found.1) }
        }
        return PlaneReading(planes.compactMap { $0?.plane }, gaps: planes.compactMap { $0.map(\.gaps) })
    }

    package func objects(of index: PlaneIndex) async throws -> [String] {
        try extent.check(index)
        var own = index
        own.field = 1
        return try await image(of: index.field).objects(of: own)
    }

    private func image(of field: Int) async throws -> OMEZarrImage {
        if let image = images.withLock({ $0[field] }) { return image }
        let image = try await OMEZarrImage(store: store, path: paths[field - 1], format, level: level, of: subject)
        var expected = extent
        expected.fields = 1
        guard image.extent == expected, image.pixelType == pixelType else {
            throw IDRError(
                .invalidInput, "field \(field) of the well differs from field 1", at: subject + [store.name(of: paths[field - 1])],
                because: "it has \(Self.description(image.extent, image.pixelType)), and field 1 has \(Self.description(expected, pixelType))")
        }
        images.withLock { $0[field] = image }
        return image
    }

    private static func description(_ extent: PlaneExtent, _ type: PixelType) -> String {
        "\(extent.frames) frames, \(extent.channels) channels and \(extent.slices) slices of \(extent.height) x \(extent.width) \(type.rawValue)"
    }
}
