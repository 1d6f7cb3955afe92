import Foundation
package import IDRPlan

extension FileDigest {
    /// - Parameter name: what records call it.
    package init(file path: String, name: String) throws(IDRError) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        self.init(name: name, bytes: size, sha256: try SHA256.hex(ofFile: path))
    }
}
