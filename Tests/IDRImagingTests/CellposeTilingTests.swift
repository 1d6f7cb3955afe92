import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test(arguments: ["100x100", "1024x1344", "208x208", "209x500", "224x224", "31x700", "500x209"])
    func layoutsEqualTheOriginal(name: String) async throws {
        let size = name.split(separator: "x").compactMap { Int($0) }
        let layout = Cellpose.TileLayout(height: size[0], width: size[1])
        let group = "/tiling/" + name
        #expect(bounds(layout) == (try await CellposeFixture.values(group + "/tile_y0y1x0x1", as: Int32.self)).map(Int.init))
        #expect([layout.offsetY, layout.offsetX] == (try await CellposeFixture.attribute("offset_yx", of: group, as: Int64.self)).map(Int.init))
        #expect(
            [layout.paddedHeight, layout.paddedWidth] == (try await CellposeFixture.attribute("padded", of: group, as: Int64.self)).map(Int.init))
        #expect([layout.tileHeight, layout.tileWidth] == (try await CellposeFixture.attribute("tile_hw", of: group, as: Int64.self)).map(Int.init))
    }

    @Test(arguments: ["taper_224", "taper_112x224"])
    func tapersEqualTheOriginal(name: String) async throws {
        let expected = try await CellposeFixture.plane("/tiling/" + name, as: Float.self)
        let side = max(expected.height, expected.width)
        let columns = Cellpose.taper(expected.width, tileSide: side)
        let weights = Cellpose.taper(expected.height, tileSide: side).flatMap { row in columns.map { Float($0 * row) } }
        #expect(largestDifference(weights, expected.pixels) <= 1e-6)
    }

    @Test func largerTilesHaveTheSameFlanksFurtherOut() {
        let published = Cellpose.taper(224, tileSide: 224)
        let large = Cellpose.taper(512, tileSide: 512)
        for index in 0..<40 { #expect(abs(published[index] - large[index]) < 1e-12) }
        #expect(large[256] > published[112])
    }

    @Test func averagesEqualTheOriginal() async throws {
        let expected = try await CellposeFixture.plane("/tiling/avg_tiles_out", as: Float.self)
        let shape = try await CellposeFixture.shape("/tiling/avg_tiles_in")
        let tiles = try await CellposeFixture.values("/tiling/avg_tiles_in", as: Float.self)
        let layout = Cellpose.TileLayout(unpaddedHeight: expected.height, width: expected.width, tileSide: shape[3])
        #expect(bounds(layout) == (try await CellposeFixture.values("/tiling/avg_tiles_y0y1x0x1", as: Int32.self)).map(Int.init))
        var blend = Cellpose.TileBlend(layout, channels: 1)
        let size = shape[2] * shape[3]
        for index in 0..<shape[0] { blend.add(Array(tiles[(index * size)..<((index + 1) * size)]).span, tile: index) }
        #expect(largestDifference(blend.averaged()[0].pixels, expected.pixels) <= 1e-6)
    }

    @Test(arguments: [16, 48, 96, 224, 512, nil])
    func tilesThatAreCutAndBlendedAgainAreTheImage(side: Int?) {
        var generator = SeededGenerator(seed: UInt64(side ?? 1))
        for _ in 0..<6 {
            let (height, width) = (Int.random(in: 1...400, using: &generator), Int.random(in: 1...400, using: &generator))
            let plane = Plane<Float>(height: height, width: width, pixels: (0..<(height * width)).map { Float($0 % 251) })
            let layout = Cellpose.TileLayout(height: height, width: width, side.map { .squares(side: $0) } ?? .large)
            #expect(layout.paddedHeight % 16 == 0 && layout.paddedWidth % 16 == 0)
            #expect(layout.paddedHeight >= height + 16 && layout.paddedHeight < height + 32)
            var blend = Cellpose.TileBlend(layout, channels: 2)
            for index in layout.tiles.indices {
                let tile = layout.tile(index, of: plane).pixels
                blend.add((tile + tile.map { -$0 }).span, tile: index)
            }
            let channels = blend.averaged()
            #expect(largestDifference(channels[0].pixels, plane.pixels) < 1e-3)
            #expect(channels[1].pixels == channels[0].pixels.map { -$0 })
        }
    }

    /// Every pixel is in a tile, neighbours overlap, no tile is larger than allowed, and little is computed twice.
    @Test func largeTilesCoverTheImage() {
        var generator = SeededGenerator(seed: 7)
        let sizes = [(1024, 1344), (1, 1), (16, 100_000), (5000, 7), (4096, 4096), (512, 736), (2160, 2160)]
        let more = (0..<200).map { _ in (Int.random(in: 1...3000, using: &generator), Int.random(in: 1...3000, using: &generator)) }
        for (height, width) in sizes + more {
            let layout = Cellpose.TileLayout(height: height, width: width, .large)
            #expect(layout.tileHeight * layout.tileWidth <= Cellpose.TileLayout.largestTile, "\(height) x \(width)")
            #expect(layout.tileHeight % 16 == 0 && layout.tileWidth % 16 == 0)
            for (side, ranges) in [(layout.paddedHeight, layout.tiles.map(\.rows)), (layout.paddedWidth, layout.tiles.map(\.columns))] {
                let sorted = Set(ranges).sorted { $0.lowerBound < $1.lowerBound }
                #expect(sorted.first?.lowerBound == 0 && sorted.last?.upperBound == side)
                for (left, right) in zip(sorted, sorted.dropFirst()) {
                    #expect(left.upperBound - right.lowerBound >= Cellpose.TileLayout.leastOverlap, "\(height) x \(width)")
                }
            }
            let computed = layout.tiles.count * layout.tileHeight * layout.tileWidth
            if min(height, width) >= 224 {
                #expect(Double(computed) <= 1.45 * Double(layout.paddedHeight * layout.paddedWidth), "\(height) x \(width)")
            }
        }
        #expect(Cellpose.TileLayout(height: 496, width: 720, .large).tiles.count == 1)
    }

    @Test func paddingIsZero() {
        let plane = Plane<Float>(height: 1, width: 1, repeating: 5)
        let layout = Cellpose.TileLayout(height: 1, width: 1)
        let tile = layout.tile(0, of: plane)
        #expect(layout.tiles.count == 1 && tile.height == 32 && tile.width == 32)
        #expect(tile[layout.offsetY, layout.offsetX] == 5)
        #expect(tile.pixels.reduce(0, +) == 5)
        let empty = Cellpose.TileLayout(height: 0, width: 7)
        #expect(empty.tile(0, of: Plane(height: 0, width: 7, pixels: [])).pixels.allSatisfy { $0 == 0 })
    }

    @Test func theFirstTilesStyleCountsTwice() {
        var mean = Cellpose.StyleMean()
        #expect(mean.normalized().isEmpty)
        mean.add([1, 0])
        #expect(mean.normalized() == [1, 0])
        mean.add([0, 1])
        let style = mean.normalized()
        #expect(abs(style[0] - 2 / Float(5).squareRoot()) < 1e-6 && abs(style[1] - 1 / Float(5).squareRoot()) < 1e-6)
    }

    private func bounds(_ layout: Cellpose.TileLayout) -> [Int] {
        layout.tiles.flatMap { [$0.rows.lowerBound, $0.rows.upperBound, $0.columns.lowerBound, $0.columns.upperBound] }
    }
}
