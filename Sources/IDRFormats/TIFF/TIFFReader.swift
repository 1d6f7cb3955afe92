import CTIFF
import IDRImaging
package import IDRPlan

/// Reads single-page grey TIFF images of 8, 16 or 32 unsigned bits a pixel, such as masks; ``TIFFFile`` reads pages of images.
package enum TIFFReader {
    /// Reads the file at `path`.
    /// - Throws: ``IDRError`` where the file cannot be read or is not such an image, or its pixels take more than `limit` bytes.
    package static func read(_ path: String, limit: Int = 1 << 30) throws(IDRError) -> GreyImage {
        try read(TIFFDisk(path), limit: limit, called: path)
    }

    /// Decodes the bytes of a TIFF file, which errors call `what`; see ``read(_:limit:)``.
    package static func decode(_ bytes: [UInt8], limit: Int = 1 << 30, called what: String = "the image") throws(IDRError) -> GreyImage {
        try read(TIFFMemory(bytes), limit: limit, called: what)
    }

    private static func read(_ stream: TIFFStream, limit: Int, called what: String) throws(IDRError) -> GreyImage {
        try stream.open("r", called: what) { tiff throws(TIFFStream.Failure) in
            let page = TIFFPage(tiff)
            guard [8, 16, 32].contains(page.bits), page.isUnsigned else {
                throw TIFFStream.Failure("its pixels are not unsigned numbers of 8, 16 or 32 bits", fix: "convert it to one of these types")
            }
            try page.checkGrey(limit: limit, length: stream.length)
            let pages = TIFFNumberOfDirectories(tiff)
            guard pages == 1 else { throw TIFFStream.Failure("it has \(pages) pages", fix: "save the page as a file of its own") }
            switch page.bits {
            case 8: return .uint8(try page.pixels(tiff, zero: UInt8.zero))
            case 16: return .uint16(try page.pixels(tiff, zero: UInt16.zero))
            default: return .uint32(try page.pixels(tiff, zero: UInt32.zero))
            }
        }
    }
}
