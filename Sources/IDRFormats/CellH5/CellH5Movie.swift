package import IDRHDF5
package import IDRImaging
package import IDRPlan

/// A movie in the CellH5 layout (Sommer et al. 2013, the format of MitoCheck on the IDR), open for reading.
///
/// Pixels are unsigned 8- or 16-bit, `[c, t, z, y, x]`; label images of CellCognition, where the file has them, 16-bit.
/// Only the chunks of the planes that are asked for are read and decompressed.
package struct CellH5Movie: PlaneSource {
    /// Where the file is.
    package var path: String { file.name }
    package let extent: PlaneExtent
    package let pixelType: PixelType
    package let channelNames: [String]
    /// Names of the kinds of label image, such as "primary__primary"; empty where the file holds none.
    package let regionNames: [String]
    /// The file's own names of what was read.
    package var plate: String { layout.plate }
    package var experiment: String { layout.experiment }
    package var position: String { layout.position }

    private let subject: [String]
    private let layout: CellH5Layout
    private let file: HDF5Reader

    /// Checks the file at `path` (length, signature, layout, number type, shape) and opens it.
    ///
    /// - Parameters:
    ///   - subject: what errors say before the path, from the general to the particular: the plate, the well.
    ///   - plate, experiment, position: the names of the groups to take where the file holds several.
    /// - Throws: ``IDRError``.
    package init(
        reading path: String, of subject: [String] = [], plate: String? = nil, experiment: String? = nil, position: String? = nil
    ) async throws {
        let file: HDF5Reader
        do {
            try HDF5Superblock.check(path)
            file = try await HDF5Reader(path)
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
            layout = try await CellH5Layout(of: file, plate: plate, experiment: experiment, position: position)
            let image = try await CellH5Image(of: file, dataset: layout.channel)
            let regions = try await file.exists(layout.region) ? CellH5Image(of: file, dataset: layout.region) : nil
            if let regions, !regions.matches(image) {
                throw IDRError(.invalidInput, "image/region has shape \(regions.shape)", because: "image/channel has \(image.shape)")
            }
            extent = image.extent
            pixelType = image.pixelType
            channelNames = try await CellH5Image.names("channel", count: extent.channels, of: file)
            if let regions {
                regionNames = try await CellH5Image.names("region", count: regions.extent.channels, of: file)
            } else {
                regionNames = []
            }
        } catch let error as IDRError {
            throw error.at(subject + [file.name])
        }
    }

    package func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] {
        for index in indices { try located { () throws(IDRError) in try extent.check(index) } }
        return try await read(layout.channel, indices, as: pixelType == .uint8 ? .uint8 : .uint16).map { numbers in
            switch numbers {
            case .uint8(let pixels): .uint8(Plane(height: extent.height, width: extent.width, pixels: pixels))
            case .uint16(let pixels): .uint16(Plane(height: extent.height, width: extent.width, pixels: pixels))
            default: throw file.unexpected
            }
        }
    }

    /// A label image that is stored with the movie, `[y, x]`; `index.channel` counts ``regionNames``.
    package func labels(_ index: PlaneIndex) async throws -> LabelImage {
        guard !regionNames.isEmpty else {
            throw IDRError(.missing, "the movie holds no label images", at: subject, because: "it has no image/region")
        }
        try located { () throws(IDRError) in
            var regions = extent
            regions.channels = regionNames.count
            try regions.check(index)
        }
        guard let pixels: [Int32] = try await read(layout.region, [index], as: .int32).first?.values() else { throw file.unexpected }
        return Plane(height: extent.height, width: extent.width, pixels: pixels)
    }

    private func read(_ dataset: String, _ indices: [PlaneIndex], as type: HDF5ScalarType) async throws -> [HDF5Numbers] {
        let blocks = indices.map { index in
            HDF5Block(
                offset: [index.channel - 1, index.frame - 1, index.z - 1, 0, 0], count: [1, 1, 1, extent.height, extent.width])
        }
        guard case .blocks(let planes, let failure) = try await file.ask(.blocks(blocks, of: dataset, as: type)) else { throw file.unexpected }
        guard failure == nil, planes.count == indices.count else {
            // A file of the right length may still have a hole: only decoding tells.
            let frame = planes.count < indices.count ? indices[planes.count].frame : 0
            throw IDRError(
                .invalidInput, "frame \(frame) cannot be decoded", at: subject, because: failure?.reason ?? failure?.problem,
                fix: "a part of the file is missing or damaged: fetch the movie again")
        }
        return planes
    }

    private func located(_ body: () throws(IDRError) -> Void) throws(IDRError) {
        do throws(IDRError) { try body() } catch { throw error.at(subject) }
    }
}
