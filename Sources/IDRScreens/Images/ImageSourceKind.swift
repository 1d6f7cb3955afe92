import IDRPlan
import IDRTransfer

/// How the sources of one kind are made from what is configured. Each stands beside its ``ImageSource``.
struct ImageSourceKind: Sendable {
    let kind: PixelSource
    /// Best first; none where the configuration or the screen has no such place.
    let sources: @Sendable (ImageSources) throws(IDRError) -> [any ImageSource]
}

extension ImageSourceKind {
    /// The kinds that there are, one for each ``PixelSource``.
    static let all: [ImageSourceKind] = [.mirror, .omeZarr, .cellH5, .files, .aspera]
}
