import IDRFiles
package import IDRImaging
package import IDRPlan

/// Makes a network of 8-bit whole numbers from one of floats (Jacob et al. 2018, "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference"): weights by their own size, results by the sizes that they have on images that it is shown.
package struct CellposeQuantiser {
    private let network: CPnet
    /// The steps in floats.
    private let session: ONNXSession
    private let steps: [String]
    private var ranges: [StepRange]
    private let origin: ContentFile
    /// How many images were shown.
    package private(set) var images = 0

    /// - Parameter path: of the network's weights in floats.
    /// - Throws: ``IDRError`` where they cannot be read, or the network is larger than sums of 32 bits allow.
    package init(network path: String) throws(IDRError) {
        let name = lastPathComponent(of: path)
        try self.init(CPnet(stateDict: TorchFile(reading: path).tensors), origin: ContentFile(file: path, name: name))
    }

    /// - Parameter origin: the file that the network was read from.
    package init(_ network: CPnet, origin: ContentFile) throws(IDRError) {
        self.network = network
        let name = origin.name
        let longest = (network.channels.max() ?? 0) * 9
        guard longest <= IntegerWeights.longestSum else {
            throw IDRError(
                .invalidInput, "this network cannot be quantised", at: [name],
                because: "it adds up \(longest) products for a pixel, and \(IntegerWeights.longestSum) are sure to fit 32 bits")
        }
        self.origin = origin
        var observed = SteppedCPnet(blocks: network.blocks, writer: ObservedSteps())
        session = try ONNXSession(model: observed.build(), name: name)
        steps = observed.writer.steps
        ranges = Array(repeating: StepRange(), count: steps.count)
    }

    /// Shows it an image as a run would: at its own scale, where diameters are estimated, and at the network's.
    /// - Parameters:
    ///   - image: normalised.
    ///   - diameter: of its nuclei, in pixels.
    package mutating func observe(_ image: Plane<Float>, diameter: Double) throws(IDRError) {
        images += 1
        try observe(image)
        let rescale = Double(network.diameterMean) / diameter
        guard rescale != 1 else { return }
        try observe(
            Cellpose.resizedLinear(
                image, height: Cellpose.scaledSide(image.height, rescale: rescale), width: Cellpose.scaledSide(image.width, rescale: rescale)))
    }

    private mutating func observe(_ image: Plane<Float>) throws(IDRError) {
        let layout = Cellpose.TileLayout(height: image.height, width: image.width)
        for index in layout.tiles.indices {
            let input = CPnet.input(layout.tile(index, of: image), channels: network.channels[0])
            let results = try session.run(["x": input], outputs: steps)
            for (step, result) in results.enumerated() { ranges[step].count(result.values) }
        }
    }

    /// The bytes of the file; the same network and images give the same bytes.
    /// - Parameter calibration: what the images were, for people: in the file.
    package func quantised(calibration: String) throws(IDRError) -> [UInt8] {
        guard images > 0 else {
            throw IDRError(.invalidInput, "nothing says how large the network's numbers get", fix: "give images to calibrate with")
        }
        let notes = CellposeInt8File.notes(of: network, origin: origin, calibration: calibration)
        var written = SteppedCPnet(blocks: network.blocks, writer: IntegerSteps(ranges.map { Quantum($0.range) }, notes: notes))
        return written.build()
    }

    /// What the bytes of a quantised network segment with, to compare it before it is a file.
    package static func segmenter(_ bytes: [UInt8], name: String) throws(IDRError) -> any Segmenter {
        CellposeSegmenter(network: try CellposeNetwork(CellposeInt8File(bytes, of: name), name: name), sizeModel: nil)
    }
}
