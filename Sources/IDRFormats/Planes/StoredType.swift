import IDRImaging
import IDRPlan

/// The number types of pixels in files. Those that planes do not have are converted where each value stays exactly what it is,
/// and are refused by name where one does not.
enum StoredType: String, Sendable, Hashable {
    case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

    /// Of one pixel.
    var bytes: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// What its planes are as a rule. Whole numbers that do not fit are 32-bit floats.
    var pixelType: PixelType {
        switch self {
        case .bool, .uint8, .int8: .uint8
        case .uint16, .int16, .uint32, .int32, .uint64, .int64: .uint16
        case .float16, .float32, .float64: .float32
        }
    }

    /// What messages list.
    static let known = "bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32 and float64"

    /// `pixels`, of this type, as a plane.
    func plane<Pixel: BinaryInteger & Sendable>(_ pixels: Plane<Pixel>) throws(IDRError) -> PixelPlane {
        let (least, most) = (pixels.pixels.min() ?? 0, pixels.pixels.max() ?? 0)
        if least >= 0, pixelType == .uint8 { return .uint8(pixels.map { UInt8(truncatingIfNeeded: $0) }) }
        if least >= 0, pixelType == .uint16, UInt64(most) <= UInt64(UInt16.max) { return .uint16(pixels.map { UInt16(truncatingIfNeeded: $0) }) }
        // A float has all whole numbers up to this, and some of those beyond.
        let exact = 1 << 24
        let isExact = Int64(exactly: least).map { $0 >= -exact } == true && Int64(exactly: most).map { $0 <= exact } == true
        if !isExact, let other = pixels.pixels.first(where: { Float(exactly: $0) == nil }) { throw inexact("\(other)") }
        return .float32(pixels.map { Float($0) })
    }

    func plane(_ pixels: Plane<Double>) throws(IDRError) -> PixelPlane {
        if let other = pixels.pixels.first(where: { !$0.isNaN && Double(Float($0)) != $0 }) { throw inexact("\(other)") }
        return .float32(pixels.map { Float($0) })
    }

    private func inexact(_ value: String) -> IDRError {
        IDRError(
            .invalidInput, "the pixels are \(rawValue), and cannot be converted exactly",
            because: "\(value) is no 32-bit float, and planes are uint8, uint16 or float32",
            fix: "convert the image to one of these types")
    }

    /// The float with the bits of a half-precision one.
    static func half(_ bits: UInt16) -> Float {
        let (sign, exponent, fraction) = (UInt32(bits >> 15) << 31, UInt32(bits >> 10 & 31), UInt32(bits & 1023))
        if exponent == 0 { return Float(bitPattern: sign | Float(fraction).bitPattern) * 0x1p-24 }
        return Float(bitPattern: sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13)
    }
}

extension PixelPlane {
    /// The planes in one number type: where whole numbers of one image had to become floats in some planes, they do in all.
    package static func unified(_ planes: [PixelPlane]) -> [PixelPlane] {
        guard let first = planes.first, planes.contains(where: { $0.pixelType != first.pixelType }) else { return planes }
        return planes.map { .float32($0.asFloat()) }
    }
}
