package import IDRPlan

/// Numbers laid out in a block of bytes as torch and NumPy describe them: a type, a first element, a shape and a stride per dimension.
///
/// The initialiser proves that every element lies inside the block, so reading cannot fail.
package struct StridedNumbers: Sendable {
    package let shape: [Int]
    package let type: NumberType
    /// The number of elements.
    package let count: Int
    private let bytes: ArraySlice<UInt8>
    private let isBigEndian: Bool
    private let offset: Int
    private let strides: [Int]

    /// - Parameters:
    ///   - offset: the first element's index in `bytes`, in elements.
    ///   - strides: distances between neighbours in elements, never negative; nil for row-major order without gaps.
    ///   - limit: the most elements there may be (a stride of 0 makes any number of them out of one).
    package init(
        _ bytes: ArraySlice<UInt8>, type: NumberType, isBigEndian: Bool = false, offset: Int = 0, shape: [Int], strides: [Int]? = nil, limit: Int
    ) throws(IDRError) {
        let count = try StridedNumbers.count(of: shape, limit: limit)
        let strides = strides ?? StridedNumbers.rowMajor(shape)
        guard strides.count == shape.count, offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
            throw IDRError(
                .invalidInput, "an array's layout is impossible", because: "shape \(shape), strides \(strides.prefix(64)), offset \(offset)")
        }
        // A dimension of length 1 has no second element, whatever its stride says.
        let effective = zip(shape, strides).map { $0 == 1 ? 0 : $1 }
        if count > 0 {
            var last = offset
            for (length, stride) in zip(shape, effective) {
                let (step, overflow) = (length - 1).multipliedReportingOverflow(by: stride)
                let (sum, overflowed) = last.addingReportingOverflow(step)
                last = overflow || overflowed ? .max : sum
                if last == .max { break }
            }
            guard last < bytes.count / type.size else {
                throw IDRError(
                    .invalidInput, "an array reaches beyond its data",
                    because: "shape \(shape), strides \(strides), offset \(offset), but the data have \(bytes.count / type.size) elements")
            }
        }
        self.shape = shape
        self.type = type
        self.count = count
        self.bytes = bytes
        self.isBigEndian = isBigEndian
        self.offset = offset
        self.strides = effective
    }

    /// The number of elements of an array of this shape.
    package static func count(of shape: [Int], limit: Int) throws(IDRError) -> Int {
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow, shape.count <= 64 else {
                throw IDRError(.invalidInput, "an array's shape \(shape.prefix(64)) is impossible")
            }
            count = product
        }
        guard count <= limit else {
            throw IDRError(.refused, "an array of shape \(shape) is larger than its file can mean", because: "at most \(limit) elements belong there")
        }
        return count
    }

    /// Strides of row-major order without gaps.
    package static func rowMajor(_ shape: [Int]) -> [Int] {
        var strides = shape
        var step = 1
        for dimension in shape.indices.reversed() {
            strides[dimension] = step
            // Wraps only for shapes without elements or those that `count(of:limit:)` refuses.
            step &*= max(1, shape[dimension])
        }
        return strides
    }

    /// Strides of column-major (Fortran) order without gaps.
    package static func columnMajor(_ shape: [Int]) -> [Int] { rowMajor(shape.reversed()).reversed() }

    /// The elements in row-major order, rounded to 32-bit floats.
    package func floats() -> [Float] { values(as: Float.self) }

    /// The elements in row-major order; 64-bit integers beyond 2^53 are rounded.
    package func doubles() -> [Double] { values(as: Double.self) }

    private func values<Output: BinaryFloatingPoint & BitwiseCopyable>(as output: Output.Type) -> [Output] {
        let elements = rowMajorLittleEndian()
        switch type {
        case .float16: return convert(elements) { (bits: UInt16) in Output(Float(half: UInt16(littleEndian: bits))) }
        case .bfloat16: return convert(elements) { (bits: UInt16) in Output(Float(bfloat: UInt16(littleEndian: bits))) }
        case .float32: return convert(elements) { (bits: UInt32) in Output(Float(bitPattern: UInt32(littleEndian: bits))) }
        case .float64: return convert(elements) { (bits: UInt64) in Output(Double(bitPattern: UInt64(littleEndian: bits))) }
        case .int8: return convert(elements) { (value: Int8) in Output(value) }
        case .int16: return convert(elements) { (value: Int16) in Output(Int16(littleEndian: value)) }
        case .int32: return convert(elements) { (value: Int32) in Output(Int32(littleEndian: value)) }
        case .int64: return convert(elements) { (value: Int64) in Output(Int64(littleEndian: value)) }
        case .uint8: return convert(elements) { (value: UInt8) in Output(value) }
        case .uint16: return convert(elements) { (value: UInt16) in Output(UInt16(littleEndian: value)) }
        case .uint32: return convert(elements) { (value: UInt32) in Output(UInt32(littleEndian: value)) }
        case .uint64: return convert(elements) { (value: UInt64) in Output(UInt64(littleEndian: value)) }
        case .bool: return convert(elements) { (value: UInt8) in value == 0 ? 0 : 1 }
        }
    }

    private func convert<Stored: BitwiseCopyable, Output>(_ elements: ArraySlice<UInt8>, _ number: (Stored) -> Output) -> [Output] {
        elements.withUnsafeBytes { source in
            [Output](unsafeUninitializedCapacity: count) { buffer, filled in
                for index in 0..<count {
                    buffer.initializeElement(
                        at: index, to: number(source.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)))
                }
                filled = count
            }
        }
    }

    /// The elements' bytes one after the other: a part of the block itself where they already lie so.
    private func rowMajorLittleEndian() -> ArraySlice<UInt8> {
        let size = type.size
        guard count > 0 else { return [] }
        let isDense = zip(shape, zip(strides, StridedNumbers.rowMajor(shape))).allSatisfy { $0 == 1 || $1.0 == $1.1 }
        if isDense && (!isBigEndian || size == 1) {
            let start = bytes.startIndex + offset * size
            return bytes[start..<start + count * size]
        }
        return bytes.withUnsafeBytes { source in
            [UInt8](unsafeUninitializedCapacity: count * size) { target, filled in
                forEachElement { element, position in
                    for byte in 0..<size {
                        let from = isBigEndian ? size - 1 - byte : byte
                        target.initializeElement(at: position * size + byte, to: source[element * size + from])
                    }
                }
                filled = count * size
            }[...]
        }
    }

    /// Calls `body` with every element's index in the block and its position in row-major order.
    private func forEachElement(_ body: (_ element: Int, _ position: Int) -> Void) {
        var index = [Int](repeating: 0, count: shape.count)
        var element = offset
        for position in 0..<count {
            body(element, position)
            var dimension = shape.count - 1
            while dimension >= 0 {
                index[dimension] += 1
                element += strides[dimension]
                if index[dimension] < shape[dimension] { break }
                element -= strides[dimension] * shape[dimension]
                index[dimension] = 0
                dimension -= 1
            }
        }
    }
}
