import CTIFF
import IDRFiles
import IDRImaging
import IDRPlan

/// What is read by libtiff, in the reader's process; ``TIFFFile`` and ``TIFFReader`` have it done there.
enum TIFFLibrary {
    /// All directories of the main list of the file at `path`, and the text that the first one carries.
    static func directories(of path: String) throws(IDRError) -> TIFFList {
        let stream = try TIFFDisk(path)
        return try stream.open("r", called: path) { tiff throws(TIFFStream.Failure) in
            let text = idr_tiff_get_string(tiff, UInt32(TIFFTAG_IMAGEDESCRIPTION)).map { String(cString: $0) }
            let flex = try flex(tiff)
            let start = TIFFPage(tiff).start(tiff)
            let isSwapped = TIFFIsByteSwapped(tiff) != 0
            var pages = [TIFFPage(tiff)]
            while TIFFLastDirectory(tiff) == 0 {
                guard TIFFReadDirectory(tiff) == 1 else {
                    throw TIFFStream.Failure(
                        "its list of pages is cut off or damaged after page \(pages.count)", fix: "fetch or write the file again")
                }
                pages.append(TIFFPage(tiff))
            }
            let stack =
                pages.count > 1 ? nil : TIFFStack(text ?? "", pages[0], start: start, isSwapped: isSwapped, length: stream.length)
            return TIFFList(pages: pages, description: text, flex: flex, stack: stack)
        }
    }

    /// What an Opera's file says of its pages: no other program is known to use this tag.
    private static func flex(_ tiff: OpaquePointer) throws(TIFFStream.Failure) -> String? {
        var count: UInt32 = 0
        guard let bytes = idr_tiff_get_bytes(tiff, 65200, &count) else { return nil }
        guard count <= XMLEvents.limit else { throw TIFFStream.Failure("its tag 65200 has more than \(XMLEvents.limit) bytes") }
        let text = String(decoding: UnsafeRawBufferPointer(start: bytes, count: Int(count)).prefix { $0 != 0 }, as: UTF8.self)
        return FlexPages.are(in: text) ? text : nil
    }

    static func planes(_ wanted: TIFFPlaces, of path: String, limit: Int) throws(IDRError) -> [TIFFNumbers] {
        let stream = try TIFFDisk(path)
        var planes: [TIFFNumbers] = []
        for place in wanted.places {
            stream.begin(at: place.offset)
            let (plane, gaps) = try stream.open("r", called: path) { tiff throws(TIFFStream.Failure) in
                do throws(TIFFStream.Failure) {
                    // The page is looked at anew: the file may be another one by now.
                    let page = TIFFPage(tiff)
                    // What an image is matters more than its numbers: colour is said first.
                    try page.checkGrey(limit: limit, length: stream.length, isOfImageJ: wanted.isOfImageJ)
                    return try TIFFPixels(tiff: tiff, page: page, stack: wanted.stack, number: place.number, stream: stream).plane()
                } catch {
                    throw place.isOnly ? error : TIFFStream.Failure("page \(place.number + 1): \(error.reason)", fix: error.advice)
                }
            }
            planes.append(TIFFNumbers(plane, gaps))
        }
        return planes
    }

    static func image(_ stream: TIFFStream, limit: Int, called what: String) throws(IDRError) -> TIFFNumbers {
        try stream.open("r", called: what) { tiff throws(TIFFStream.Failure) in
            let page = TIFFPage(tiff)
            guard [8, 16, 32].contains(page.bits), page.isUnsigned else {
                throw TIFFStream.Failure("its pixels are not unsigned numbers of 8, 16 or 32 bits", fix: "convert it to one of these types")
            }
            try page.checkGrey(limit: limit, length: stream.length)
            let pages = TIFFNumberOfDirectories(tiff)
            guard pages == 1 else { throw TIFFStream.Failure("it has \(pages) pages", fix: "save the page as a file of its own") }
            let numbers: TIFFNumbers.Numbers =
                switch page.bits {
                case 8: .uint8(RawNumbers(try page.pixels(tiff, zero: UInt8.zero).pixels))
                case 16: .uint16(RawNumbers(try page.pixels(tiff, zero: UInt16.zero).pixels))
                default: .uint32(RawNumbers(try page.pixels(tiff, zero: UInt32.zero).pixels))
                }
            return TIFFNumbers(height: page.height, width: page.width, numbers: numbers)
        }
    }
}
