/// A named array of a network's weights, as every importer delivers it and every graph takes it.
package struct WeightTensor: Sendable, Equatable {
    /// One number per dimension, slowest first; empty for a scalar.
    package let shape: [Int]
    /// The elements in row-major order, converted to 32-bit floats.
    package let values: [Float]

    package init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "a tensor holds as many values as its shape says")
        self.shape = shape
        self.values = values
    }
}
