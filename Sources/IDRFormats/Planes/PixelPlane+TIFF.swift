package import IDRPlan

extension PixelPlane {
    /// Writes the plane as a grey TIFF, see ``TIFFWriter``.
    package func writeTIFF(to path: String) throws(IDRError) {
        switch self {
        case .uint8(let plane): try TIFFWriter.write(plane, to: path)
        case .uint16(let plane): try TIFFWriter.write(plane, to: path)
        case .float32(let plane): try TIFFWriter.write(plane, to: path)
        }
    }
}
