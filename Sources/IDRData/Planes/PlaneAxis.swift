/// The axes by which the planes of a well are counted.
public enum PlaneAxis: String, Sendable, Hashable, Codable, CaseIterable {
    case field, frame, channel, z
}

extension PlaneIndex {
    /// The number along `axis`, from 1.
    public subscript(axis: PlaneAxis) -> Int {
        get {
            switch axis {
            case .field: field
            case .frame: frame
            case .channel: channel
            case .z: z
            }
        }
        set {
            switch axis {
            case .field: field = newValue
            case .frame: frame = newValue
            case .channel: channel = newValue
            case .z: z = newValue
            }
        }
    }
}

extension PlaneIndex: CustomStringConvertible {
    public var description: String { "field \(field), frame \(frame), channel \(channel), z slice \(z)" }
}
