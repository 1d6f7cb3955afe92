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
        } else if let flag = try? container.decode(Bool.self) {
            self = .number(flag ? 1 : 0)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// The value in the low bits, as a pixel of `type` has it; nil where the type has no such value.
    func bits(_ type: StoredType) -> UInt64? {
        switch self {
        case .undefined: 0
        case .number(let number): Self.bits(number, type)
        case .text("NaN"): Self.bits(.nan, type)
        case .text("Infinity"): Self.bits(.infinity, type)
        case .text("-Infinity"): Self.bits(-.infinity, type)
        case .text(let text):
            // The bytes of the number, the highest first.
            text.hasPrefix("0x") && text.utf8.count == 2 + 2 * type.bytes ? UInt64(text.dropFirst(2), radix: 16) : nil
        }
    }

    private static func bits(_ number: Double, _ type: StoredType) -> UInt64? {
        switch type {
        case .bool: number == 0 || number == 1 ? UInt64(number) : nil
        case .uint8: UInt8(exactly: number).map(UInt64.init)
        case .uint16: UInt16(exactly: number).map(UInt64.init)
        case .uint32: UInt32(exactly: number).map(UInt64.init)
        case .uint64: UInt64(exactly: number)
        case .int8: Int8(exactly: number).map { UInt64(UInt8(bitPattern: $0)) }
        case .int16: Int16(exactly: number).map { UInt64(UInt16(bitPattern: $0)) }
        case .int32: Int32(exactly: number).map { UInt64(UInt32(bitPattern: $0)) }
        case .int64: Int64(exactly: number).map { UInt64(bitPattern: $0) }
        // Writers leave 0 or NaN; other values would have to be rounded.
        case .float16: number == 0 ? 0 : number.isNaN ? 0x7E00 : number == .infinity ? 0x7C00 : number == -.infinity ? 0xFC00 : nil
        case .float32: UInt64(Float(number).bitPattern)
        case .float64: number.bitPattern
        }
    }
}
