import Foundation
import IDRPlan
import IDRTransfer

/// How a crate calls what it is about.
enum CrateNames {
    /// Content by digest, wherever it is: `ni:///sha-256;...` (RFC 6920).
    static func content(_ sha256: Digest) -> String {
        let digits = Array(sha256.hex.utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) }
        let base64 = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return "ni:///sha-256;\(base64)"
    }

    /// A file or folder of the crate: its path, with whatever an URI may not hold percent-encoded.
    static func path(_ name: String) -> String { encoded(name, keeping: "/") }

    /// An entity that is only in this crate: `#` and `name`.
    static func local(_ name: String) -> String { "#" + encoded(name, keeping: "/") }

    /// The address of something on a server; nil where it is none, such as a path below a mirror.
    static func address(_ location: String) -> String? { (try? RemoteURL(location))?.description }

    private static func encoded(_ text: String, keeping reserved: String) -> String {
        var kept = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        kept.insert(charactersIn: reserved)
        return text.addingPercentEncoding(withAllowedCharacters: kept) ?? ""
    }

    /// Media type by the file's name; nil where none is registered.
    static func mediaType(_ name: String) -> LinkedValue? {
        let types = [
            ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".gz": "application/gzip", ".json": "application/json",
            ".lock": "application/json", ".jsonl": "application/jsonl", ".md": "text/markdown", ".swift": "text/x-swift", ".tif": "image/tiff",
            ".tiff": "image/tiff", ".h5ad": "application/x-hdf5", ".h5": "application/x-hdf5", ".ch5": "application/x-hdf5",
        ]
        return types.first { name.hasSuffix($0.key) }.map { .text($0.value) }
    }
}
