import CTIFF
import IDRImaging
import IDRPlan

/// What a page of a TIFF file says about its pixels, and how they are read.
struct TIFFPage: Sendable, Codable {
    let height: Int
    let width: Int
    /// A smaller copy of another page, or a mask for one.
    let isReduced: Bool
    let isMask: Bool
    /// Where its directory is in the file.
    let offset: UInt64

    let bits: UInt16
    let format: UInt16
    private let samples: UInt16
    private let photometric: UInt16
    private let depth: UInt32
    private let compression: TIFFCompression
    /// The page that `tiff` is at.
    init(_ tiff: OpaquePointer) {
        func short(_ tag: Int32) -> UInt16 {
            var value: UInt16 = 0
            idr_tiff_get_u16(tiff, UInt32(tag), &value)
            return value
        }
        func long(_ tag: Int32, default value: UInt32) -> UInt32 {
            var value = value
            idr_tiff_get_u32(tiff, UInt32(tag), &value)
            return value
        }
        height = Int(long(TIFFTAG_IMAGELENGTH, default: 0))
        width = Int(long(TIFFTAG_IMAGEWIDTH, default: 0))
        depth = long(TIFFTAG_IMAGEDEPTH, default: 1)
        let kind = long(TIFFTAG_SUBFILETYPE, default: 0)
        isReduced = kind & UInt32(FILETYPE_REDUCEDIMAGE | FILETYPE_MASK) != 0
        isMask = kind & UInt32(FILETYPE_MASK) != 0
        offset = TIFFCurrentDirOffset(tiff)
        (bits, format) = (short(TIFFTAG_BITSPERSAMPLE), short(TIFFTAG_SAMPLEFORMAT))
        (samples, photometric) = (short(TIFFTAG_SAMPLESPERPIXEL), short(TIFFTAG_PHOTOMETRIC))
        compression = TIFFCompression(code: short(TIFFTAG_COMPRESSION))
    }

    /// Whether its numbers are unsigned whole ones; so are those of no kind at all, as the format's text has it.
    var isUnsigned: Bool { [SAMPLEFORMAT_UINT, SAMPLEFORMAT_VOID].contains(Int32(format)) }

    /// The number type of its pixels in the file.
    var stored: StoredType {
        get throws(TIFFStream.Failure) {
            switch (bits, Int32(format)) {
            case (8, SAMPLEFORMAT_UINT), (8, SAMPLEFORMAT_VOID): return .uint8
            case (16, SAMPLEFORMAT_UINT), (16, SAMPLEFORMAT_VOID): return .uint16
            case (32, SAMPLEFORMAT_UINT), (32, SAMPLEFORMAT_VOID): return .uint32
            case (8, SAMPLEFORMAT_INT): return .int8
            case (16, SAMPLEFORMAT_INT): return .int16
            case (32, SAMPLEFORMAT_INT): return .int32
            case (16, SAMPLEFORMAT_IEEEFP): return .float16
            case (32, SAMPLEFORMAT_IEEEFP): return .float32
            case (64, SAMPLEFORMAT_IEEEFP): return .float64
            default: throw TIFFStream.Failure("its pixels are \(numbers)", fix: "convert it to unsigned 8 or 16 bits, or to 32-bit floats")
            }
        }
    }

    private var numbers: String {
        switch Int32(format) {
        case SAMPLEFORMAT_UINT: "unsigned numbers of \(bits) bits"
        case SAMPLEFORMAT_INT: "signed numbers of \(bits) bits"
        case SAMPLEFORMAT_IEEEFP: "floats of \(bits) bits"
        case SAMPLEFORMAT_COMPLEXINT, SAMPLEFORMAT_COMPLEXIEEEFP: "complex numbers"
        default: "numbers of an unnamed kind"
        }
    }

    /// Of its pixels; nil where it has none, or more than can be counted.
    var bytes: Int? {
        guard let size = try? stored.bytes else { return nil }
        let (pixels, overflow) = height.multipliedReportingOverflow(by: width)
        let (bytes, overflows) = pixels.multipliedReportingOverflow(by: size)
        return overflow || overflows || bytes <= 0 ? nil : bytes
    }

    /// Where the pixels of an uncompressed page begin, if they lie in one piece.
    func start(_ tiff: OpaquePointer) -> UInt64? {
        guard Int32(compression.code) == COMPRESSION_NONE, TIFFIsTiled(tiff) == 0, let bytes else { return nil }
        let first = TIFFGetStrileOffset(tiff, 0)
        var end = first
        for strip in 0..<TIFFNumberOfStrips(tiff) {
            let (next, overflow) = end.addingReportingOverflow(TIFFGetStrileByteCount(tiff, strip))
            guard TIFFGetStrileOffset(tiff, strip) == end, !overflow else { return nil }
            end = next
        }
        return first > 0 && end - first == UInt64(bytes) ? first : nil
    }

    /// Checks that one grey plane can be read whose pixels take no more than `limit` bytes, before any memory is taken for them.
    /// - Parameters:
    ///   - length: the file's, in bytes.
    ///   - isOfImageJ: it writes the colours that a person chose to see grey values in; the values are the microscope's.
    func checkGrey(limit: Int, length: Int, isOfImageJ: Bool = false) throws(TIFFStream.Failure) {
        guard samples == 1, depth == 1 else {
            let found = samples == 1 ? "it is a volume of \(depth) planes in one" : "it has \(samples) values a pixel, as colour images have"
            throw TIFFStream.Failure(found, fix: "save each channel and slice as a grey page")
        }
        let isShownInColours = isOfImageJ && Int32(photometric) == PHOTOMETRIC_PALETTE
        guard Int32(photometric) == PHOTOMETRIC_MINISBLACK || isShownInColours else {
            let found =
                switch Int32(photometric) {
                case PHOTOMETRIC_MINISWHITE: "its 0 is white"
                case PHOTOMETRIC_PALETTE: "its colours come from a palette"
                default: "it is not a grey image"
                }
            throw TIFFStream.Failure(found, fix: "save it as one grey channel whose 0 is black")
        }
        guard compression.isRead, let expansion = compression.largestExpansion else {
            throw TIFFStream.Failure(
                "its compression, \(compression.name), is not read", fix: "save it uncompressed, or with deflate, LZW or PackBits")
        }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        let bytes = max(1, Int(bits) / 8)
        guard pixels > 0, !overflow, pixels <= limit / bytes else {
            throw TIFFStream.Failure("it claims \(height) x \(width) pixels, beyond the limit of \(limit) bytes")
        }
        guard pixels * bytes / expansion <= length else {
            throw TIFFStream.Failure(
                "it claims \(height) x \(width) pixels, and \(length) bytes cannot hold them: it is damaged or truncated",
                fix: "fetch or write the file again")
        }
    }

    /// The pixels in their number type, whose zero is `zero`. `tiff` must be at this page, and its size checked.
    /// - Throws: where strips or tiles are stored nowhere, too.
    func pixels<Pixel: BitwiseCopyable & Sendable>(_ tiff: OpaquePointer, zero: Pixel) throws(TIFFStream.Failure) -> Plane<Pixel> {
        let (plane, gaps) = try read(tiff, zero: zero)
        if let gaps { throw TIFFStream.Failure(gaps.description, fix: "write the file again") }
        return plane
    }

    /// The same, with what is stored nowhere: a strip or tile without a place and without bytes, which is read as 0.
    func read<Pixel: BitwiseCopyable & Sendable>(
        _ tiff: OpaquePointer, zero: Pixel
    ) throws(TIFFStream.Failure) -> (plane: Plane<Pixel>, gaps: PlaneGaps?) {
        var plane = Plane(height: height, width: width, repeating: zero)
        let isTiled = TIFFIsTiled(tiff) != 0
        var segments = Segments()
        let isRead = isTiled ? readTiles(tiff, into: &plane, zero: zero, &segments) : readStrips(tiff, into: &plane, &segments)
        guard isRead else { throw TIFFStream.Failure("its pixels are damaged or truncated", fix: "fetch or write the file again") }
        let gaps = segments.missing == 0 ? nil : PlaneGaps(isTiled ? .tiles : .strips, missing: segments.missing, of: segments.total)
        return (plane, gaps)
    }

    /// Of one page.
    private struct Segments {
        var total = 0
        var missing = 0

        /// Counts a strip or tile; whether it is stored nowhere.
        mutating func isMissing(_ tiff: OpaquePointer, _ number: UInt32) -> Bool {
            total += 1
            let isMissing = TIFFGetStrileOffset(tiff, number) == 0 && TIFFGetStrileByteCount(tiff, number) == 0
            if isMissing { missing += 1 }
            return isMissing
        }
    }

    private func readStrips<Pixel: BitwiseCopyable & Sendable>(
        _ tiff: OpaquePointer, into plane: inout Plane<Pixel>, _ segments: inout Segments
    ) -> Bool {
        var stored = UInt32(clamping: height)
        idr_tiff_get_u32(tiff, UInt32(TIFFTAG_ROWSPERSTRIP), &stored)
        let rows = min(max(Int(stored), 1), height)
        let rowBytes = width * MemoryLayout<Pixel>.stride
        return plane.pixels.withUnsafeMutableBytes { bytes in
            stride(from: 0, to: height, by: rows).allSatisfy { y in
                // The last strip may be shorter than the others.
                let count = min(rows, height - y) * rowBytes
                if segments.isMissing(tiff, UInt32(y / rows)) { return true }
                return isStored(tiff, UInt32(y / rows))
                    && TIFFReadEncodedStrip(tiff, UInt32(y / rows), bytes.baseAddress?.advanced(by: y * rowBytes), tmsize_t(count)) == count
            }
        }
    }

    /// Whether a strip or tile has a place in the file: libtiff would take one without for the beginning of the file.
    private func isStored(_ tiff: OpaquePointer, _ number: UInt32) -> Bool {
        TIFFGetStrileOffset(tiff, number) > 0 && TIFFGetStrileByteCount(tiff, number) > 0
    }

    private func readTiles<Pixel: BitwiseCopyable & Sendable>(
        _ tiff: OpaquePointer, into plane: inout Plane<Pixel>, zero: Pixel, _ segments: inout Segments
    ) -> Bool {
        var size = (height: UInt32(0), width: UInt32(0))
        idr_tiff_get_u32(tiff, UInt32(TIFFTAG_TILELENGTH), &size.height)
        idr_tiff_get_u32(tiff, UInt32(TIFFTAG_TILEWIDTH), &size.width)
        let (tileHeight, tileWidth) = (Int(size.height), Int(size.width))
        let (count, overflow) = tileHeight.multipliedReportingOverflow(by: tileWidth)
        // A tile may reach beyond a small image; this is far more than writers use.
        guard count > 0, !overflow, count <= max(width * height, 1 << 24) else { return false }
        let bytes = count * MemoryLayout<Pixel>.stride
        guard TIFFTileSize(tiff) == bytes else { return false }
        var tile = [Pixel](repeating: zero, count: count)
        for top in stride(from: 0, to: height, by: tileHeight) {
            for left in stride(from: 0, to: width, by: tileWidth) {
                let number = TIFFComputeTile(tiff, UInt32(left), UInt32(top), 0, 0)
                if segments.isMissing(tiff, number) { continue }
                guard isStored(tiff, number) else { return false }
                let read = tile.withUnsafeMutableBytes { TIFFReadEncodedTile(tiff, number, $0.baseAddress, tmsize_t(bytes)) }
                guard read == bytes else { return false }
                let columns = min(tileWidth, width - left)
                for y in 0..<min(tileHeight, height - top) {
                    let start = (top + y) * width + left
                    plane.pixels.replaceSubrange(start..<start + columns, with: tile[y * tileWidth..<y * tileWidth + columns])
                }
            }
        }
        return true
    }
}
