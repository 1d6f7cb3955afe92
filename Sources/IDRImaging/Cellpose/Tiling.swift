import Foundation

extension Cellpose {
    /// How an image is cut into overlapping tiles for the network: padded with zeros to a multiple of 16 pixels plus 8 on every side, then covered
    /// by tiles of one size whose starts are evenly spaced.
    package struct TileLayout: Sendable, Hashable {
        /// A tile's place in the padded image.
        package struct Tile: Sendable, Hashable {
            package let rows: Range<Int>
            package let columns: Range<Int>
        }

        /// The side that the published pipeline uses.
        package static let publishedTileSide = 224

        /// Of the image without padding.
        package let height: Int
        package let width: Int
        package let paddedHeight: Int
        package let paddedWidth: Int
        /// Where the image's pixel (0, 0) lies in the padded image.
        package let offsetY: Int
        package let offsetX: Int
        /// All tiles have this size: `tileSide`, or less where the padded image is smaller.
        package let tileHeight: Int
        package let tileWidth: Int
        /// Row after row.
        package let tiles: [Tile]

        package init(height: Int, width: Int, tileSide: Int = publishedTileSide) {
            let (above, below) = Self.padding(height)
            let (left, right) = Self.padding(width)
            self.init(
                height: height, width: width, paddedHeight: above + height + below, paddedWidth: left + width + right, offsetY: above, offsetX: left,
                tileSide: tileSide)
        }

        /// A layout without padding.
        package init(unpaddedHeight height: Int, width: Int, tileSide: Int) {
            self.init(height: height, width: width, paddedHeight: height, paddedWidth: width, offsetY: 0, offsetX: 0, tileSide: tileSide)
        }

        private init(height: Int, width: Int, paddedHeight: Int, paddedWidth: Int, offsetY: Int, offsetX: Int, tileSide: Int) {
            precondition(height >= 0 && width >= 0 && tileSide > 0, "a tile has a positive side")
            self.height = height
            self.width = width
            self.paddedHeight = paddedHeight
            self.paddedWidth = paddedWidth
            self.offsetY = offsetY
            self.offsetX = offsetX
            let tileHeight = min(tileSide, paddedHeight)
            let tileWidth = min(tileSide, paddedWidth)
            let columns = Self.starts(paddedWidth, tileSide: tileSide).map { $0..<($0 + tileWidth) }
            tiles = Self.starts(paddedHeight, tileSide: tileSide).flatMap { y in columns.map { Tile(rows: y..<(y + tileHeight), columns: $0) } }
            self.tileHeight = tileHeight
            self.tileWidth = tileWidth
        }

        private static func padding(_ side: Int) -> (before: Int, after: Int) {
            let missing = (16 - side % 16) % 16
            return (8 + missing / 2, 8 + missing - missing / 2)
        }

        /// Tiles overlap by a tenth of their side on each side, so 1.2 times as many are needed as would just cover the image.
        private static func starts(_ side: Int, tileSide: Int) -> [Int] {
            guard side > tileSide else { return [0] }
            let count = Int((1.2 * Double(side) / Double(tileSide)).rounded(.up))
            let last = side - tileSide
            let step = Double(last) / Double(count - 1)
            return (0..<count).map { $0 == count - 1 ? last : Int(Double($0) * step) }
        }

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
