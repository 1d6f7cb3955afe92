package import IDRHDF5
package import IDRImaging
package import IDRPlan

/// A movie in the CellH5 layout (Sommer et al. 2013, the format of MitoCheck on the IDR), open for reading.
///
/// Pixels are unsigned 8- or 16-bit, `[c, t, z, y, x]`, or of a number type that is converted exactly; the positions of a well are its fields.
/// Label images of CellCognition are whole numbers; what is wrong with them does not matter to the pixels. Only the chunks of the planes that are asked for are read and decompressed.
package struct CellH5Movie: PlaneSource {
    /// Where the file is.
    package var path: String { file.name }
    package let extent: PlaneExtent
    package let pixelType: PixelType
    package let channelNames: [String]
    /// Names of the kinds of label image, such as "primary__primary"; empty where the file holds none.
    package let regionNames: [String]
    /// The file's own names of what was read.
    package var plate: String { layouts[0].plate }
    package var experiment: String { layouts[0].experiment }
    package var position: String { layouts[0].position }
    /// Names of the files beside it that its pixels are in.
    package let otherFiles: [String]

    private let subject: [String]
    /// Of each field; never empty.
    private let layouts: [CellH5Layout]
    /// What the fields have in common.
    private let image: CellH5Image
    private let file: HDF5Reader
    /// Why the label images cannot be read.
    private let regionFailure: IDRError?

    /// Checks the file at `path` (length, signature, layout, number type, shape) and opens it.
    ///
    /// - Parameters:
    ///   - subject: what errors say before the path, from the general to the particular: the plate, the well.
    ///   - opensOthers: whether files beside it may be opened that its pixels are stored in.
    ///   - plate, experiment, position: the names of the groups to take where the file holds several; without a position all of them are fields.
    /// - Throws: ``IDRError``.
    package init(
        reading path: String, of subject: [String] = [], opensOthers: Bool = false, plate: String? = nil, experiment: String? = nil,
        position: String? = nil
    ) async throws {
        let file: HDF5Reader
        do {
            try HDF5Superblock.check(path)
            file = try await HDF5Reader(path, opensOthers: opensOthers)
        } catch {
            throw error.at(subject + [path])
        }
        try await self.init(file, of: subject, plate: plate, experiment: experiment, position: position)
    }

    /// The movie in an HDF5 file that is open.
    package init(
        _ file: HDF5Reader, of subject: [String] = [], plate: String? = nil, experiment: String? = nil, position: String? = nil
    ) async throws {
        self.file = file
        self.subject = subject + [file.name]
        do {
            layouts = try await CellH5Layout.all(of: file, plate: plate, experiment: experiment, position: position)
            image = try await Self.first(layouts, of: file)
            var extent = image.extent
            extent.fields = layouts.count
            self.extent = extent
            pixelType = image.stored.pixelType
            channelNames = try await CellH5Image.names("channel", count: extent.channels, of: file)
            otherFiles = try await CellH5Image.otherFiles(of: file, dataset: layouts[0].channel)
            (regionNames, regionFailure) = try await Self.regions(layouts[0], image, of: file)
        } catch let error as IDRError {
            throw error.at(subject + [file.name])
        }
    }

    /// The first field that can be read says how large all are.
    private static func first(_ layouts: [CellH5Layout], of file: HDF5Reader) async throws -> CellH5Image {
        var failure: IDRError?
        for layout in layouts {
            do {
                return try await CellH5Image(of: file, dataset: layout.channel)
            } catch let error as IDRError where !error.isPassing {
                failure = failure ?? error
            }
        }
        throw failure ?? IDRError(.invalidInput, "the file holds no position")
    }

    /// Label images are a help and no more: the pixels are read also where these cannot be.
    private static func regions(
        _ layout: CellH5Layout, _ image: CellH5Image, of file: HDF5Reader
    ) async throws -> (names: [String], failure: IDRError?) {
        do {
            guard try await file.exists(layout.region) else { return ([], nil) }
            let regions = try await CellH5Image(of: file, dataset: layout.region)
            guard regions.matches(image) else {
                throw IDRError(.invalidInput, "image/region has shape \(regions.shape)", because: "image/channel has \(image.shape)")
            }
            return (try await CellH5Image.names("region", count: regions.extent.channels, of: file), nil)
        } catch let error as IDRError where !error.isPassing {
            return ([], error)
        }
    }

    package func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] {
        for index in indices { try located { () throws(IDRError) in try extent.check(index) } }
        var planes = [PixelPlane?](repeating: nil, count: indices.count)
        for (field, places) in Dictionary(grouping: indices.indices, by: { indices[$0].field }).sorted(by: { $0.key < $1.key }) {
            let layout = layouts[field - 1]
            if layouts.count > 1 { try await check(layout, field) }
            for (place, numbers) in zip(places, try await read(layout.channel, places.map { indices[$0] }, as: image.stored.read)) {
                planes[place] = try located { () throws(IDRError) in try plane(numbers) }
            }
        }
        return planes.compactMap(\.self)
    }

    private func check(_ layout: CellH5Layout, _ field: Int) async throws {
        do {
            let other = try await CellH5Image(of: file, dataset: layout.channel)
            guard other.shape == image.shape, other.stored == image.stored else {
                throw IDRError(
                    .invalidInput, "field \(field) of the movie, position \(layout.position), differs from the others",
                    because:
                        "its shape [c, t, z, y, x] is \(other.shape) of \(other.stored.rawValue), theirs is \(image.shape) of \(image.stored.rawValue)"
                )
            }
        } catch let error as IDRError {
            throw error.at(subject)
        }
    }

    private func plane(_ numbers: HDF5Numbers) throws(IDRError) -> PixelPlane {
        let (height, width) = (extent.height, extent.width)
        return switch numbers {
        case .uint8(let pixels): .uint8(Plane(height: height, width: width, pixels: pixels))
        case .uint16(let pixels): .uint16(Plane(height: height, width: width, pixels: pixels))
        case .float32(let pixels): .float32(Plane(height: height, width: width, pixels: pixels))
        case .int32(let pixels): try image.stored.plane(Plane(height: height, width: width, pixels: pixels))
        case .int64(let pixels): try image.stored.plane(Plane(height: height, width: width, pixels: pixels))
        case .float64(let pixels): try image.stored.plane(Plane(height: height, width: width, pixels: pixels))
        }
    }

    /// A label image that is stored with the movie, `[y, x]`; `index.channel` counts ``regionNames``.
    package func labels(_ index: PlaneIndex) async throws -> LabelImage {
        if let regionFailure { throw regionFailure.at(subject) }
        guard !regionNames.isEmpty else {
            throw IDRError(.missing, "the movie holds no label images", at: subject, because: "it has no image/region")
        }
        try located { () throws(IDRError) in
            var regions = extent
            regions.channels = regionNames.count
            try regions.check(index)
        }
        let region = layouts[index.field - 1].region
        guard let pixels: [Int32] = try await read(region, [index], as: .int32).first?.values() else { throw file.unexpected }
        return Plane(height: extent.height, width: extent.width, pixels: pixels)
    }

    private func read(_ dataset: String, _ indices: [PlaneIndex], as type: HDF5ScalarType) async throws -> [HDF5Numbers] {
        let blocks = indices.map { index in
            HDF5Block(
                offset: [index.channel - 1, index.frame - 1, index.z - 1, 0, 0], count: [1, 1, 1, extent.height, extent.width])
        }
        guard case .blocks(let planes, let failure) = try await file.ask(.blocks(blocks, of: dataset, as: type)) else { throw file.unexpected }
        guard failure == nil, planes.count == indices.count else {
            // What says itself what to do is not damage.
            if let failure, failure.advice != nil { throw failure.at(subject) }
            // A file of the right length may still have a hole: only decoding tells.
            let frame = planes.count < indices.count ? indices[planes.count].frame : 0
            throw IDRError(
                .invalidInput, "frame \(frame) cannot be decoded", at: subject, because: failure?.reason ?? failure?.problem,
                fix: "a part of the file is missing or damaged: fetch the movie again")
        }
        return planes
    }

    private func located<Result>(_ body: () throws(IDRError) -> Result) throws(IDRError) -> Result {
        do throws(IDRError) { return try body() } catch { throw error.at(subject) }
    }
}

extension StoredType {
    /// As what HDF5 is asked for such numbers: it converts them without loss, but for whole numbers beyond 63 bits, which are none of ours.
    var read: HDF5ScalarType {
        switch self {
        case .uint8: .uint8
        case .uint16: .uint16
        case .bool, .int8, .int16, .int32: .int32
        case .uint32, .uint64, .int64: .int64
        case .float16, .float32: .float32
        case .float64: .float64
        }
    }
}
