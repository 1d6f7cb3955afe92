package import IDRImaging

/// The number types that image planes come in.
package enum PixelType: String, Sendable, Hashable, Codable {
    case uint8, uint16, float32

    /// Of one pixel.
    package var bytes: Int {
        switch self {
        case .uint8: 1
        case .uint16: 2
        case .float32: 4
        }
    }
}

/// One plane of an image as it is stored, `[y, x]`, in the number type of its file.
package enum PixelPlane: Sendable, Equatable {
    case uint8(Plane<UInt8>)
    case uint16(Plane<UInt16>)
    case float32(Plane<Float>)

    package var pixelType: PixelType {
        switch self {
        case .uint8: .uint8
        case .uint16: .uint16
        case .float32: .float32
        }
    }

    package var height: Int {
        switch self {
        case .uint8(let plane): plane.height
        case .uint16(let plane): plane.height
        case .float32(let plane): plane.height
        }
    }

    package var width: Int {
        switch self {
        case .uint8(let plane): plane.width
        case .uint16(let plane): plane.width
        case .float32(let plane): plane.width
        }
    }

    /// The same values as 32-bit numbers; exact, and not scaled.
    package func asFloat() -> Plane<Float> {
        switch self {
        case .uint8(let plane): plane.map(Float.init)
        case .uint16(let plane): plane.map(Float.init)
        case .float32(let plane): plane
        }
    }
}
