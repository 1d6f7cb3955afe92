/// A dense array of 32-bit floats that goes into a network or comes out of it.
public struct ONNXTensor: Sendable, Equatable {
    /// One number per dimension, slowest first: images are `[image, channel, y, x]`.
    public let shape: [Int]
    /// The elements in row-major order.
    public let values: [Float]

    public init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "a tensor holds as many values as its shape says")
        self.shape = shape
        self.values = values
    }
}

/// An input or output of a network, as its model declares it.
public struct ONNXPort: Sendable, Hashable {
    public let name: String
    /// One entry per dimension, slowest first; nil where any length is accepted.
    public let shape: [Int?]
    /// False where the elements are not 32-bit floats: such a network cannot be run by ``ONNXSession``.
    public let isFloat: Bool

    package init(name: String, shape: [Int?], isFloat: Bool) {
        self.name = name
        self.shape = shape
        self.isFloat = isFloat
    }
}
