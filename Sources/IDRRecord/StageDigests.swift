/// What each stage made of one image, as SHA-256: where two runs part, the first digest that differs names the stage.
public struct StageDigests: Codable, Sendable, Hashable {
    /// The frame after correction, one a channel in the order of ``ImageRecord/channels``; see `PlaneDigest`.
    public var corrected: [String]
    /// The label image: `<height> <width> int32`, a line feed, and the labels, little-endian.
    public var labels: String
    /// The centres as text, as the locations file holds them.
    public var locations: String
    /// All crops, in the order of channels and nuclei, as the network took them, one of their three equal planes each: float32, little-endian.
    public var crops: String
    /// `[nucleus, feature]`, float32, little-endian.
    public var features: String

    public init(corrected: [String], labels: String, locations: String, crops: String, features: String) {
        self.corrected = corrected
        self.labels = labels
        self.locations = locations
        self.crops = crops
        self.features = features
    }
}
