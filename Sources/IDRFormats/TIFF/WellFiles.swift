package import IDRPlan

/// Which files hold which planes of a well, by their names; nothing is opened, and the files may be elsewhere.
package protocol WellFiles: Sendable {
    /// The name of the file that says how large the images are; nil where there is no file.
    var firstFile: String? { get }

    /// The name of the file that holds the plane of `index`; nil where there is none.
    func name(of index: PlaneIndex) -> String?

    /// The planes, for reading.
    /// - Parameter paths: where files are on this machine, by name. Only those of what is to be read must be there, and at least one.
    func well(paths: [String: String], of subject: [String]) throws(IDRError) -> TIFFWell
}

extension PlaneIndex {
    /// Before which others a plane stands where one has to be the first.
    var order: (Int, Int, Int, Int) { (field, frame, channel, z) }
}

extension TIFFWellNames: WellFiles {
    package var firstFile: String? { names.min { $0.key.order < $1.key.order }?.value }

    package func well(paths: [String: String], of subject: [String]) throws(IDRError) -> TIFFWell {
        try TIFFWell(self, paths: names.compactMapValues { paths[$0] }, of: subject)
    }
}
