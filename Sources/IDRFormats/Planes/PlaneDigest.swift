import IDRFiles
package import IDRImaging
package import IDRPlan

extension PlaneDigest {
    package init(_ plane: PixelPlane, index: PlaneIndex) throws(IDRError) {
        self.init(index: index, sha256: try Self.sha256(of: plane))
    }

    /// The digest of a plane's pixels, as above.
    package static func sha256(of plane: PixelPlane) throws(IDRError) -> Digest {
        var hasher = try SHA256()
        try hasher.update(values: Array("\(plane.height) \(plane.width) \(plane.pixelType.rawValue)\n".utf8))
        try plane.withPixelBytes { bytes throws(IDRError) in try hasher.update(bytes) }
        return try hasher.finish()
    }

    /// The digest of a label image, in the same form: `<height> <width> int32`, a line feed, and the labels.
    package static func sha256(of labels: LabelImage) throws(IDRError) -> Digest {
        var hasher = try SHA256()
        try hasher.update(values: Array("\(labels.height) \(labels.width) int32\n".utf8))
        try hasher.update(values: labels.pixels)
        return try hasher.finish()
    }
}

extension PixelPlane {
    /// The pixels, `[y, x]`, in this machine's byte order, which is little-endian.
    package func withPixelBytes<Result>(_ body: (UnsafeRawBufferPointer) throws(IDRError) -> Result) throws(IDRError) -> Result {
        switch self {
        case .uint8(let plane): try Self.bytes(of: plane.pixels, body)
        case .uint16(let plane): try Self.bytes(of: plane.pixels, body)
        case .float32(let plane): try Self.bytes(of: plane.pixels, body)
        }
    }

    private static func bytes<T, Result>(of pixels: [T], _ body: (UnsafeRawBufferPointer) throws(IDRError) -> Result) throws(IDRError) -> Result {
        try pixels.withUnsafeBufferPointer { buffer throws(IDRError) in try body(UnsafeRawBufferPointer(buffer)) }
    }
}
