import CHDF5

/// A number type that datasets can be read into and written from.
package protocol HDF5Scalar: BitwiseCopyable, Sendable {
    static var zero: Self { get }
    /// How the type is named in memory and in files (little endian).
    static var hdf5Type: HDF5ScalarType { get }
}

/// The number types a dataset's elements may have.
package enum HDF5ScalarType: String, Sendable, Hashable, Codable {
    case uint8, uint16, int32, int64, float32, float64

    /// Of one element.
    var bytes: Int {
        switch self {
        case .uint8: 1
        case .uint16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }

    var memory: hid_t {
        switch self {
        case .uint8: idr_h5t_native_uint8()
        case .uint16: idr_h5t_native_uint16()
        case .int32: idr_h5t_native_int32()
        case .int64: idr_h5t_native_int64()
        case .float32: idr_h5t_native_float()
        case .float64: idr_h5t_native_double()
        }
    }
}

extension UInt8: HDF5Scalar { package static var hdf5Type: HDF5ScalarType { .uint8 } }
extension UInt16: HDF5Scalar { package static var hdf5Type: HDF5ScalarType { .uint16 } }
extension Int32: HDF5Scalar { package static var hdf5Type: HDF5ScalarType { .int32 } }
extension Int64: HDF5Scalar { package static var hdf5Type: HDF5ScalarType { .int64 } }
extension Float: HDF5Scalar { package static var hdf5Type: HDF5ScalarType { .float32 } }
extension Double: HDF5Scalar { package static var hdf5Type: HDF5ScalarType { .float64 } }
