import CLayers

/// One run of an ``EfficientNetSession`` over a few crops, on one thread.
struct EfficientNetPass {
    let memory: AlignedFloats
    private let layers: idr_layers
    private let packed: EfficientNetPacked
    private let layout: Layout
    private let activation: idr_activation
    private let wide: UnsafeMutablePointer<Float>
    private let means: UnsafeMutablePointer<Float>
    private let rows: UnsafeMutablePointer<Float>
    /// A projection's weights times a crop's factors.
    private let scaled: UnsafeMutablePointer<Float>
    private let squeezed: UnsafeMutablePointer<Float>
    private let factors: UnsafeMutablePointer<Float>
    private var count: Int { layout.count }

    /// - Parameter memory: at least the layout's size.
    init(layers: idr_layers, packed: EfficientNetPacked, layout: Layout, memory: AlignedFloats) {
        (self.layers, self.packed, self.layout, self.memory) = (layers, packed, layout, memory)
        activation = packed.variant == .b0 ? IDR_SWISH : IDR_RELU6
        wide = memory.start + 2 * layout.count * layout.between
        means = wide + layout.count * layout.wide
        rows = means + layout.count * layout.means
        scaled = rows + layout.rows
        squeezed = scaled + layout.weights
        factors = squeezed + layout.means
    }

    /// - Parameters:
    ///   - crops: `[crop, side, side]`.
    ///   - features: `[crop, feature]`.
    func run(_ crops: UnsafePointer<Float>, into features: UnsafeMutablePointer<Float>) {
        var (input, output) = (memory.start, memory.start + count * layout.between)
        var side = layout.side / 2
        for crop in 0..<count { stem(crops + crop * layout.side * layout.side, into: input + crop * layout.between) }
        for block in packed.blocks {
            widen(block, input, side: side)
            side /= block.shape.stride
            project(block, shortcut: block.shape.hasShortcut ? UnsafePointer(input) : nil, into: output, side: side)
            swap(&input, &output)
        }
        top(input, side: side, into: features)
    }

    /// The first layer: each row's squares of 3x3 are put side by side, as the inputs of a convolution of 1x1 pixels.
    private func stem(_ crop: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
        let (side, width, rows) = (layout.side, layout.side / 2, self.rows)
        for y in 0..<width {
            for place in 0..<9 {
                let (row, column) = (2 * y + place / 3, place % 3)
                for x in 0..<width {
                    // TensorFlow's SAME has the one row and the one column of zeros at the end.
                    let isInside = row < side && 2 * x + column < side
                    rows[x * lanes + place] = isInside ? crop[row * side + 2 * x + column] : 0
                }
            }
            for block in 0..<packed.stem.blocks {
                pointwise(packed.stem, block, rows, pixels: width, activation, into: output + (block * width + y) * width * lanes)
            }
        }
    }

    /// A block's first two convolutions, and the means of what they give.
    private func widen(_ block: EfficientNetPacked.Block, _ input: UnsafePointer<Float>, side: Int) {
        // A layer's weights serve all crops while they are in the cache; large planes fill it alone.
        let together = side * side <= 196 ? count : 1
        let outputs = side / block.shape.stride
        for first in stride(from: 0, to: count, by: together) {
            for channels in 0..<block.depthwise.blocks {
                for crop in first..<first + together {
                    let mean = means + crop * layout.means + channels * lanes
                    mean.update(repeating: 0, count: lanes)
                    widen(
                        block, channels, input + crop * layout.between, side: side,
                        into: wide + crop * layout.wide + channels * outputs * outputs * lanes, sum: mean)
                    for lane in 0..<lanes { mean[lane] /= Float(outputs * outputs) }
                }
            }
        }
    }

    /// One block of 16 channels, band after band: rows that the next band needs too are kept.
    private func widen(
        _ block: EfficientNetPacked.Block, _ channels: Int, _ input: UnsafePointer<Float>, side: Int, into output: UnsafeMutablePointer<Float>,
        sum: UnsafeMutablePointer<Float>
    ) {
        let (shape, band) = (block.shape, Band(block.shape, side: side))
        let (step, kernel) = (shape.stride, shape.kernel)
        let (before, outputs) = ((kernel - step) / 2, side / step)
        var filled = -before
        for firstRow in stride(from: 0, to: outputs, by: band.outputRows) {
            let count = min(band.outputRows, outputs - firstRow)
            let first = firstRow * step - before
            let kept = filled - first
            if kept > 0, firstRow > 0 { rows.update(from: rows + band.outputRows * step * band.row, count: kept * band.row) }
            let end = first + (count - 1) * step + kernel
            fill(max(filled, first)..<end, of: block, channels, input, side: side, from: first)
            filled = end
            for row in 0..<count {
                var call = idr_depthwise()
                (call.input, call.inputRow) = (UnsafePointer(rows + row * step * band.row), band.row)
                (call.weights, call.bias) = (block.depthwise.weights(of: channels), block.depthwise.bias(of: channels))
                (call.side, call.stride, call.pixels, call.activation) = (Int32(kernel), Int32(step), Int32(outputs), activation)
                (call.output, call.sum) = (output + (firstRow + row) * outputs * lanes, sum)
                layers.depthwise(&call)
            }
        }
    }

    /// Input rows for the convolution of each channel on its own; `first` is the one at the beginning of the memory.
    private func fill(
        _ range: Range<Int>, of block: EfficientNetPacked.Block, _ channels: Int, _ input: UnsafePointer<Float>, side: Int, from first: Int
    ) {
        let row = Band(block.shape, side: side).row
        let before = (block.shape.kernel - block.shape.stride) / 2
        for y in range {
            let start = rows + (y - first) * row
            guard 0..<side ~= y else {
                start.update(repeating: 0, count: row)
                continue
            }
            start.update(repeating: 0, count: before * lanes)
            (start + (before + side) * lanes).update(repeating: 0, count: row - (before + side) * lanes)
        }
        let inside = range.clamped(to: 0..<side)
        guard !inside.isEmpty else { return }
        let output = rows + (inside.lowerBound - first) * row + before * lanes
        if let expand = block.expand {
            pointwise(
                expand, channels, input + inside.lowerBound * side * lanes, inputBlock: side * side * lanes, pixels: inside.count * side, activation,
                into: output, row: (pixels: side, floats: row))
        } else {
            let plane = input + channels * side * side * lanes
            for y in inside { (output + (y - inside.lowerBound) * row).update(from: plane + y * side * lanes, count: side * lanes) }
        }
    }

    /// Squeeze-and-excitation and a block's last convolution.
    private func project(
        _ block: EfficientNetPacked.Block, shortcut: UnsafePointer<Float>?, into output: UnsafeMutablePointer<Float>, side: Int
    ) {
        let layer = block.project
        let plane = side * side * lanes
        // Channels' factors are taken into the weights, or into the channels where these are fewer numbers.
        let scalesWeights = block.squeeze != nil && side * side > block.shape.outputs
        for crop in 0..<count {
            if let squeeze = block.squeeze { excite(squeeze, means + crop * layout.means) }
            if scalesWeights {
                for out in 0..<layer.blocks {
                    layers.scale_vectors(layer.weights(of: out), factors, Int32(layer.inputs), scaled + out * layer.inputs * lanes)
                }
            } else if block.squeeze != nil {
                for channels in 0..<block.depthwise.blocks {
                    let values = wide + crop * layout.wide + channels * plane
                    layers.scale_channels(values, factors + channels * lanes, Int32(side * side), values)
                }
            }
            if scalesWeights { for out in 0..<layer.blocks { project(crop, out, scaled + out * layer.inputs * lanes) } }
        }
        if !scalesWeights { for out in 0..<layer.blocks { for crop in 0..<count { project(crop, out, layer.weights(of: out)) } } }

        func project(_ crop: Int, _ out: Int, _ weights: UnsafePointer<Float>) {
            let place = crop * layout.between + out * plane
            pointwise(
                layer, out, wide + crop * layout.wide, inputBlock: plane, pixels: side * side, IDR_LINEAR, into: output + place,
                weights: weights, shortcut: shortcut.map { $0 + place })
        }
    }

    /// Each channel's factor from all channels' means.
    private func excite(_ squeeze: (reduce: EfficientNetPacked.Layer, expand: EfficientNetPacked.Layer), _ means: UnsafePointer<Float>) {
        for block in 0..<squeeze.reduce.blocks {
            pointwise(squeeze.reduce, block, means, inputBlock: lanes, pixels: 1, IDR_SWISH, into: squeezed + block * lanes)
        }
        for block in 0..<squeeze.expand.blocks {
            pointwise(squeeze.expand, block, squeezed, inputBlock: lanes, pixels: 1, IDR_SIGMOID, into: factors + block * lanes)
        }
    }

    /// The last convolution and the means of its channels.
    private func top(_ input: UnsafePointer<Float>, side: Int, into features: UnsafeMutablePointer<Float>) {
        let pixels = side * side
        for block in 0..<packed.top.blocks {
            for crop in 0..<count {
                pointwise(
                    packed.top, block, input + crop * layout.between, inputBlock: pixels * lanes, pixels: pixels, activation, into: rows)
                let feature = features + crop * EfficientNet.featureCount + block * lanes
                var sum = SIMD16<Float>()
                for pixel in 0..<pixels { sum += UnsafeRawPointer(rows + pixel * lanes).loadUnaligned(as: SIMD16<Float>.self) }
                sum /= Float(pixels)
                UnsafeMutableRawPointer(feature).copyMemory(from: &sum, byteCount: lanes * MemoryLayout<Float>.stride)
            }
        }
    }

    private func pointwise(
        _ layer: EfficientNetPacked.Layer, _ block: Int, _ input: UnsafePointer<Float>, inputBlock: Int = 0, pixels: Int,
        _ activation: idr_activation, into output: UnsafeMutablePointer<Float>, row: (pixels: Int, floats: Int)? = nil,
        weights: UnsafePointer<Float>? = nil, shortcut: UnsafePointer<Float>? = nil
    ) {
        var call = idr_pointwise()
        (call.input, call.inputBlock, call.inputs) = (input, inputBlock, Int32(layer.inputs))
        (call.weights, call.bias) = (weights ?? layer.weights(of: block), layer.bias(of: block))
        (call.pixels, call.activation, call.shortcut) = (Int32(pixels), activation, shortcut)
        (call.output, call.rowPixels, call.outputRow) = (output, Int32(row?.pixels ?? pixels), row?.floats ?? 0)
        layers.pointwise(&call)
    }
}

private let lanes = EfficientNetPacked.lanes
