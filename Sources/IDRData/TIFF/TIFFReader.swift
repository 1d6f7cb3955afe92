internal import CTIFF
internal import IDRImaging
public import IDRPlan

/// Reads single-page grey TIFF images of 8, 16 or 32 unsigned bits a pixel, stored in strips with any compression libtiff knows.
public enum TIFFReader {
    /// Reads the file at `path`.
    /// - Throws: ``IDRError`` where the file cannot be read or is not such an image, or its pixels take more than `limit` bytes.
    public static func read(_ path: String, limit: Int = 1 << 30) throws(IDRError) -> GreyImage {
        var bytes: [UInt8] = []
        try FileBlocks.forEach(of: path) { block in bytes.append(contentsOf: block) }
        return try decode(bytes, limit: limit, called: path)
    }

    /// Decodes the bytes of a TIFF file, which errors call `what`; see ``read(_:limit:)``.
    public static func decode(_ bytes: [UInt8], limit: Int = 1 << 30, called what: String = "the image") throws(IDRError) -> GreyImage {
        try TIFFMemory(bytes).open("r", called: what) { tiff throws(TIFFMemory.Failure) in
            let layout = try Layout(tiff, limit: limit)
            switch layout.bits {
            case 8: return .uint8(try layout.pixels(tiff, zero: UInt8.zero))
            case 16: return .uint16(try layout.pixels(tiff, zero: UInt16.zero))
            default: return .uint32(try layout.pixels(tiff, zero: UInt32.zero))
            }
        }
    }

    private struct Layout {
        let height: Int
        let width: Int
        let bits: UInt16

        init(_ tiff: OpaquePointer, limit: Int) throws(TIFFMemory.Failure) {
            var size = (width: UInt32(0), height: UInt32(0))
            idr_tiff_get_u32(tiff, UInt32(TIFFTAG_IMAGEWIDTH), &size.width)
            idr_tiff_get_u32(tiff, UInt32(TIFFTAG_IMAGELENGTH), &size.height)
            func short(_ tag: Int32) -> UInt16 {
                var value: UInt16 = 0
                idr_tiff_get_u16(tiff, UInt32(tag), &value)
                return value
            }
            (width, height, bits) = (Int(size.width), Int(size.height), short(TIFFTAG_BITSPERSAMPLE))
            guard short(TIFFTAG_SAMPLESPERPIXEL) == 1, short(TIFFTAG_PHOTOMETRIC) == PHOTOMETRIC_MINISBLACK else {
                throw TIFFMemory.Failure("it is not a grey image whose 0 is black", fix: "save it as one grey channel")
            }
            guard [8, 16, 32].contains(bits), short(TIFFTAG_SAMPLEFORMAT) == SAMPLEFORMAT_UINT else {
                throw TIFFMemory.Failure("its pixels are not unsigned numbers of 8, 16 or 32 bits", fix: "convert it to one of these types")
            }
            guard TIFFIsTiled(tiff) == 0 else { throw TIFFMemory.Failure("it is stored in tiles", fix: "save it in strips") }
            let pages = TIFFNumberOfDirectories(tiff)
            guard pages == 1 else { throw TIFFMemory.Failure("it has \(pages) pages", fix: "save the page as a file of its own") }
            let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
            guard pixels > 0, !overflow, pixels <= limit / Int(bits / 8) else {
                throw TIFFMemory.Failure("it claims \(height) x \(width) pixels, beyond the limit of \(limit) bytes")
            }
        }

        func pixels<Pixel: BitwiseCopyable & Sendable>(_ tiff: OpaquePointer, zero: Pixel) throws(TIFFMemory.Failure) -> Plane<Pixel> {
            var plane = Plane(height: height, width: width, repeating: zero)
            let isRead = plane.pixels.withUnsafeMutableBytes { bytes in
                var used = 0
                for strip in 0..<TIFFNumberOfStrips(tiff) {
                    let expected = min(Int(TIFFVStripSize(tiff, rows(tiff, strip))), bytes.count - used)
                    let count = TIFFReadEncodedStrip(tiff, strip, bytes.baseAddress?.advanced(by: used), tmsize_t(expected))
                    guard count == expected else { return false }
                    used += expected
                }
                return used == bytes.count
            }
            guard isRead else { throw TIFFMemory.Failure("its pixels are damaged or truncated", fix: "fetch or write the file again") }
            return plane
        }

        /// The last strip may be shorter than the others.
        private func rows(_ tiff: OpaquePointer, _ strip: UInt32) -> UInt32 {
            var stored = UInt32(height)
            idr_tiff_get_u32(tiff, UInt32(TIFFTAG_ROWSPERSTRIP), &stored)
            let rows = min(max(Int(stored), 1), height)
            return UInt32(max(0, min(rows, height - Int(strip) * rows)))
        }
    }
}
