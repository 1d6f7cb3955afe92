package import IDRPlan

/// A `.npy` file (format versions 1 to 3) of plain numbers: booleans, integers or floats of 1 to 8 bytes, of either byte order,
/// in row-major or column-major (Fortran) order.
package struct NumpyFile: Sendable {
    /// One number per dimension, slowest first; empty for a scalar.
    package var shape: [Int] { numbers.shape }
    /// The elements' type as NumPy describes it, for example `<f4`.
    package let type: String
    private let numbers: StridedNumbers

    /// Reads the file at `path` whole.
    ///
    /// - Throws: `missing`, `invalidInput` for truncated or other files and for arrays of strings, records or objects.
    package init(reading path: String) throws(IDRError) {
        self = try WeightBytes.naming(path) { () throws(IDRError) in try NumpyFile(bytes: try WeightBytes.read(path)) }
    }

    package init(bytes: [UInt8]) throws(IDRError) {
        let header = try NumpyHeader(bytes)
        guard let type = NumberType(numpy: header.descriptor) else {
            throw IDRError(.invalidInput, "the array has a type that is not read", because: "its elements are \(header.descriptor), not numbers")
        }
        let count = try StridedNumbers.count(of: header.shape, limit: .max)
        guard count <= (bytes.count - header.end) / type.size else {
            throw IDRError(
                .invalidInput, "the .npy file is truncated",
                because: "shape \(header.shape) needs \(count) elements, but \((bytes.count - header.end) / type.size) are there")
        }
        self.type = header.descriptor
        numbers = try StridedNumbers(
            bytes[header.end...], type: type, isBigEndian: header.descriptor.hasPrefix(">"), shape: header.shape,
            strides: header.isColumnMajor ? StridedNumbers.columnMajor(header.shape) : nil, limit: count)
    }

    /// The elements in row-major order; 64-bit integers beyond 2^53 are rounded.
    package func doubles() -> [Double] { numbers.doubles() }

    /// The array with its elements in row-major order, rounded to 32-bit floats.
    package func tensor() -> Tensor { Tensor(shape: shape, values: numbers.floats()) }
}
