/// The number types that torch's storages and NumPy's arrays may have here.
package enum NumberType: Sendable, Hashable, CaseIterable {
    case float16, bfloat16, float32, float64
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// The type a NumPy descriptor such as `<f4` or `i8` names; nil for strings, objects, records, complex and 128-bit numbers.
    package init?(numpy descriptor: some StringProtocol) {
        switch descriptor.drop(while: { "<>=|".contains($0) }) {
        case "f2": self = .float16
        case "f4": self = .float32
        case "f8": self = .float64
        case "i1": self = .int8
        case "i2": self = .int16
        case "i4": self = .int32
        case "i8": self = .int64
        case "u1": self = .uint8
        case "u2": self = .uint16
        case "u4": self = .uint32
        case "u8": self = .uint64
        case "b1", "?": self = .bool
        default: return nil
        }
    }
}

extension Float {
    /// An IEEE 754 binary16 number, exactly.
    ///
    /// Swift's own `Float16` does not exist on every platform, and without hardware support it is no faster.
    init(half bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1f)
        let fraction = UInt32(bits & 0x3ff)
        switch exponent {
        case 0: self = Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
        case 31: self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    /// A bfloat16 number, exactly: the upper half of a 32-bit float.
    init(bfloat bits: UInt16) { self = Float(bitPattern: UInt32(bits) << 16) }
}
