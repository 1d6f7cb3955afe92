/// A dense array of 32-bit floats that goes into a network or comes out of it.
package struct ONNXTensor: Sendable, Equatable {
    /// One number per dimension, slowest first: images are `[image, channel, y, x]`.
    package let shape: [Int]
    /// The elements in row-major order.
    package let values: [Float]

    package init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "a tensor holds as many values as its shape says")
        self.shape = shape
        self.values = values
    }
}

/// An input or output of a network, as its model declares it.
package struct ONNXPort: Sendable, Hashable {
    package let name: String
    /// One entry per dimension, slowest first; nil where any length is accepted.
    package let shape: [Int?]
    /// False where the elements are not 32-bit floats: such a network cannot be run by ``ONNXSession``.
    package let isFloat: Bool

    package init(name: String, shape: [Int?], isFloat: Bool) {
        self.name = name
        self.shape = shape
        self.isFloat = isFloat
    }
}
