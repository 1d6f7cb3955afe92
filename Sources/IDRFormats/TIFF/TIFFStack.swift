import IDRImaging

/// Planes that follow each other in a file whose list of pages names the first one only: so ImageJ writes stacks above 4 GB, and tifffile
/// where it is told to.
struct TIFFStack: Sendable, Codable {
    let count: Int
    private let start: Int
    private let isSwapped: Bool
    private static let mostPlanes = 1 << 20

    /// nil where `description` names one plane, says nothing of how many there are, or the file does not hold them one after another.
    /// - Parameters:
    ///   - start: where the first page's pixels begin; nil where they do not lie in one piece.
    ///   - length: of the file.
    init?(_ description: String, _ page: TIFFPage, start: UInt64?, isSwapped: Bool, length: Int) {
        guard let count = ImageJDescription.images(description) ?? TIFFShape(description, of: page)?.planes, (2...Self.mostPlanes).contains(count),
            let start = start.flatMap({ Int(exactly: $0) }), let bytes = page.bytes
        else { return nil }
        let (all, overflow) = bytes.multipliedReportingOverflow(by: count)
        guard !overflow, all <= length, start <= length - all else { return nil }
        (self.count, self.start, self.isSwapped) = (count, start, isSwapped)
    }

    /// The plane with this number, from 0, whose size was checked.
    func plane<Pixel: BitwiseCopyable & Sendable>(
        _ number: Int, _ page: TIFFPage, zero: Pixel, of stream: TIFFStream
    ) throws(TIFFStream.Failure) -> Plane<Pixel> {
        var plane = Plane(height: page.height, width: page.width, repeating: zero)
        let size = MemoryLayout<Pixel>.size
        let isRead = plane.pixels.withUnsafeMutableBytes { bytes in
            guard number < count, bytes.count == page.bytes, stream.read(bytes, at: start + number * bytes.count) == bytes.count else { return false }
            if isSwapped, size > 1 {
                for first in stride(from: 0, to: bytes.count, by: size) { bytes[first..<first + size].reverse() }
            }
            return true
        }
        guard isRead else { throw TIFFStream.Failure("its pixels are damaged or truncated", fix: "fetch or write the file again") }
        return plane
    }
}
