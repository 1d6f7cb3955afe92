import IDRPlan

/// Why the bytes of a chunk are of no use; which chunk it is, is said further out.
enum ZarrChunkError {
    static func damaged(_ reason: String) -> IDRError {
        IDRError(.invalidInput, "a chunk of the image cannot be decoded", because: reason, fix: "fetch or write it again")
    }

    static func tooLarge(_ codec: String, _ size: ZarrDecodedSize) -> IDRError {
        IDRError(
            .refused, "a chunk of the image cannot be decoded", because: "its \(codec) data unpacks to more than the \(size.limit) bytes of a chunk",
            fix: "check where the image comes from")
    }
}

/// How many bytes a codec has to give back.
package enum ZarrDecodedSize: Sendable, Hashable, Codable {
    case exactly(Int)
    /// Where other codecs have still to work on the bytes.
    case atMost(Int)

    var limit: Int {
        switch self {
        case .exactly(let count), .atMost(let count): count
        }
    }

    func check(_ count: Int, _ codec: String) throws(IDRError) {
        guard count <= limit else { throw ZarrChunkError.tooLarge(codec, self) }
        if case .exactly(let expected) = self, count != expected {
            throw ZarrChunkError.damaged("its \(codec) data unpacks to \(count) bytes, and a chunk has \(expected)")
        }
    }
}
