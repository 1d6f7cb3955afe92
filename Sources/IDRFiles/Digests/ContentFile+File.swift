import Foundation
package import IDRPlan

extension ContentFile {
    /// The file at `path`, under `name`.
    package init(file path: String, name: String, role: String = "") throws(IDRError) {
        let content = try SHA256.content(ofFile: path)
        self.init(role: role, name: name, bytes: content.bytes, sha256: content.sha256)
    }

    /// Whether the file at `path` has this content, whatever it is called. Most candidates have another size and are not read.
    package func isContent(ofFile path: String) throws(IDRError) -> Bool {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
        guard size == bytes else { return false }
        return try SHA256.digest(ofFile: path) == sha256
    }
}
