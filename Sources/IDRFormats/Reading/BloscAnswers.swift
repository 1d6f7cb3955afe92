import IDRFiles
import IDRPlan

/// ``BloscCodec`` in the reader's process.
final class BloscAnswers: ReaderAnswers {
    static let service = ReaderService.blosc

    struct Request: Codable {
        var bytes: RawNumbers<UInt8>
        var size: ZarrDecodedSize
    }

    enum Reply: Sendable, Codable {
        case bytes(RawNumbers<UInt8>)
        case failed(IDRError)
    }

    func answer(_ request: Request) -> Reply {
        do throws(IDRError) {
            return .bytes(RawNumbers(try BloscCodec.decode(request.bytes.values, request.size)))
        } catch {
            return .failed(error)
        }
    }
}

extension BloscCodec {
    /// ``decode(_:_:)`` for bytes from elsewhere, in the reader's process.
    static func decodeForeign(_ bytes: [UInt8], _ size: ZarrDecodedSize) throws(IDRError) -> [UInt8] {
        // Which chunk it is, is said further out.
        switch try ReaderLease.once(.blosc, BloscAnswers.Request(bytes: RawNumbers(bytes), size: size), of: "a chunk") as BloscAnswers.Reply {
        case .bytes(let bytes): return bytes.values
        case .failed(let error): throw error
        }
    }
}
