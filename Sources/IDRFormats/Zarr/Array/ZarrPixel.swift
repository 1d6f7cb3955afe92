/// The number types that arrays are stored in.
protocol ZarrPixel: BitwiseCopyable, Sendable {
    /// The value whose bytes are the low ones of `bits`.
    init(fill bits: UInt64)
    var byteSwapped: Self { get }
}

extension ZarrPixel where Self: FixedWidthInteger {
    init(fill bits: UInt64) { self.init(truncatingIfNeeded: bits) }
}

extension UInt8: ZarrPixel {}
extension Int8: ZarrPixel {}
extension UInt16: ZarrPixel {}
extension Int16: ZarrPixel {}
extension UInt32: ZarrPixel {}
extension Int32: ZarrPixel {}
extension UInt64: ZarrPixel {}
extension Int64: ZarrPixel {}

extension Float: ZarrPixel {
    init(fill bits: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: bits)) }
    var byteSwapped: Float { Float(bitPattern: bitPattern.byteSwapped) }
}

extension Double: ZarrPixel {
    init(fill bits: UInt64) { self.init(bitPattern: bits) }
    var byteSwapped: Double { Double(bitPattern: bitPattern.byteSwapped) }
}
