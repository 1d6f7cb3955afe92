/// A network of the CPnet architecture as a list of steps that 8-bit numbers can take, each of whose results is kept in 8 bits.
///
/// The steps are those of ``CPnetGraph`` with other additions: what the style adds becomes part of a convolution's bias, and normalisations that
/// stand alone stay convolutions of each channel with itself. The same list is walked with floats, to see how large each result gets, and with
/// whole numbers, to write the network (``StepWriter``).
struct SteppedCPnet<Writer: StepWriter> {
    let blocks: CPnetBlocks
    var writer: Writer

    /// - Returns: the bytes of the ONNX file.
    mutating func build() -> [UInt8] {
        var levels = [entry(blocks.down[0])]
        for level in blocks.down.dropFirst() { levels.append(down(level, writer.halved(levels[levels.count - 1]))) }
        var x = levels[levels.count - 1]
        writer.style(of: x)
        for (index, level) in blocks.up.enumerated().reversed() {
            x = up(level, x, skip: levels[index], enlarges: index < blocks.up.count - 1)
        }
        let a = writer.convolution(x, blocks.head.norm.depthwise, .init(isDepthwise: true, isRectified: true))
        return writer.end(a, blocks.head.layer, channels: blocks.channels)
    }

    /// The finest level: its first convolution and its shortcut take the image, in floats.
    private mutating func entry(_ level: CPnetBlocks.Level) -> Writer.Result {
        let c = level.convolutions
        let input = writer.input(channels: blocks.channels[0])
        let h = writer.entering(input, c[0].norm, c[0].layer.followed(by: c[1].norm), isRectified: true)
        let shortcut = writer.entering(input, nil, level.projection, isRectified: false)
        return second(level, writer.add(shortcut, writer.convolution(h, c[1].layer, .spatial), isRectified: false))
    }

    private mutating func down(_ level: CPnetBlocks.Level, _ input: Writer.Result) -> Writer.Result {
        let c = level.convolutions
        var h = writer.convolution(input, c[0].norm.depthwise, .init(isDepthwise: true, isRectified: true))
        h = writer.convolution(h, c[0].layer.followed(by: c[1].norm), .rectifiedSpatial)
        h = writer.convolution(h, c[1].layer, .spatial)
        let shortcut = writer.convolution(input, level.projection, .init())
        return second(level, writer.add(shortcut, h, isRectified: false))
    }

    /// The second pair of a level of the encoder.
    private mutating func second(_ level: CPnetBlocks.Level, _ x: Writer.Result) -> Writer.Result {
        let c = level.convolutions
        var h = writer.convolution(x, c[2].norm.depthwise, .init(isDepthwise: true, isRectified: true))
        h = writer.convolution(h, c[2].layer.followed(by: c[3].norm), .rectifiedSpatial)
        return writer.add(x, writer.convolution(h, c[3].layer, .spatial), isRectified: false)
    }

    private mutating func up(_ level: CPnetBlocks.Level, _ input: Writer.Result, skip: Writer.Result, enlarges: Bool) -> Writer.Result {
        let c = level.convolutions
        let styles = [0, 1, 2].map { level.styles[$0].followed(by: c[$0 + 1].norm) }
        var h = writer.convolution(input, c[0].norm.depthwise, .init(isDepthwise: true, isRectified: true))
        let first = c[0].layer.followed(by: c[1].norm.scaling)
        h = enlarges ? writer.spread(writer.convolution(h, first.onEnlargedInput, .spatial)) : writer.convolution(h, first, .spatial)
        let encoded = writer.convolution(skip, c[1].norm.scaling.depthwise, .init(isDepthwise: true, style: styles[0]))
        h = writer.convolution(writer.add(h, encoded, isRectified: true), c[1].layer, .spatial)

        let shortcut = writer.convolution(input, level.projection, .init())
        let x = writer.add(enlarges ? writer.enlarged(shortcut) : shortcut, h, isRectified: false)
        h = writer.convolution(x, c[2].norm.scaling.depthwise, .init(isDepthwise: true, isRectified: true, style: styles[1]))
        h = writer.convolution(h, c[2].layer.followed(by: c[3].norm.scaling), .init(padding: 1, isRectified: true, style: styles[2]))
        return writer.add(x, writer.convolution(h, c[3].layer, .spatial), isRectified: false)
    }
}

/// How a step convolves.
struct StepOptions {
    var padding = 0
    /// Each channel is convolved with its own kernel only.
    var isDepthwise = false
    /// Negative results become 0.
    var isRectified = false
    /// The linear layer whose answer to the style is added to each channel, before that.
    var style: Convolution?

    static let spatial = Self(padding: 1)
    static let rectifiedSpatial = Self(padding: 1, isRectified: true)
}

/// Writes the steps of a ``SteppedCPnet`` as operators of a graph.
protocol StepWriter {
    associatedtype Result

    mutating func input(channels: Int) -> String
    /// A convolution of the image itself, in floats: `layer(ReLU(norm(x)))`, or of the image as it is.
    mutating func entering(_ input: String, _ norm: ChannelAffine?, _ layer: Convolution, isRectified: Bool) -> Result
    mutating func convolution(_ input: Result, _ layer: Convolution, _ options: StepOptions) -> Result
    mutating func add(_ left: Result, _ right: Result, isRectified: Bool) -> Result
    /// The largest of each 2 x 2 pixels.
    mutating func halved(_ input: Result) -> Result
    /// Each pixel twice, along both sides.
    mutating func enlarged(_ input: Result) -> Result
    /// What ``Convolution/onEnlargedInput`` gives, spread out.
    mutating func spread(_ input: Result) -> Result
    /// Makes the style of the coarsest level, for the steps after it.
    mutating func style(of input: Result)
    mutating func end(_ input: Result, _ head: Convolution, channels: [Int]) -> [UInt8]
}
