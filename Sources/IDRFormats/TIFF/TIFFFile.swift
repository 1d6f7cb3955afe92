import CTIFF
package import IDRPlan

/// The pages of a TIFF or BigTIFF file: grey, unsigned 8 or 16 bits or 32-bit floats, in strips or tiles,
/// uncompressed or with deflate, LZW, PackBits or Zstandard.
///
/// Opening reads the list of pages and no pixels. Smaller copies of pages and masks are not counted.
package struct TIFFFile: Sendable {
    package let path: String
    /// Text that the first page carries, such as OME-XML; nil where there is none.
    package let description: String?
    /// All directories of the main list, in the file's order; OME-XML counts these.
    let directories: [TIFFPage]
    /// Places in `directories` of the pages in full size.
    let pages: [Int]

    /// How many pages in full size there are.
    package var pageCount: Int { pages.count }

    /// Reads the list of pages of the file at `path`.
    /// - Throws: ``IDRError``: no such file, not a TIFF, a list that is cut off.
    package init(reading path: String) throws(IDRError) {
        self.path = path
        (description, directories) = try TIFFDisk(path).open("r", called: path) { tiff throws(TIFFStream.Failure) in
            let text = idr_tiff_get_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION)).map { String(cString: $0) }
            var directories = [TIFFPage(tiff)]
            while TIFFLastDirectory(tiff) == 0 {
                guard TIFFReadDirectory(tiff) == 1 else {
                    throw TIFFStream.Failure(
                        "its list of pages is cut off or damaged after page \(directories.count)", fix: "fetch or write the file again")
                }
                directories.append(TIFFPage(tiff))
            }
            return (text, directories)
        }
        pages = directories.indices.filter { [directories] in !directories[$0].isReduced }
        guard !pages.isEmpty else {
            throw IDRError(.invalidInput, "\(path) has no page in full size", because: "all of its pages are smaller copies or masks")
        }
    }

    /// One page, `[y, x]`; no other page is decoded.
    /// - Parameters:
    ///   - page: from 1.
    ///   - limit: the largest number of bytes that the pixels may take.
    package func plane(page: Int, limit: Int = 1 << 30) throws(IDRError) -> PixelPlane {
        guard page >= 1, page <= pageCount else { throw missing("page \(page)", pageCount) }
        return try planes([pages[page - 1]], limit: limit)[0]
    }

    /// The planes of `directories`, by their places in the main list from 0, in that order.
    func planes(_ wanted: [Int], limit: Int = 1 << 30) throws(IDRError) -> [PixelPlane] {
        if let beyond = wanted.first(where: { !directories.indices.contains($0) }) { throw missing("page \(beyond + 1)", directories.count) }
        let stream = try TIFFDisk(path)
        var planes: [PixelPlane] = []
        for number in wanted {
            stream.begin(at: directories[number].offset)
            let plane = try stream.open("r", called: path) { tiff throws(TIFFStream.Failure) in
                do throws(TIFFStream.Failure) {
                    return try TIFFFile.plane(tiff, limit: limit, length: stream.length)
                } catch {
                    throw directories.count == 1 ? error : TIFFStream.Failure("page \(number + 1): \(error.reason)", fix: error.advice)
                }
            }
            planes.append(plane)
        }
        return planes
    }

    /// The page is looked at anew: the file may be another one by now.
    private static func plane(_ tiff: OpaquePointer, limit: Int, length: Int) throws(TIFFStream.Failure) -> PixelPlane {
        let page = TIFFPage(tiff)
        // What an image is matters more than its numbers: colour is said first.
        try page.checkGrey(limit: limit, length: length)
        return switch try page.pixelType {
        case .uint8: .uint8(try page.pixels(tiff, zero: UInt8.zero))
        case .uint16: .uint16(try page.pixels(tiff, zero: UInt16.zero))
        case .float32: .float32(try page.pixels(tiff, zero: Float.zero))
        }
    }

    private func missing(_ page: String, _ count: Int) -> IDRError {
        IDRError(
            .missing, "\(path) has no \(page)", because: count == 1 ? "it has 1 page" : "it has \(count) pages",
            fix: "check that the file is whole and the one meant")
    }
}
