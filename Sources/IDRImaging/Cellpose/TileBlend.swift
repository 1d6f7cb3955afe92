extension Cellpose {
    /// Averages the network's overlapping tiles, one tile at a time, so that only the running sums are in memory.
    package struct TileBlend: Sendable {
        private let layout: TileLayout
        private let taper: TileTaper
        /// One padded plane per channel, summed in single precision as the original does.
        private var sums: [[Float]]
        private var weights: [Double]

        package init(_ layout: TileLayout, channels: Int) {
            self.layout = layout
            taper = TileTaper(layout)
            let count = layout.paddedHeight * layout.paddedWidth
            sums = Array(repeating: Array(repeating: 0, count: count), count: channels)
            weights = Array(repeating: 0, count: count)
        }

        /// Adds the network's answer for tile `index`: `values` is `[channel, y, x]`. Tiles are added in the layout's order, each once.
        package mutating func add(_ values: Span<Float>, tile index: Int) {
            let area = layout.tileHeight * layout.tileWidth
            precondition(values.count == sums.count * area, "a tile holds channels * height * width values")
            let (taper, place) = (taper, layout.tiles[index])
            values.withUnsafeBufferPointer { values in
                for channel in sums.indices {
                    let tile = UnsafeBufferPointer(rebasing: values[(channel * area)..<((channel + 1) * area)])
                    sums[channel].withUnsafeMutableBufferPointer { taper.add(tile, at: place, to: $0) }
                }
            }
            weights.withUnsafeMutableBufferPointer { taper.addWeights(at: place, to: $0) }
        }

        /// The weighted means, one plane per channel, without the padding.
        package consuming func averaged() -> [Plane<Float>] {
            let (height, width, layout) = (layout.height, layout.width, layout)
            return sums.map { sum in
                var plane = Plane<Float>(height: height, width: width, repeating: 0)
                plane.pixels.withUnsafeMutableBufferPointer { target in
                    for y in 0..<height {
                        let start = (y + layout.offsetY) * layout.paddedWidth + layout.offsetX
                        for x in 0..<width { target[y &* width &+ x] = Float(Double(sum[start &+ x]) / weights[start &+ x]) }
                    }
                }
                return plane
            }
        }
    }

    /// An image's style from its tiles' styles, with the original's slip: the first tile counts twice.
    package struct StyleMean: Sendable {
        private var sum: [Float] = []

        package init() {}

        /// Adds the style of the next tile, a vector of unit length.
        package mutating func add(_ style: [Float]) {
            if sum.isEmpty { sum = style }
            precondition(style.count == sum.count, "styles have one length")
            for index in style.indices { sum[index] += style[index] }
        }

        /// The mean, scaled to unit length; empty where no tile was added.
        package func normalized() -> [Float] {
            let length = sum.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            return sum.map { Float(Double($0) / length) }
        }
    }
}

/// The weights of a layout's tiles, and sums of weighted tiles in padded planes.
private struct TileTaper {
    private let y: [Double]
    private let x: [Double]
    private let paddedWidth: Int

    init(_ layout: Cellpose.TileLayout) {
        y = Cellpose.taper(layout.tileHeight, tileSide: layout.taperSides.y)
        x = Cellpose.taper(layout.tileWidth, tileSide: layout.taperSides.x)
        paddedWidth = layout.paddedWidth
    }

    func add(_ tile: UnsafeBufferPointer<Float>, at place: Cellpose.TileLayout.Tile, to sum: UnsafeMutableBufferPointer<Float>) {
        x.withUnsafeBufferPointer { x in
            for (row, weight) in y.enumerated() {
                let line = UnsafeMutableBufferPointer(rebasing: sum[start(of: row, place)...])
                let values = UnsafeBufferPointer(rebasing: tile[(row * x.count)...])
                for column in 0..<x.count {
                    line[column] = Float(Double(line[column]) + Double(values[column]) * (x[column] * weight))
                }
            }
        }
    }

    func addWeights(at place: Cellpose.TileLayout.Tile, to sum: UnsafeMutableBufferPointer<Double>) {
        x.withUnsafeBufferPointer { x in
            for (row, weight) in y.enumerated() {
                let line = UnsafeMutableBufferPointer(rebasing: sum[start(of: row, place)...])
                for column in 0..<x.count { line[column] += x[column] * weight }
            }
        }
    }

    private func start(of row: Int, _ place: Cellpose.TileLayout.Tile) -> Int {
        (place.rows.lowerBound + row) * paddedWidth + place.columns.lowerBound
    }
}
