package import IDRImaging
package import IDRPlan
import Synchronization

/// A network of the CPnet architecture, ready to run on tiles of grey images.
package final class CellposeNetwork: Sendable {
    /// Diameter in pixels that objects have at the network's own scale.
    package let meanDiameter: Double
    /// Planes of the input.
    private let channels: Int
    private let name: String
    private let threads: Int
    private let source: Source
    /// Each is made when it is needed first.
    private let sessions = Mutex<[Form: ONNXSession]>([:])

    private enum Source {
        case floats(CPnet)
        case wholeNumbers(CellposeInt8File)
    }

    /// The graphs that the network has.
    private enum Form: Hashable {
        case whole
        /// Steered by the style around each place.
        case local(CPnet.StyleWindow)
        /// The encoder alone.
        case style
    }

    /// - Parameters:
    ///   - stateDict: as the weights file names them, see ``TorchFile``.
    ///   - name: what messages call it: the file's path.
    /// - Throws: ``IDRError`` where the tensors are not those of such a network, or cannot serve one.
    package init(stateDict: [NamedTensor], name: String, threads: Int = 1) throws(IDRError) {
        let network = try CPnet(stateDict: stateDict)
        meanDiameter = Double(network.diameterMean)
        channels = network.channels[0]
        source = .floats(network)
        self.name = name
        self.threads = threads
        // Cellpose's steps after the network take three planes, and images are scaled by the diameter: 30 pixels, or 17, in published networks.
        guard network.outputs == 3, (1...1000).contains(meanDiameter) else {
            throw IDRError(
                .invalidInput, "this network cannot segment", at: [name],
                because: network.outputs == 3
                    ? "its mean diameter is \(meanDiameter) pixels, and 1 to 1000 are taken"
                    : "it gives \(network.outputs) planes, and three are needed: two flows and a probability",
                fix: "give a Cellpose 2.1 network")
        }
    }

    /// A network of 8-bit whole numbers.
    /// - Throws: ``IDRError`` where it does not take one image of some planes.
    init(_ file: CellposeInt8File, name path: String, threads: Int = 1) throws(IDRError) {
        meanDiameter = Double(file.diameterMean)
        let session = try ONNXSession(model: file.bytes, name: path, threads: threads)
        guard let planes = session.inputs.first?.shape.dropFirst().first ?? nil, session.inputs.count == 1 else {
            throw IDRError(.invalidInput, "this is no quantised Cellpose network", at: [path], because: "it does not take one image of some planes")
        }
        channels = planes
        source = .wholeNumbers(file)
        name = path
        self.threads = threads
        sessions.withLock { $0[.whole] = session }
    }

    /// What the network says of one tile.
    package struct Answer: Sendable {
        /// `[3, y, x]`: five times the flow along y and x, and the cell probability's logit.
        package let output: [Float]
        /// Of unit length.
        package let style: [Float]
    }

    /// - Parameters:
    ///   - tile: the grey channel; the network's further channels are zero, as Cellpose gives them for grey images.
    ///   - isLocal: whether each place is steered by the style of the 224 pixels around it, and not by the tile's, where the network can.
    package func run(_ tile: Plane<Float>, isLocal: Bool = false) throws(IDRError) -> Answer {
        let window = isLocal ? styleWindow(height: tile.height, width: tile.width) : nil
        let session = try session(window.map(Form.local) ?? .whole)
        let answer = try session.run(["x": CPnet.input(tile, channels: channels)], outputs: ["y", "style"])
        // A quantised network is a file of its own, which may hold another one than it says.
        guard answer[0].values.count == 3 * tile.pixels.count else {
            throw IDRError(.invalidInput, "\(session.name) cannot segment", because: "it gives \(answer[0].shape), and three planes are needed")
        }
        return Answer(output: answer[0].values, style: answer[1].values)
    }

    /// The style of one tile: the same bits as ``run(_:isLocal:)`` gives.
    package func style(of tile: Plane<Float>) throws(IDRError) -> [Float] {
        try session(.style).run(["x": CPnet.input(tile, channels: channels)], outputs: ["style"])[0].values
    }

    /// nil where no place has a style of its own. In whole numbers the style is the bias of convolutions: one for all places.
    private func styleWindow(height: Int, width: Int) -> CPnet.StyleWindow? {
        guard case .floats(let network) = source else { return nil }
        return network.styleWindow(height: height, width: width)
    }

    private func model(_ form: Form) -> [UInt8] {
        switch (source, form) {
        case (.floats(let network), .whole): network.model()
        case (.floats(let network), .local(let window)): network.model(window: window)
        case (.floats(let network), .style): network.styleModel()
        case (.wholeNumbers(let file), .style): file.encoder
        case (.wholeNumbers(let file), _): file.bytes
        }
    }

    private func session(_ form: Form) throws(IDRError) -> ONNXSession {
        try sessions.withLock { sessions throws(IDRError) in
            if let session = sessions[form] { return session }
            let session = try ONNXSession(model: model(form), name: name, threads: threads)
            sessions[form] = session
            return session
        }
    }
}
