import CHDF5
package import IDRPlan

extension HDF5File {
    /// Whether every part of a block of the dataset `name` was ever written: HDF5 itself gives zeros for what was not.
    /// - Parameters: the block, one number per dimension each.
    package func isStored(_ name: String, offset: [Int], count: [Int]) throws(IDRError) -> Bool {
        let dataset = try open(dataset: name)
        let info = try HDF5DatasetInfo(dataset: dataset.id, called: "dataset \(name) of \(path)")
        guard info.chunk != nil else { return H5Dget_offset(dataset.id) != idr_h5_no_address() }
        return Self.chunks(of: info, offset: offset, count: count).allSatisfy { Self.touch(dataset.id, chunk: $0, info, reading: !info.isFiltered) }
    }

    /// Reads what is stored of a block, undecoded, and throws it away: a file in pages then knows all that it misses of it at once.
    ///
    /// Looking a chunk up takes a few steps down the dataset's tree; listing chunks (`H5Dget_chunk_info`) would walk all of it.
    package func request(_ name: String, offset: [Int], count: [Int], of pages: PagedBytes) throws(IDRError) {
        let dataset = try open(dataset: name)
        let info = try HDF5DatasetInfo(dataset: dataset.id, called: "dataset \(name) of \(path)")
        guard info.chunk != nil else { return pages.want(Self.contiguousStorage(dataset.id, info, offset: offset, count: count)) }
        for chunk in Self.chunks(of: info, offset: offset, count: count) { _ = Self.touch(dataset.id, chunk: chunk, info, reading: true) }
    }

    /// The first elements of the chunks that a block overlaps.
    private static func chunks(of info: HDF5DatasetInfo, offset: [Int], count: [Int]) -> [[Int]] {
        var places: [[Int]] = [[]]
        for (dimension, length) in (info.chunk ?? []).enumerated() where length > 0 {
            let starts = stride(from: offset[dimension] / length * length, to: offset[dimension] + count[dimension], by: length)
            places = places.flatMap { place in starts.map { place + [$0] } }
        }
        return places
    }

    /// Looks a chunk up, and reads it where asked to; false where there is none.
    private static func touch(_ dataset: hid_t, chunk: [Int], _ info: HDF5DatasetInfo, reading: Bool) -> Bool {
        defer { H5Eclear2(idr_h5_estack()) }
        let place = chunk.map { hsize_t($0) }
        var size: hsize_t = 0
        guard H5Dget_chunk_storage_size(dataset, place, &size) >= 0, size > 0, size < largestChunk else { return false }
        guard reading else { return true }
        var mask: UInt32 = 0
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: Int(size), alignment: 16)
        defer { bytes.deallocate() }
        return H5Dread_chunk(dataset, idr_h5_default(), place, &mask, bytes) >= 0
    }

    /// More than HDF5 itself allows.
    private static var largestChunk: hsize_t { 1 << 32 }

    private static func contiguousStorage(_ dataset: hid_t, _ info: HDF5DatasetInfo, offset: [Int], count: [Int]) -> Range<Int> {
        let address = H5Dget_offset(dataset)
        guard let start = Int(exactly: address), start < Int.max / 4, let bytes = info.type?.bytes else { return 0..<0 }
        var (first, last, stride) = (0, 0, bytes)
        for dimension in info.shape.indices.reversed() {
            first += offset[dimension] * stride
            last += (offset[dimension] + max(count[dimension], 1) - 1) * stride
            let (next, overflow) = stride.multipliedReportingOverflow(by: info.shape[dimension])
            guard !overflow, next < Int.max / 4 else { return 0..<0 }
            stride = next
        }
        return start + first..<start + last + bytes
    }
}
