import IDRFiles
package import IDRPlan

/// Reads single-page grey TIFF images of 8, 16 or 32 unsigned bits a pixel, such as masks; ``TIFFFile`` reads pages of images.
package enum TIFFReader {
    /// Reads the file at `path`.
    /// - Throws: ``IDRError`` where the file cannot be read or is not such an image, or its pixels take more than `limit` bytes.
    package static func read(_ path: String, limit: Int = 1 << 30) throws(IDRError) -> GreyImage {
        try read(.file(path), limit: limit)
    }

    /// Decodes the bytes of a TIFF file, which errors call `what`; see ``read(_:limit:)``.
    package static func decode(_ bytes: [UInt8], limit: Int = 1 << 30, called what: String = "the image") throws(IDRError) -> GreyImage {
        try read(.bytes(RawNumbers(bytes), called: what), limit: limit)
    }

    private static func read(_ image: TIFFAnswers.Image, limit: Int) throws(IDRError) -> GreyImage {
        guard case .planes(let planes) = try TIFFAnswers.ask(.image(image, limit: limit), of: image.name), let found = planes.first?.image else {
            throw TIFFAnswers.unexpected(image.name)
        }
        return found
    }
}
