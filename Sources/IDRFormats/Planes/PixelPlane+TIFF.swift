package import IDRPlan

extension PixelPlane {
    /// Writes the plane as a grey TIFF, see ``TIFFWriter``.
    /// - Throws: an ``IDRError`` also for planes of 32-bit floats, which are not written.
    package func writeTIFF(to path: String) throws(IDRError) {
        switch self {
        case .uint8(let plane): try TIFFWriter.write(plane, to: path)
        case .uint16(let plane): try TIFFWriter.write(plane, to: path)
        case .float32: throw IDRError(.invalidInput, "a plane of 32-bit floats cannot be kept as TIFF", at: [path])
        }
    }
}
