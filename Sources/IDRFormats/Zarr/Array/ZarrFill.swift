/// The value of what was never written, as metadata spell it.
enum ZarrFill: Decodable, Sendable, Hashable {
    /// null: nothing is promised, and writers leave 0.
    case undefined
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .undefined
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// The value in the low bits, as a pixel of `type` has it; nil where the type has no such value.
    func bits(_ type: PixelType) -> UInt32? {
        switch self {
        case .undefined: 0
        case .number(let number): Self.bits(number, type)
        case .text("NaN"): Self.bits(.nan, type)
        case .text("Infinity"): Self.bits(.infinity, type)
        case .text("-Infinity"): Self.bits(-.infinity, type)
        case .text(let text):
            // The bytes of the number, the highest first.
            text.hasPrefix("0x") && text.utf8.count == 2 + 2 * type.byteCount ? UInt32(text.dropFirst(2), radix: 16) : nil
        }
    }

    private static func bits(_ number: Double, _ type: PixelType) -> UInt32? {
        switch type {
        case .uint8: UInt8(exactly: number).map(UInt32.init)
        case .uint16: UInt16(exactly: number).map(UInt32.init)
        case .float32: Float(number).bitPattern
        }
    }
}

extension PixelType {
    /// Bytes of a pixel.
    var byteCount: Int {
        switch self {
        case .uint8: 1
        case .uint16: 2
        case .float32: 4
        }
    }
}
