import Foundation

extension Cellpose {
    /// How images are cut into tiles.
    package enum Tiling: Sendable, Hashable {
        /// Squares of this side that overlap by a tenth of it on each side, as Cellpose cuts them.
        case squares(side: Int)
        /// As few and as large tiles as ``TileLayout/largestTile`` allows, which overlap by ``TileLayout/leastOverlap``: an image is computed once and
        /// little more, and nuclei are seen with more around them. It follows from the image's size alone.
        case large

        /// The one of the published pipeline.
        package static let published = Tiling.squares(side: 224)
    }

    /// How an image is cut into overlapping tiles for the network: padded with zeros to a multiple of 16 pixels plus 8 on every side, then covered
    /// by tiles of one size whose starts are evenly spaced.
    package struct TileLayout: Sendable {
        /// A tile's place in the padded image.
        package struct Tile: Sendable, Hashable {
            package let rows: Range<Int>
            package let columns: Range<Int>
        }

        /// Pixels of a large tile at most: the network needs about 0.7 KB for each.
        package static let largestTile = 512 * 768
        /// Of large tiles, in pixels: each one's outer 20 hardly count, and the others have as much around them again.
        package static let leastOverlap = 64
        /// Large tiles have no shorter sides than this where there are several.
        private static let leastSide = 224

        /// Of the image without padding.
        package let height: Int
        package let width: Int
        package let paddedHeight: Int
        package let paddedWidth: Int
        /// Where the image's pixel (0, 0) lies in the padded image.
        package let offsetY: Int
        package let offsetX: Int
        /// All tiles have this size.
        package let tileHeight: Int
        package let tileWidth: Int
        /// The sides whose taper the tiles' rows and columns have, see ``Cellpose/taper(_:tileSide:)``.
        let taperSides: (y: Int, x: Int)
        /// Row after row.
        package let tiles: [Tile]

        package init(height: Int, width: Int, _ tiling: Tiling = .published) {
            let (above, below) = Self.padding(height)
            let (left, right) = Self.padding(width)
            self.init(
                height: height, width: width, paddedHeight: above + height + below, paddedWidth: left + width + right, offsetY: above, offsetX: left,
                tiling)
        }

        /// A layout without padding.
        package init(unpaddedHeight height: Int, width: Int, tileSide: Int) {
            self.init(
                height: height, width: width, paddedHeight: height, paddedWidth: width, offsetY: 0, offsetX: 0, .squares(side: tileSide))
        }

        private init(height: Int, width: Int, paddedHeight: Int, paddedWidth: Int, offsetY: Int, offsetX: Int, _ tiling: Tiling) {
            self.height = height
            self.width = width
            self.paddedHeight = paddedHeight
            self.paddedWidth = paddedWidth
            self.offsetY = offsetY
            self.offsetX = offsetX
            let rows: [Int]
            let columns: [Int]
            switch tiling {
            case .squares(let side):
                precondition(height >= 0 && width >= 0 && side > 0, "a tile has a positive side")
                (tileHeight, tileWidth) = (min(side, paddedHeight), min(side, paddedWidth))
                rows = Self.starts(paddedHeight, tile: tileHeight, count: Self.squares(side, in: paddedHeight))
                columns = Self.starts(paddedWidth, tile: tileWidth, count: Self.squares(side, in: paddedWidth))
                taperSides = (max(tileHeight, tileWidth), max(tileHeight, tileWidth))
            case .large:
                let (down, across) = Self.largeTiles(paddedHeight, paddedWidth)
                (tileHeight, tileWidth) = (Self.side(paddedHeight, of: down), Self.side(paddedWidth, of: across))
                rows = Self.starts(paddedHeight, tile: tileHeight, count: down)
                columns = Self.starts(paddedWidth, tile: tileWidth, count: across)
                taperSides = (tileHeight, tileWidth)
            }
            tiles = rows.flatMap { [tileHeight, tileWidth] y in
                columns.map { Tile(rows: y..<(y + tileHeight), columns: $0..<($0 + tileWidth)) }
            }
        }

        private static func padding(_ side: Int) -> (before: Int, after: Int) {
            let missing = (16 - side % 16) % 16
            return (8 + missing / 2, 8 + missing - missing / 2)
        }

        /// Tiles overlap by a tenth of their side on each side, so 1.2 times as many are needed as would just cover the image.
        private static func squares(_ side: Int, in length: Int) -> Int {
            length > side ? Int((1.2 * Double(length) / Double(side)).rounded(.up)) : 1
        }

        private static func starts(_ length: Int, tile: Int, count: Int) -> [Int] {
            guard count > 1 else { return [0] }
            let last = length - tile
            let step = Double(last) / Double(count - 1)
            return (0..<count).map { $0 == count - 1 ? last : Int(Double($0) * step) }
        }

        /// How many large tiles there are one below the other and side by side: those with the fewest pixels together, of these the fewest.
        private static func largeTiles(_ height: Int, _ width: Int) -> (down: Int, across: Int) {
            var best: (pixels: Int, down: Int, across: Int)?
            for down in 1...most(height) {
                let rows = side(height, of: down)
                guard let across = (1...most(width)).first(where: { rows * side(width, of: $0) <= largestTile }) else { continue }
                let pixels = down * across * rows * side(width, of: across)
                if best.map({ (pixels, down * across) < ($0.pixels, $0.down * $0.across) }) ?? true { best = (pixels, down, across) }
            }
            return best.map { ($0.down, $0.across) } ?? (most(height), most(width))
        }

        /// The side of each of `count` tiles that cover `length`: a multiple of 16, which the network halves.
        private static func side(_ length: Int, of count: Int) -> Int {
            count == 1 ? length : ((length + (count - 1) * leastOverlap + count - 1) / count + 15) / 16 * 16
        }

        private static func most(_ length: Int) -> Int { max(1, (length - leastOverlap + leastSide - leastOverlap - 1) / (leastSide - leastOverlap)) }

        /// Copies tile `index` of the padded `plane` to `target`, row after row; what lies outside the image is zero.
        package func copy(tile index: Int, of plane: Plane<Float>, to target: UnsafeMutableBufferPointer<Float>) {
            precondition(plane.height == height && plane.width == width, "the plane has the layout's size")
            precondition(target.count == tileHeight * tileWidth, "the target has a tile's size")
            target.update(repeating: 0)
            let tile = tiles[index]
            let rows = tile.rows.clamped(to: offsetY..<(offsetY + height))
            let columns = tile.columns.clamped(to: offsetX..<(offsetX + width))
            for y in rows where !columns.isEmpty {
                let source = (y - offsetY) * width + columns.lowerBound - offsetX
                let start = (y - tile.rows.lowerBound) * tileWidth + columns.lowerBound - tile.columns.lowerBound
                for x in 0..<columns.count { target[start + x] = plane.pixels[source + x] }
            }
        }

        /// Tile `index` of the padded `plane`, `[tileHeight, tileWidth]`.
        package func tile(_ index: Int, of plane: Plane<Float>) -> Plane<Float> {
            var tile = Plane<Float>(height: tileHeight, width: tileWidth, repeating: 0)
            tile.pixels.withUnsafeMutableBufferPointer { copy(tile: index, of: plane, to: $0) }
            return tile
        }
    }

    /// The weight of a tile's rows (or columns): near 1 inside, falling to 0.06 at the edges of the largest tile.
    ///
    /// A tile's weight at (y, x) is `taper[y] * taper[x]`. A tile smaller than 224 pixels takes the centre of the 224 taper; for a larger one the
    /// same flanks are moved outwards.
    /// - Parameters:
    ///   - length: the tile's height or width.
    ///   - tileSide: the larger of the tile's height and width.
    package static func taper(_ length: Int, tileSide: Int) -> [Double] {
        let side = max(224, tileSide, length)
        let center = Double(side - 1) / 2
        let start = side / 2 - length / 2
        return (start..<(start + length)).map { 1 / (1 + exp((abs(Double($0) - center) - (Double(side) / 2 - 20)) / 7.5)) }
    }
}
