import CTIFF
package import IDRPlan

/// The pages of a TIFF or BigTIFF file: grey, unsigned 8 or 16 bits or 32-bit floats, or of a number type that is converted exactly, in strips
/// or tiles, uncompressed or with deflate, LZW, PackBits or Zstandard.
///
/// Opening reads the list of pages and no pixels. Smaller copies of pages and masks are not counted, unless there is nothing else.
/// A stack that lists its first page only, as ImageJ and tifffile write them, has a page for each plane.
package struct TIFFFile: Sendable {
    package let path: String
    /// Text that the first page carries, such as OME-XML; nil where there is none.
    package let description: String?
    /// All directories of the main list, in the file's order; OME-XML counts these.
    let directories: [TIFFPage]
    /// Places in `directories` of the pages in full size.
    let pages: [Int]
    /// Where the planes of a stack begin that lists its first page only; nil for other files.
    private let stack: TIFFStack?

    /// How many pages in full size there are.
    package var pageCount: Int { pages.count }

    /// Reads the list of pages of the file at `path`.
    /// - Throws: ``IDRError``: no such file, not a TIFF, a list that is cut off.
    package init(reading path: String) throws(IDRError) {
        self.path = path
        let stream = try TIFFDisk(path)
        (description, directories, stack) = try stream.open("r", called: path) { tiff throws(TIFFStream.Failure) in
            let text = idr_tiff_get_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION)).map { String(cString: $0) }
            let start = TIFFPage(tiff).start(tiff)
            let isSwapped = TIFFIsByteSwapped(tiff) != 0
            var directories = [TIFFPage(tiff)]
            while TIFFLastDirectory(tiff) == 0 {
                guard TIFFReadDirectory(tiff) == 1 else {
                    throw TIFFStream.Failure(
                        "its list of pages is cut off or damaged after page \(directories.count)", fix: "fetch or write the file again")
                }
                directories.append(TIFFPage(tiff))
            }
            let stack =
                directories.count > 1
                ? nil : TIFFStack(text ?? "", directories[0], start: start, isSwapped: isSwapped, length: stream.length)
            return (text, stack.map { Array(repeating: directories[0], count: $0.count) } ?? directories, stack)
        }
        pages = TIFFFile.fullPages(directories)
        guard !pages.isEmpty else {
            throw IDRError(.invalidInput, "\(path) has no page in full size", because: "all of its pages are smaller copies or masks")
        }
    }

    /// Places of the pages in full size. Where all are flagged as smaller copies, and none is larger than another, they are copies of nothing.
    private static func fullPages(_ directories: [TIFFPage]) -> [Int] {
        let full = directories.indices.filter { !directories[$0].isReduced }
        let others = directories.indices.filter { !directories[$0].isMask }
        guard full.isEmpty, let first = others.first.map({ directories[$0] }) else { return full }
        return others.allSatisfy { directories[$0].height == first.height && directories[$0].width == first.width } ? others : []
    }

    /// One page, `[y, x]`; no other page is decoded.
    /// - Parameters:
    ///   - page: from 1.
    ///   - limit: the largest number of bytes that the pixels may take.
    package func plane(page: Int, limit: Int = 1 << 30) throws(IDRError) -> PixelPlane {
        guard page >= 1, page <= pageCount else { throw missing("page \(page)", pageCount) }
        return try read([pages[page - 1]], limit: limit).planes[0]
    }

    /// The planes of `directories`, by their places in the main list from 0, in that order.
    func read(_ wanted: [Int], limit: Int = 1 << 30) throws(IDRError) -> PlaneReading {
        if let beyond = wanted.first(where: { !directories.indices.contains($0) }) { throw missing("page \(beyond + 1)", directories.count) }
        let stream = try TIFFDisk(path)
        var reading = PlaneReading([])
        for number in wanted {
            stream.begin(at: directories[number].offset)
            let (plane, gaps) = try stream.open("r", called: path) { tiff throws(TIFFStream.Failure) in
                do throws(TIFFStream.Failure) {
                    let isOfImageJ = description?.hasPrefix("ImageJ=") == true
                    // The page is looked at anew: the file may be another one by now.
                    let page = TIFFPage(tiff)
                    // What an image is matters more than its numbers: colour is said first.
                    try page.checkGrey(limit: limit, length: stream.length, isOfImageJ: isOfImageJ)
                    return try TIFFPixels(tiff: tiff, page: page, stack: stack, number: number, stream: stream).plane()
                } catch {
                    throw directories.count == 1 ? error : TIFFStream.Failure("page \(number + 1): \(error.reason)", fix: error.advice)
                }
            }
            reading.planes.append(plane)
            reading.gaps.append(gaps)
        }
        return reading
    }

    private func missing(_ page: String, _ count: Int) -> IDRError {
        IDRError(
            .missing, "\(path) has no \(page)", because: count == 1 ? "it has 1 page" : "it has \(count) pages",
            fix: "check that the file is whole and the one meant")
    }
}
