import CTIFF

/// How the pixels of a page are packed. Only what loses nothing is read, so that the values are the microscope's.
struct TIFFCompression: Sendable, Codable {
    let code: UInt16

    /// Whether it is read. Zstandard is a choice of whoever built libtiff.
    var isRead: Bool { largestExpansion != nil && TIFFIsCODECConfigured(code) != 0 }

    /// How many bytes of pixels one byte of the file can become at most; nil for what is not read.
    var largestExpansion: Int? {
        switch Int32(code) {
        case COMPRESSION_NONE: 1
        case COMPRESSION_PACKBITS: 64
        case COMPRESSION_DEFLATE, COMPRESSION_ADOBE_DEFLATE: 1033
        // The longest entry of the table, for the shortest code.
        case COMPRESSION_LZW: 4096
        // A block of 128 kB from 4 bytes.
        case COMPRESSION_ZSTD: 1 << 15
        default: nil
        }
    }

    var name: String {
        switch Int32(code) {
        case COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4, COMPRESSION_CCITTRLEW: "CCITT fax"
        case COMPRESSION_OJPEG, COMPRESSION_JPEG: "JPEG"
        case COMPRESSION_ZSTD: "Zstandard"
        case COMPRESSION_LZMA: "LZMA"
        case COMPRESSION_WEBP: "WebP"
        case COMPRESSION_LERC: "LERC"
        case COMPRESSION_JXL: "JPEG XL"
        case COMPRESSION_JP2000, 33003, 33004, 33005: "JPEG 2000"
        case 22610, 34934: "JPEG XR"
        case 33007: "ALT-JPEG"
        // Opera's.
        case 65535: "LuraWave"
        default: "scheme \(code)"
        }
    }
}
