import Foundation
import IDRModels
import IDRPlan

/// The commit that IDRKit was built from. The package's build writes it into a file beside the library, `idrkit-build`, with the library's
/// SHA-256: a stamp of another build says nothing.
enum BuildStamp {
    static func commit(of binary: String, sha256: Digest) -> String? {
        let file = URL(fileURLWithPath: binary).deletingLastPathComponent().appending(path: "idrkit-build").path
        let words = (try? String(contentsOfFile: file, encoding: .utf8))?.split(whereSeparator: \.isWhitespace) ?? []
        guard words.count == 2, words[1] == sha256.hex else { return nil }
        return String(words[0])
    }
}
