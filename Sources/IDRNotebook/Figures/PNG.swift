import CPNG
package import IDRImaging
package import IDRPlan

/// PNG files of 8 bits a sample, through libpng. The same pixels give the same bytes from the same libpng and zlib.
package enum PNG {
    /// Images are shrunk until neither side is longer than this, in pixels.
    package static let largestSide = 900

    /// A grey image.
    /// - Parameter grey: `[y, x]`, 0 is black, 255 is white; neither side may be 0.
    /// - Throws: ``IDRError`` where a side is 0 or libpng fails.
    package static func encode(_ grey: Plane<UInt8>) throws(IDRError) -> [UInt8] {
        try encode(grey.pixels, width: grey.width, height: grey.height, channels: 1)
    }

    /// A colour image.
    /// - Parameter colours: `[y, x]`; neither side may be 0.
    /// - Throws: ``IDRError`` where a side is 0 or libpng fails.
    package static func encode(_ colours: Plane<RGB>) throws(IDRError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(colours.pixels.count * 3)
        for colour in colours.pixels {
            bytes.append(colour.red)
            bytes.append(colour.green)
            bytes.append(colour.blue)
        }
        return try encode(bytes, width: colours.width, height: colours.height, channels: 3)
    }

    private static func encode(_ pixels: [UInt8], width: Int, height: Int, channels: Int32) throws(IDRError) -> [UInt8] {
        let problem = "an image of \(width) x \(height) pixels could not be written as PNG"
        guard width > 0, height > 0, let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
            throw IDRError(.invalidInput, problem, because: "a PNG has 1 to 2147483647 pixels a side")
        }
        var message = [CChar](repeating: 0, count: 64)
        var size = 0
        var written = idr_png_write(nil, &size, columns, rows, channels, pixels, &message)
        var bytes = [UInt8](repeating: 0, count: size)
        if written != 0 { written = idr_png_write(&bytes, &size, columns, rows, channels, pixels, &message) }
        guard written != 0, size <= bytes.count else {
            let said = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw IDRError(.system, problem, because: said)
        }
        return bytes
    }
}
