import Foundation
import IDRFiles
package import IDRPlan
package import IDRTransfer

/// Where a file of a new model comes from.
package enum ModelSource: Sendable, Hashable {
    /// A file of the user's.
    case file(String)
    /// A server's, whose bytes must have this digest.
    case address(RemoteURL, sha256: Digest)

    /// What messages call it.
    var shown: String {
        switch self {
        case .file(let path): path
        case .address(let url, _): url.description
        }
    }

    /// What records may say of where it came from; nil where that is this machine. A query may hold a key.
    var origin: String? {
        switch self {
        case .file: nil
        case .address(let url, _): String(url.description.prefix { $0 != "?" && $0 != "#" })
        }
    }

    /// The name that the file has in the store: the last part of its path or address, percent-decoded.
    /// - Throws: `refused` where that could be another place, or is hidden or unreadable.
    func name() throws(IDRError) -> String {
        let name = lastPart ?? ""
        var reason: String?
        do throws(IDRError) {
            try PathPart.checked(name, called: "the name")
            if name.hasPrefix(".") { reason = "it begins with a dot" }
            if ArchiveName.printable(name) != name { reason = "it holds characters that are not shown" }
        } catch {
            reason = error.reason
        }
        guard let reason else { return name }
        throw IDRError(
            .refused, "a model's file cannot be called \"\(ArchiveName.printable(name))\"", at: [shown], because: reason,
            fix: "fetch or copy it under another name, and add that file")
    }

    /// nil where an address has none, or not in UTF-8.
    private var lastPart: String? {
        switch self {
        case .file(let path): return URL(fileURLWithPath: path).lastPathComponent
        case .address:
            // Before the path stand the scheme, nothing, and the host.
            let parts = (origin ?? "").split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
            return parts.last.flatMap { String($0).removingPercentEncoding }
        }
    }

    /// Puts the file into `folder` under `name`.
    /// - Throws: ``IDRError`` where it is not there, is too large for weights, or has another digest than it must; `CancellationError`.
    func bring(to folder: String, as name: String, client: RemoteClient) async throws {
        switch self {
        case .file(let path):
            let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            _ = try WeightBytes.size(of: file)
            try CheckedCopy.copy(ContentFile(file: file, name: name), at: file, to: folder)
        case .address(let url, let expected):
            let file = try await Downloader(client).download(url, to: "\(folder)/\(name)", limit: WeightBytes.largestFile)
            guard file.sha256 == expected else {
                throw IDRError(
                    .changed, "the file is not the one with this SHA-256", at: [shown],
                    because: "its digest is \(file.sha256), and \(expected) was expected; it has \(file.bytes) bytes",
                    fix: "check address and digest; where both are right, ask who publishes the file. Nothing of it was kept")
            }
        }
    }
}
