import CHDF5
import IDRFiles
import IDRPlan

/// Numbers of one type, as a file's were converted to it.
package enum HDF5Numbers: Sendable, Hashable, Codable {
    case uint8([UInt8])
    case uint16([UInt16])
    case int32([Int32])
    case int64([Int64])
    case float32([Float])
    case float64([Double])

    /// The numbers, where they are of type `T`.
    package func values<T: HDF5Scalar>(as type: T.Type = T.self) -> [T]? {
        switch self {
        case .uint8(let values): values as? [T]
        case .uint16(let values): values as? [T]
        case .int32(let values): values as? [T]
        case .int64(let values): values as? [T]
        case .float32(let values): values as? [T]
        case .float64(let values): values as? [T]
        }
    }

    /// `count` numbers which `transfer`, given the type in memory, writes to where it is told.
    static func read(
        _ type: HDF5ScalarType, count: Int, called what: String, by transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(IDRError) -> HDF5Numbers {
        switch type {
        case .uint8: .uint8(try values(count, what, transfer))
        case .uint16: .uint16(try values(count, what, transfer))
        case .int32: .int32(try values(count, what, transfer))
        case .int64: .int64(try values(count, what, transfer))
        case .float32: .float32(try values(count, what, transfer))
        case .float64: .float64(try values(count, what, transfer))
        }
    }

    private static func values<T: HDF5Scalar>(
        _ count: Int, _ what: String, _ transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(IDRError) -> [T] {
        guard count > 0 else { return [] }
        var status: herr_t = -1
        let values = [T](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress { status = transfer(T.hdf5Type.memory, start) }
            initialized = status >= 0 ? count : 0
        }
        try HDF5Failure.check(status, "\(what) cannot be read")
        return values
    }
}

extension HDF5Numbers {
    private enum Keys: CodingKey { case type, numbers }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        func values<T: HDF5Scalar & Hashable>() throws -> [T] { try container.decode(RawNumbers<T>.self, forKey: .numbers).values }
        self =
            switch try container.decode(HDF5ScalarType.self, forKey: .type) {
            case .uint8: .uint8(try values())
            case .uint16: .uint16(try values())
            case .int32: .int32(try values())
            case .int64: .int64(try values())
            case .float32: .float32(try values())
            case .float64: .float64(try values())
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        func put<T: HDF5Scalar & Hashable>(_ values: [T]) throws {
            try container.encode(T.hdf5Type, forKey: .type)
            try container.encode(RawNumbers(values), forKey: .numbers)
        }
        switch self {
        case .uint8(let values): try put(values)
        case .uint16(let values): try put(values)
        case .int32(let values): try put(values)
        case .int64(let values): try put(values)
        case .float32(let values): try put(values)
        case .float64(let values): try put(values)
        }
    }
}
