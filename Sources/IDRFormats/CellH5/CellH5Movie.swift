package import IDRHDF5
package import IDRImaging
package import IDRPlan

/// A movie in the CellH5 layout (Sommer et al. 2013, the format of MitoCheck on the IDR), open for reading.
///
/// Pixels are unsigned 8- or 16-bit, `[c, t, z, y, x]`; label images of CellCognition, where the file has them, 16-bit.
/// Only the chunks of the planes that are asked for are read and decompressed.
@HDF5Actor
package final class CellH5Movie: PlaneSource {
    /// Where the file is.
    package nonisolated let path: String
    package nonisolated let extent: PlaneExtent
    package nonisolated let pixelType: PixelType
    package nonisolated let channelNames: [String]
    /// Names of the kinds of label image, such as "primary__primary"; empty where the file holds none.
    package nonisolated let regionNames: [String]
    /// The file's own names of what was read.
    package nonisolated let plate: String
    package nonisolated let experiment: String
    package nonisolated let position: String

    private nonisolated let subject: [String]
    private nonisolated let layout: CellH5Layout
    private let file: HDF5File

    /// Checks the file at `path` (length, signature, layout, number type, shape) and opens it.
    ///
    /// - Parameters:
    ///   - subject: what errors say before the path, from the general to the particular: the plate, the well.
    ///   - plate, experiment, position: the names of the groups to take where the file holds several.
    /// - Throws: ``IDRError``.
    package convenience init(
        reading path: String, of subject: [String] = [], plate: String? = nil, experiment: String? = nil, position: String? = nil
    ) throws(IDRError) {
        let file: HDF5File
        do throws(IDRError) {
            try HDF5Superblock.check(path)
            file = try HDF5File(reading: path)
        } catch {
            throw error.at(subject + [path])
        }
        try self.init(file, of: subject, plate: plate, experiment: experiment, position: position)
    }

    /// The movie in an HDF5 file that is open.
    package init(
        _ file: consuming HDF5File, of subject: [String] = [], plate: String? = nil, experiment: String? = nil, position: String? = nil
    ) throws(IDRError) {
        path = file.path
        self.subject = subject + [path]
        do throws(IDRError) {
            layout = try CellH5Layout(of: file, plate: plate, experiment: experiment, position: position)
            let image = try CellH5Image(of: file, dataset: layout.channel)
            let regions = file.exists(layout.region) ? try CellH5Image(of: file, dataset: layout.region) : nil
            if let regions, !regions.matches(image) {
                throw IDRError(.invalidInput, "image/region has shape \(regions.shape)", because: "image/channel has \(image.shape)")
            }
            extent = image.extent
            pixelType = image.pixelType
            channelNames = try CellH5Image.names("channel", count: extent.channels, of: file)
            if let regions {
                regionNames = try CellH5Image.names("region", count: regions.extent.channels, of: file)
            } else {
                regionNames = []
            }
        } catch {
            throw error.at(subject + [path])
        }
        self.file = file
        self.plate = layout.plate
        self.experiment = layout.experiment
        self.position = layout.position
    }

    // The file must be closed on HDF5's queue, wherever the last reference goes.
    isolated deinit {}

    package func planes(_ indices: [PlaneIndex]) throws(IDRError) -> [PixelPlane] {
        var planes: [PixelPlane] = []
        for index in indices { planes.append(try plane(index)) }
        return planes
    }

    /// One plane of the movie, `[y, x]`.
    package func plane(_ index: PlaneIndex) throws(IDRError) -> PixelPlane {
        try located { () throws(IDRError) in try extent.check(index) }
        return try decoding(index) { () throws(IDRError) in
            pixelType == .uint8
                ? .uint8(try read(layout.channel, index, as: UInt8.self)) : .uint16(try read(layout.channel, index, as: UInt16.self))
        }
    }

    /// A label image that is stored with the movie, `[y, x]`; `index.channel` counts ``regionNames``.
    package func labels(_ index: PlaneIndex) throws(IDRError) -> LabelImage {
        guard !regionNames.isEmpty else {
            throw IDRError(.missing, "the movie holds no label images", at: subject, because: "it has no image/region")
        }
        try located { () throws(IDRError) in
            var regions = extent
            regions.channels = regionNames.count
            try regions.check(index)
        }
        return try decoding(index) { () throws(IDRError) in try read(layout.region, index, as: Int32.self) }
    }

    /// Makes a file in pages miss all of the plane at once.
    package func request(_ index: PlaneIndex, of pages: PagedBytes) throws(IDRError) {
        let (offset, count) = block(index)
        try file.request(layout.channel, offset: offset, count: count, of: pages)
    }

    private func block(_ index: PlaneIndex) -> (offset: [Int], count: [Int]) {
        ([index.channel - 1, index.frame - 1, index.z - 1, 0, 0], [1, 1, 1, extent.height, extent.width])
    }

    private func read<T: HDF5Scalar>(_ dataset: String, _ index: PlaneIndex, as type: T.Type) throws(IDRError) -> Plane<T> {
        let (offset, count) = block(index)
        // HDF5 would give zeros for it.
        guard try file.isStored(dataset, offset: offset, count: count) else {
            throw IDRError(.invalidInput, "a part of it was never written", because: "a part of it was never written to the file")
        }
        let pixels = try file.read(dataset, as: type, offset: offset, count: count)
        return Plane(height: extent.height, width: extent.width, pixels: pixels)
    }

    /// A file of the right length may still have a hole: only decoding tells.
    private func decoding<T>(_ index: PlaneIndex, _ body: () throws(IDRError) -> T) throws(IDRError) -> T {
        do throws(IDRError) {
            return try body()
        } catch {
            throw IDRError(
                .invalidInput, "frame \(index.frame) cannot be decoded", at: subject, because: error.reason ?? error.problem,
                fix: "a part of the file is missing or damaged: fetch the movie again")
        }
    }

    private func located(_ body: () throws(IDRError) -> Void) throws(IDRError) {
        do throws(IDRError) { try body() } catch { throw error.at(subject) }
    }
}
