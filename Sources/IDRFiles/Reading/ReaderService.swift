/// What the reader's process is asked for: libraries that foreign bytes are given to, and that such bytes may crash.
package enum ReaderService: Int64, Sendable, CaseIterable {
    case hdf5 = 1
    case tiff, blosc, zip

    /// What it reads, as messages say it.
    var what: String {
        switch self {
        case .hdf5: "HDF5 files"
        case .tiff: "TIFF images"
        case .blosc: "Blosc chunks"
        case .zip: "ZIP archives"
        }
    }
}

/// Answers requests for one service, in the reader's process.
package protocol ReaderAnswers: AnyObject {
    associatedtype Request: Decodable
    associatedtype Reply: Encodable

    static var service: ReaderService { get }

    /// What fails is an answer too.
    func answer(_ request: Request) -> Reply
    /// Who asked is done: nothing stays open.
    func reset()
}

extension ReaderAnswers {
    package func reset() {}
}
