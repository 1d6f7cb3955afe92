package import IDRImaging
package import IDRPlan
import Synchronization

/// A network of the CPnet architecture, ready to run on tiles of grey images.
package final class CellposeNetwork: Sendable {
    /// Diameter in pixels that objects have at the network's own scale.
    package let meanDiameter: Double
    private let network: CPnet
    private let name: String
    private let threads: Int
    /// Each is made when it is needed first.
    private let sessions = Mutex<[Form: ONNXSession]>([:])

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
        self.network = network
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

    /// What the network says of one tile.
    package struct Answer: Sendable {
        /// `[3, y, x]`: five times the flow along y and x, and the cell probability's logit.
        package let output: [Float]
        /// Of unit length.
        package let style: [Float]
    }

    /// - Parameters:
    ///   - tile: the grey channel; the network's further channels are zero, as Cellpose gives them for grey images.
    ///   - isLocal: whether each place is steered by the style of the 224 pixels around it, and not by the tile's.
    package func run(_ tile: Plane<Float>, isLocal: Bool = false) throws(IDRError) -> Answer {
        let window = isLocal ? network.styleWindow(height: tile.height, width: tile.width) : nil
        let session = try session(window.map(Form.local) ?? .whole)
        let answer = try session.run(["x": input(tile)], outputs: ["y", "style"])
        return Answer(output: answer[0].values, style: answer[1].values)
    }

    /// The style of one tile: the same bits as ``run(_:isLocal:)`` gives.
    package func style(of tile: Plane<Float>) throws(IDRError) -> [Float] {
        try session(.style).run(["x": input(tile)], outputs: ["style"])[0].values
    }

    private func input(_ tile: Plane<Float>) -> Tensor {
        let channels = network.channels[0]
        var values = tile.pixels
        values.append(contentsOf: repeatElement(0, count: (channels - 1) * tile.pixels.count))
        return Tensor(shape: [1, channels, tile.height, tile.width], values: values)
    }

    private func session(_ form: Form) throws(IDRError) -> ONNXSession {
        try sessions.withLock { sessions throws(IDRError) in
            if let session = sessions[form] { return session }
            let model =
                switch form {
                case .whole: network.model()
                case .local(let window): network.model(window: window)
                case .style: network.styleModel()
                }
            let session = try ONNXSession(model: model, name: name, threads: threads)
            sessions[form] = session
            return session
        }
    }
}
