/// A colour of 8 bits a sample, sRGB.
package struct RGB: Sendable, Hashable {
    /// Red, 0...255.
    package var red: UInt8
    /// Green, 0...255.
    package var green: UInt8
    /// Blue, 0...255.
    package var blue: UInt8

    /// A colour by its samples.
    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// From a number such as `0xE69F00`.
    init(_ hex: UInt32) {
        self.init(red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8), blue: UInt8(truncatingIfNeeded: hex))
    }

    init(grey: UInt8) { self.init(red: grey, green: grey, blue: grey) }

    /// `#e69f00`.
    var hex: String {
        "#"
            + [red, green, blue].map { value in
                let digits = String(value, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }
}

/// Colours for numbers from 0 to 1, interpolated between a few.
struct ColourMap: Sendable {
    let stops: [RGB]

    /// Matplotlib's viridis (Smith & van der Walt 2015): rising lightness, safe for the colour-blind.
    static let viridis = ColourMap([
        0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725,
    ])
    /// ColorBrewer's RdBu (Brewer 2003), blue below and red above: safe for the colour-blind.
    static let diverging = ColourMap([
        0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B, 0x67001F,
    ])
    /// What stands for a value that is not there.
    static let missing = RGB(0x9A9A9A)

    private init(_ hex: [UInt32]) { stops = hex.map { RGB($0) } }

    /// The colour of `value`, cut off at 0 and 1; ``missing`` for NaN.
    func colour(_ value: Double) -> RGB {
        guard !value.isNaN else { return ColourMap.missing }
        let place = min(max(value, 0), 1) * Double(stops.count - 1)
        let lower = min(Int(place), stops.count - 2)
        let rest = place - Double(lower)
        func mixed(_ sample: KeyPath<RGB, UInt8>) -> UInt8 {
            UInt8((Double(stops[lower][keyPath: sample]) * (1 - rest) + Double(stops[lower + 1][keyPath: sample]) * rest).rounded())
        }
        return RGB(red: mixed(\.red), green: mixed(\.green), blue: mixed(\.blue))
    }
}
