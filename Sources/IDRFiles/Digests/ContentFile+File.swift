package import IDRPlan

extension ContentFile {
    /// The file at `path`, under `name`.
    package init(file path: String, name: String, role: String = "") throws(IDRError) {
        let content = try SHA256.content(ofFile: path)
        self.init(role: role, name: name, bytes: content.bytes, sha256: content.sha256)
    }
}
