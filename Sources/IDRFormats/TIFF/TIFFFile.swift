package import IDRPlan

/// The pages of a TIFF or BigTIFF file: grey, unsigned 8 or 16 bits or 32-bit floats, or of a number type that is converted exactly, in strips
/// or tiles, uncompressed or with deflate, LZW, PackBits or Zstandard.
///
/// Opening reads the list of pages and no pixels. Smaller copies of pages and masks are not counted, unless there is nothing else.
/// A stack that lists its first page only, as ImageJ and tifffile write them, has a page for each plane. Grey values that an Opera's file has
/// divided by a factor are multiplied by it.
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
    /// What an Opera's `.flex` file says of its pages; nil for other files.
    let flex: FlexPages?

    /// How many pages in full size there are.
    package var pageCount: Int { pages.count }

    /// Reads the list of pages of the file at `path`.
    /// - Throws: ``IDRError``: no such file, not a TIFF, a list that is cut off.
    package init(reading path: String) throws(IDRError) {
        self.path = path
        guard case .directories(let list) = try TIFFAnswers.ask(.directories(of: path), of: path), !list.pages.isEmpty else {
            throw TIFFAnswers.unexpected(path)
        }
        (description, stack) = (list.description, list.stack)
        directories = list.stack.map { Array(repeating: list.pages[0], count: $0.count) } ?? list.pages
        pages = TIFFFile.fullPages(directories)
        guard !pages.isEmpty else {
            throw IDRError(.invalidInput, "\(path) has no page in full size", because: "all of its pages are smaller copies or masks")
        }
        let (all, full) = (directories, pages)
        flex = try TIFFFile.flex(list.flex, of: full.map { all[$0] }, path)
    }

    private static func flex(_ text: String?, of pages: [TIFFPage], _ path: String) throws(IDRError) -> FlexPages? {
        guard let text else { return nil }
        do throws(XMLRefusal) {
            let flex = try FlexPages(text, pages: pages.count)
            for (number, factor) in (flex.factors ?? []).enumerated() where factor != 1 {
                guard let stored = try? pages[number].stored, stored == .uint8 else {
                    throw XMLRefusal(reason: "page \(number + 1) has the factor \(factor), which is read for grey values of 8 bits only")
                }
            }
            return flex
        } catch {
            throw IDRError(
                .invalidInput, "\(path) cannot be used", because: "what it says of its pages (tag 65200): \(error.reason)",
                fix: "fetch the file again, or convert the plate to OME-Zarr (bioformats2raw does)")
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
        let places = wanted.map { TIFFPlace(offset: directories[$0].offset, number: $0, isOnly: directories.count == 1) }
        let list = TIFFPlaces(places: places, stack: stack, isOfImageJ: description?.hasPrefix("ImageJ=") == true)
        guard case .planes(let read) = try TIFFAnswers.ask(.planes(list, of: path, limit: limit), of: path) else {
            throw TIFFAnswers.unexpected(path)
        }
        var planes = read.compactMap(\.plane)
        guard planes.count == wanted.count else { throw TIFFAnswers.unexpected(path) }
        if let factors = flex?.factors {
            for (slot, directory) in wanted.enumerated() {
                guard let page = pages.firstIndex(of: directory) else { continue }
                planes[slot] = FlexPages.scaled(planes[slot], by: factors[page])
            }
        }
        return PlaneReading(planes, gaps: read.map(\.gaps))
    }

    private func missing(_ page: String, _ count: Int) -> IDRError {
        IDRError(
            .missing, "\(path) has no \(page)", because: count == 1 ? "it has 1 page" : "it has \(count) pages",
            fix: "check that the file is whole and the one meant")
    }
}
