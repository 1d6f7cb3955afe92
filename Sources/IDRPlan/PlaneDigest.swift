/// A plane by content: the SHA-256 of its pixels, whatever file, chunks or compression they came in.
///
/// The digest is taken over a line `<height> <width> <pixel type>` and the pixels, `[y, x]`, little-endian.
public struct PlaneDigest: Sendable, Hashable, Codable {
    /// Which plane it is.
    public var index: PlaneIndex
    /// Of the plane, as said above.
    public var sha256: Digest

    package init(index: PlaneIndex, sha256: Digest) {
        self.index = index
        self.sha256 = sha256
    }
}
