package import IDRFormats
import IDRHDF5
import IDRPlan
package import IDRTransfer

extension CellH5Movie {
    /// A movie that is on a server: only the parts of the file that the wanted planes need are fetched.
    /// - Throws: an ``IDRError`` where the file is no complete CellH5 movie.
    package init(reading source: RemoteBytes) async throws {
        try HDF5Superblock.check(source.beginning, length: source.length, source.name)
        try await self.init(HDF5Reader(source, beginning: source.beginning))
    }
}
