/// The number types of pixels that arrays are read as.
protocol ZarrPixel: BitwiseCopyable, Sendable {
    /// The value whose bytes are the low ones of `bits`.
    init(fill bits: UInt32)
    var byteSwapped: Self { get }
}

extension UInt8: ZarrPixel {
    init(fill bits: UInt32) { self.init(truncatingIfNeeded: bits) }
}

extension UInt16: ZarrPixel {
    init(fill bits: UInt32) { self.init(truncatingIfNeeded: bits) }
}

extension Float: ZarrPixel {
    init(fill bits: UInt32) { self.init(bitPattern: bits) }
    var byteSwapped: Float { Float(bitPattern: bitPattern.byteSwapped) }
}
