package import IDRPlan

extension FileDigest {
    /// - Parameter name: what records call it.
    package init(file path: String, name: String) throws(IDRError) {
        let content = try SHA256.content(ofFile: path)
        self.init(name: name, bytes: content.bytes, sha256: content.sha256)
    }
}
