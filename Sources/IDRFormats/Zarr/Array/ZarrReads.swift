import IDRPlan

/// A chunk that planes need, and what of it.
struct ZarrRead: Sendable {
    struct Use: Sendable {
        /// Which of the planes that were asked for.
        let plane: Int
        /// The pixel of an unpacked chunk that is first in the plane's part.
        let start: Int
    }

    /// In the grid of chunks.
    let place: [Int]
    /// What of each plane the chunk covers.
    let rows: Range<Int>
    let columns: Range<Int>
    var uses: [Use]
}

extension ZarrLayout {
    /// The most chunks that are read in one go.
    static let readLimit = 1 << 20

    /// What must be read for planes, every chunk once.
    /// - Parameter positions: where the planes are on all axes but the last two, from 0 and within the shape.
    func reads(_ positions: [[Int]]) throws(IDRError) -> [ZarrRead] {
        let (tileHeight, tileWidth) = (chunk[chunk.count - 2], chunk[chunk.count - 1])
        let grid = [(height - 1) / tileHeight + 1, (width - 1) / tileWidth + 1]
        guard Self.product(grid + [max(1, positions.count)], limit: Self.readLimit) != nil else {
            throw Self.unusable("its planes are cut in \(grid) chunks", because: "at most \(Self.readLimit) are read in one go")
        }
        let strides = strides
        var reads: [ZarrRead] = []
        var known: [[Int]: Int] = [:]
        for (plane, position) in positions.enumerated() {
            let start = position.indices.reduce(0) { $0 + position[$1] % chunk[$1] * strides[$1] }
            let stack = position.indices.map { position[$0] / chunk[$0] }
            // The chunks of one stack of planes follow each other in `reads`.
            if let first = known[stack] {
                for index in first..<first + grid[0] * grid[1] { reads[index].uses.append(.init(plane: plane, start: start)) }
                continue
            }
            known[stack] = reads.count
            for y in 0..<grid[0] {
                for x in 0..<grid[1] {
                    let rows = y * tileHeight..<min((y + 1) * tileHeight, height)
                    let columns = x * tileWidth..<min((x + 1) * tileWidth, width)
                    reads.append(ZarrRead(place: stack + [y, x], rows: rows, columns: columns, uses: [.init(plane: plane, start: start)]))
                }
            }
        }
        return reads
    }

    /// The parts of planes that `read` takes from an unpacked chunk, `[rows, columns]` each, one for every use.
    /// - Parameter bytes: exactly ``chunkBytes``.
    func tiles<Pixel: ZarrPixel>(_ read: ZarrRead, of bytes: [UInt8], as type: Pixel.Type) -> [[Pixel]] {
        let strides = strides.suffix(2).map { $0 * MemoryLayout<Pixel>.size }
        let isSwapped = codecs.isBigEndian == (1.littleEndian == 1)
        return bytes.withUnsafeBytes { bytes in
            read.uses.map { use in
                [Pixel](unsafeUninitializedCapacity: read.rows.count * read.columns.count) { tile, count in
                    var next = 0
                    for y in 0..<read.rows.count {
                        // Within the chunk: rows and columns are cut to its shape, and so is the start.
                        let row = use.start * MemoryLayout<Pixel>.size + y * strides[0]
                        for x in 0..<read.columns.count {
                            let pixel = bytes.loadUnaligned(fromByteOffset: row + x * strides[1], as: Pixel.self)
                            tile.initializeElement(at: next, to: isSwapped ? pixel.byteSwapped : pixel)
                            next += 1
                        }
                    }
                    count = next
                }
            }
        }
    }
}
