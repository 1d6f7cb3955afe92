internal import IDRPlan

/// Planes of a CellH5 movie that is on a server: only the parts of the file that they need are fetched.
package enum RemoteCellH5 {
    /// Reads the planes that `choose` asks for once the movie's extent is known.
    /// - Throws: an ``IDRError``; `RemoteBytes.NoRanges` before anything is read where the server does no ranges.
    package static func planes(
        of source: RemoteBytes, _ choose: @escaping @Sendable (PlaneExtent) throws -> [PlaneIndex]
    ) async throws -> [PixelPlane] {
        try HDF5Superblock.check(source.beginning, length: source.length, source.name)
        return try await RemoteHDF5.read(source, beginning: source.beginning) { file, pages in
            let movie = try CellH5Movie(file)
            let wanted = try choose(movie.extent)
            for index in wanted {
                try movie.extent.check(index)
                try movie.request(index, of: pages)
            }
            // All that is missing is fetched at once, then the next round reads.
            return pages.isMissingPages ? [] : try wanted.map { try movie.plane($0) }
        }
    }
}
