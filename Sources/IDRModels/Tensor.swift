/// A dense array of 32-bit floats: a weight as every importer delivers it, and what goes into a network or comes out of it.
package struct Tensor: Sendable, Equatable {
    /// One number per dimension, slowest first; empty for a scalar. Images are `[image, channel, y, x]`.
    package let shape: [Int]
    /// The elements in row-major order.
    package let values: [Float]

    package init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "a tensor holds as many values as its shape says")
        self.shape = shape
        self.values = values
    }
}
