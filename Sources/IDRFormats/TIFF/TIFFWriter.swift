import CTIFF
import IDRFiles
package import IDRImaging
package import IDRPlan

/// Writes grey planes as TIFF: one page, deflate compressed strips, no time stamp, so that the same plane gives the same bytes.
package enum TIFFWriter {
    /// `plane` as the bytes of a TIFF file.
    /// - Throws: ``IDRError`` where the plane has no pixels.
    package static func encode(_ plane: Plane<UInt8>) throws(IDRError) -> [UInt8] { try encode(plane, bits: 8) }

    /// `plane` as the bytes of a TIFF file.
    /// - Throws: ``IDRError`` where the plane has no pixels.
    package static func encode(_ plane: Plane<UInt16>) throws(IDRError) -> [UInt8] { try encode(plane, bits: 16) }

    /// `plane` as the bytes of a TIFF file of 32-bit floating-point numbers.
    /// - Throws: ``IDRError`` where the plane has no pixels.
    package static func encode(_ plane: Plane<Float>) throws(IDRError) -> [UInt8] { try encode(plane, bits: 32, format: SAMPLEFORMAT_IEEEFP) }

    /// `labels` as the bytes of a TIFF file of 16 bits a pixel, or of 32 where a label is above 65535.
    /// - Throws: ``IDRError`` where the image has no pixels or a negative label.
    package static func encode(labels: LabelImage) throws(IDRError) -> [UInt8] {
        if let negative = labels.pixels.first(where: { $0 < 0 }) {
            throw IDRError(.invalidInput, "a mask with the label \(negative) cannot be written", because: "labels are 0 for background and 1, 2, ...")
        }
        let largest = labels.pixels.max() ?? 0
        return largest > Int32(UInt16.max)
            ? try encode(labels.map(UInt32.init(bitPattern:)), bits: 32) : try encode(labels.map(UInt16.init(truncatingIfNeeded:)), bits: 16)
    }

    /// Writes `plane` to `path`, atomically.
    package static func write(_ plane: Plane<UInt8>, to path: String) throws(IDRError) { try AtomicFile.write(encode(plane), to: path) }

    /// Writes `plane` to `path`, atomically.
    package static func write(_ plane: Plane<UInt16>, to path: String) throws(IDRError) { try AtomicFile.write(encode(plane), to: path) }

    /// Writes `plane` to `path`, atomically.
    package static func write(_ plane: Plane<Float>, to path: String) throws(IDRError) { try AtomicFile.write(encode(plane), to: path) }

    /// Writes `labels` to `path`, atomically; see ``encode(labels:)``.
    package static func write(labels: LabelImage, to path: String) throws(IDRError) { try AtomicFile.write(encode(labels: labels), to: path) }

    /// Strips of about this many bytes before compression: small enough to read a part, large enough to compress.
    private static let stripBytes = 1 << 16

    private static func encode<Pixel: BitwiseCopyable & Sendable>(
        _ plane: Plane<Pixel>, bits: UInt32, format: Int32 = SAMPLEFORMAT_UINT
    ) throws(IDRError) -> [UInt8] {
        guard plane.height > 0, plane.width > 0 else {
            throw IDRError(.invalidInput, "an image of \(plane.height) x \(plane.width) pixels cannot be written as TIFF")
        }
        let rowBytes = plane.width * MemoryLayout<Pixel>.stride
        let rowsPerStrip = min(plane.height, max(1, stripBytes / rowBytes))
        let memory = TIFFMemory()
        try memory.open("wl", called: "the image") { tiff throws(TIFFStream.Failure) in
            let fields: [(Int32, UInt32)] = [
                (TIFFTAG_IMAGEWIDTH, UInt32(plane.width)), (TIFFTAG_IMAGELENGTH, UInt32(plane.height)), (TIFFTAG_BITSPERSAMPLE, bits),
                (TIFFTAG_SAMPLESPERPIXEL, 1), (TIFFTAG_SAMPLEFORMAT, UInt32(format)),
                (TIFFTAG_PHOTOMETRIC, UInt32(PHOTOMETRIC_MINISBLACK)),
                (TIFFTAG_PLANARCONFIG, UInt32(PLANARCONFIG_CONTIG)), (TIFFTAG_COMPRESSION, UInt32(COMPRESSION_ADOBE_DEFLATE)),
                (TIFFTAG_ROWSPERSTRIP, UInt32(rowsPerStrip)),
            ]
            for (tag, value) in fields where idr_tiff_set_u32(tiff, UInt32(tag), value) != 1 { throw TIFFStream.Failure("tag \(tag) is refused") }
            var pixels = plane.pixels
            let isWritten = pixels.withUnsafeMutableBytes { bytes in
                stride(from: 0, to: plane.height, by: rowsPerStrip).allSatisfy { y in
                    let count = min(rowsPerStrip, plane.height - y) * rowBytes
                    return TIFFWriteEncodedStrip(tiff, UInt32(y / rowsPerStrip), bytes.baseAddress?.advanced(by: y * rowBytes), tmsize_t(count))
                        == count
                }
            }
            guard isWritten, TIFFFlush(tiff) == 1 else { throw TIFFStream.Failure("its pixels cannot be compressed") }
        }
        return memory.bytes
    }
}
