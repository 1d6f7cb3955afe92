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
    /// Lengths and strides of the dimensions that are not of length 1.
    private let lengths: [Int]
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
        // A dimension of length 1 has no second element, whatever its stride says; without such dimensions rows are longer, too.
        let dimensions = zip(shape, strides).filter { $0.0 != 1 }
        if count > 0 {
            var last = offset
            for (length, stride) in dimensions {
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
        lengths = dimensions.map(\.0)
        self.strides = dimensions.map(\.1)
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
        let isDense = strides == StridedNumbers.rowMajor(lengths)
        if isDense && (!isBigEndian || size == 1) {
            let start = bytes.startIndex + offset * size
            return bytes[start..<start + count * size]
        }
        return switch size {
        case 1: gather(UInt8.self)
        case 2: gather(UInt16.self)
        case 4: gather(UInt32.self)
        default: gather(UInt64.self)
        }
    }

    /// Copies the elements, taken as words of their size, into row-major order and turns them into little-endian ones.
    private func gather<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word.Type) -> ArraySlice<UInt8> {
        let size = MemoryLayout<Word>.size
        let length = lengths.last ?? 1
        let step = strides.last ?? 0
        return bytes.withUnsafeBytes { source in
            [UInt8](unsafeUninitializedCapacity: count * size) { target, filled in
                let target = UnsafeMutableRawBufferPointer(target)
                forEachRow { start, row in
                    for index in 0..<length {
                        let bits = source.loadUnaligned(fromByteOffset: (start + index * step) * size, as: Word.self)
                        target.storeBytes(of: isBigEndian ? bits.byteSwapped : bits, toByteOffset: (row * length + index) * size, as: Word.self)
                    }
                }
                filled = count * size
            }[...]
        }
    }

    /// Calls `body` with the first element's index of every row (a run along the last dimension) and the row's number. There must be elements.
    private func forEachRow(_ body: (_ start: Int, _ row: Int) -> Void) {
        let outer = lengths.dropLast()
        var index = [Int](repeating: 0, count: outer.count)
        var start = offset
        for row in 0..<count / (lengths.last ?? 1) {
            body(start, row)
            for dimension in outer.indices.reversed() {
                index[dimension] += 1
                start += strides[dimension]
                if index[dimension] < lengths[dimension] { break }
                start -= strides[dimension] * lengths[dimension]
                index[dimension] = 0
            }
        }
    }
}
