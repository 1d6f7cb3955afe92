package import IDRFormats
import IDRHDF5
package import IDRPlan
package import IDRTransfer

/// A CellH5 movie that is on a server: only the parts of the file that the wanted planes need are fetched.
package final class RemoteCellH5: PlaneSource {
    package let extent: PlaneExtent
    package let pixelType: PixelType
    package let channelNames: [String]
    private let source: RemoteBytes
    private let pages: PagedBytes

    var location: String { source.name }
    var length: Int { source.length }
    var entityTag: String? { source.entityTag }

    /// Reads what describes the movie.
    /// - Throws: an ``IDRError`` where the file is no complete CellH5 movie.
    package init(reading source: RemoteBytes) async throws {
        try HDF5Superblock.check(source.beginning, length: source.length, source.name)
        self.source = source
        pages = PagedBytes(length: source.length)
        pages.store(source.beginning, at: 0)
        (extent, pixelType, channelNames) = try await RemoteHDF5.read(source, into: pages) { file, _ in
            let movie = try CellH5Movie(file)
            return (movie.extent, movie.pixelType, movie.channelNames)
        }
    }

    package func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] {
        try await RemoteHDF5.read(source, into: pages) { file, pages in
            let movie = try CellH5Movie(file)
            for index in indices {
                try movie.extent.check(index)
                try movie.request(index, of: pages)
            }
            // All that is missing is fetched at once, then the next round reads.
            return pages.isMissingPages ? [] : try movie.planes(indices)
        }
    }
}
