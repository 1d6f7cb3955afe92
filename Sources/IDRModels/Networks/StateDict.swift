import IDRPlan

/// The tensors of a saved network by name, checked against the shapes that its architecture has.
struct StateDict: Sendable {
    private let tensors: [String: Tensor]
    private let architecture: String

    /// - Parameter architecture: what messages call the network that the tensors should belong to.
    init(_ tensors: [NamedTensor], of architecture: String) {
        self.tensors = Dictionary(tensors.map { ($0.name, $0.tensor) }) { _, last in last }
        self.architecture = architecture
    }

    var names: Dictionary<String, Tensor>.Keys { tensors.keys }

    /// The tensor `name`, or nil where the file has none.
    func optional(_ name: String) -> Tensor? { tensors[name] }

    /// The tensor `name`; nil in `shape` stands for any length.
    func tensor(_ name: String, shape: [Int?]) throws(IDRError) -> Tensor {
        guard let tensor = tensors[name] else { throw mismatch("tensor \(name) is missing") }
        guard tensor.shape.count == shape.count, zip(tensor.shape, shape).allSatisfy({ $1 == nil || $0 == $1 }) else {
            let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw mismatch("tensor \(name) has the shape \(tensor.shape), the network's is [\(expected)]")
        }
        return tensor
    }

    /// The batch normalisation whose tensors' names start with `name`, for `channels` channels.
    func batchNormalization(_ name: String, channels: Int, epsilon: Double) throws(IDRError) -> ChannelAffine {
        let parts = try ["weight", "bias", "running_mean", "running_var"].map { (part) throws(IDRError) in
            try tensor("\(name).\(part)", shape: [channels]).values
        }
        return ChannelAffine(gamma: parts[0], beta: parts[1], mean: parts[2], variance: parts[3], epsilon: epsilon)
    }

    /// The convolution or linear layer with a bias whose tensors' names start with `name`; `shape` is that of its weights.
    func layer(_ name: String, shape: [Int?]) throws(IDRError) -> Convolution {
        let weights = try tensor("\(name).weight", shape: shape)
        return Convolution(weights: weights, bias: try tensor("\(name).bias", shape: [weights.shape.first]))
    }

    func mismatch(_ reason: String) -> IDRError {
        IDRError(.invalidInput, "the weights are not those of \(architecture)", because: reason, fix: "give the weights of \(architecture)")
    }
}
