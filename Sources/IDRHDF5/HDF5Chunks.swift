import CHDF5
import IDRPlan

extension HDF5Dataset {
    /// Whether every part of a block was ever written.
    func isStored(_ block: HDF5Block) -> Bool {
        // The header has it, or it was looked at when the dataset was opened.
        guard info.storage == .inFile else { return true }
        guard info.chunk != nil else { return H5Dget_offset(handle.id) != idr_h5_no_address() }
        // Each chunk takes at least a byte.
        return chunkCount(block) <= min(limits.fileLength, HDF5Limits.mostChunks) && allChunks(of: block) { touch($0, reading: !info.isFiltered) }
    }

    /// Reads what is stored of a block, undecoded, and throws it away: a file in pages then knows all that it misses of it at once.
    ///
    /// Looking a chunk up takes a few steps down the dataset's tree; listing chunks (`H5Dget_chunk_info`) would walk all of it.
    func request(_ block: HDF5Block, of pages: PagedBytes) throws(IDRError) {
        try check(block)
        guard info.chunk != nil else { return pages.want(contiguousStorage(block)) }
        guard chunkCount(block) <= min(limits.fileLength, HDF5Limits.mostChunks) else { return }
        _ = allChunks(of: block) { chunk in
            _ = touch(chunk, reading: true)
            return true
        }
    }

    /// How many chunks a block overlaps.
    private func chunkCount(_ block: HDF5Block) -> Int {
        let counts = (info.chunk ?? []).enumerated().map { dimension, length in
            block.count[dimension] == 0 ? 0 : (block.offset[dimension] + block.count[dimension] - 1) / length - block.offset[dimension] / length + 1
        }
        return HDF5Limits.product(counts) ?? .max
    }

    /// Calls `body` with the first element of each chunk that a block overlaps, until it says no.
    private func allChunks(of block: HDF5Block, _ body: ([hsize_t]) -> Bool) -> Bool {
        guard let chunk = info.chunk, !block.count.contains(0) else { return true }
        let first = chunk.indices.map { block.offset[$0] / chunk[$0] * chunk[$0] }
        var place = first
        while true {
            guard body(place.map { hsize_t($0) }) else { return false }
            guard let dimension = chunk.indices.last(where: { place[$0] + chunk[$0] < block.offset[$0] + block.count[$0] }) else { return true }
            place[dimension] += chunk[dimension]
            for later in chunk.indices where later > dimension { place[later] = first[later] }
        }
    }

    /// Looks a chunk up, and reads it where asked to; false where there is none.
    private func touch(_ place: [hsize_t], reading: Bool) -> Bool {
        defer { HDF5Failure.clear() }
        var size: hsize_t = 0
        guard H5Dget_chunk_storage_size(handle.id, place, &size) >= 0, size > 0, size <= hsize_t(limits.fileLength) else { return false }
        guard reading else { return true }
        var mask: UInt32 = 0
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: Int(size), alignment: 16)
        defer { bytes.deallocate() }
        return H5Dread_chunk(handle.id, idr_h5_default(), place, &mask, bytes) >= 0
    }

    private func contiguousStorage(_ block: HDF5Block) -> Range<Int> {
        let address = H5Dget_offset(handle.id)
        guard let start = Int(exactly: address), start < Int.max / 4 else { return 0..<0 }
        var (first, last, stride) = (0, 0, info.elementSize)
        for dimension in info.shape.indices.reversed() {
            guard let before = HDF5Limits.product([block.offset[dimension], stride]), let next = HDF5Limits.product([stride, info.shape[dimension]]),
                next < Int.max / 4
            else { return 0..<0 }
            first += before
            last += before + (max(block.count[dimension], 1) - 1) * stride
            stride = next
        }
        return start + first..<start + last + info.elementSize
    }
}
