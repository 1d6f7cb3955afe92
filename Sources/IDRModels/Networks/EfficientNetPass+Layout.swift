extension EfficientNetPass {
    /// Where a pass has what in its memory, for crops of one size. Sizes are in floats.
    struct Layout {
        let side: Int
        let count: Int
        /// Of what goes from block to block, for one crop.
        private(set) var between = 0
        /// Of a block's widened channels after the convolution of each on its own, for one crop.
        private(set) var wide = 0
        /// Of rows of one block of 16 channels, with the padding around them; and of other things that are needed for a moment.
        private(set) var rows = 0
        /// Of projections' weights for one crop.
        private(set) var weights = 0
        /// Of a number for each widened channel, for one crop.
        private(set) var means = 0

        init(side: Int, count: Int) {
            self.side = side
            self.count = count
            var side = side / 2
            between = EfficientNetShape.stem * side * side
            rows = max(side, (side / 16) * (side / 16)) * lanes
            for shape in EfficientNetShape.blocks {
                let band = Band(shape, side: side)
                rows = max(rows, band.rows * band.row)
                side /= shape.stride
                let outputs = (shape.outputs + lanes - 1) / lanes * lanes
                between = max(between, outputs * side * side)
                wide = max(wide, shape.width * side * side)
                weights = max(weights, shape.width * outputs)
                means = max(means, shape.width)
            }
        }

        var size: Int { count * (2 * between + wide + means) + rows + weights + 2 * means }
    }

    /// Rows of the input of a convolution of each channel on its own that are there at the same time: as many as the nearest caches hold.
    struct Band {
        /// Floats of a row with its padding.
        let row: Int
        /// Of the output.
        let outputRows: Int
        /// Of the input.
        let rows: Int

        init(_ shape: EfficientNetShape.Block, side: Int) {
            row = (side + shape.kernel - shape.stride) * lanes
            outputRows = max(1, min(side / shape.stride, 65536 / (row * shape.stride)))
            rows = (outputRows - 1) * shape.stride + shape.kernel
        }
    }
}

private let lanes = EfficientNetPacked.lanes
