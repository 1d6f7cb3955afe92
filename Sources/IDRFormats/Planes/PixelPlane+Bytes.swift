import IDRImaging

extension PixelPlane {
    /// A plane from its pixels' bytes, `[y, x]`, in this machine's byte order; the other way round is ``withPixelBytes(_:)``.
    /// - Parameter bytes: `height * width` pixels of `type`; the caller has checked that.
    package init(_ type: PixelType, height: Int, width: Int, bytes: ArraySlice<UInt8>) {
        switch type {
        case .uint8: self = .uint8(Plane(height: height, width: width, pixels: Array(bytes)))
        case .uint16: self = .uint16(Plane(height: height, width: width, pixels: Self.values(bytes, repeating: 0)))
        case .float32: self = .float32(Plane(height: height, width: width, pixels: Self.values(bytes, repeating: 0)))
        }
    }

    private static func values<T: BitwiseCopyable>(_ bytes: ArraySlice<UInt8>, repeating zero: T) -> [T] {
        var values = [T](repeating: zero, count: bytes.count / MemoryLayout<T>.size)
        values.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<target.count])) }
        }
        return values
    }
}
