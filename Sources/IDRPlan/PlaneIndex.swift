/// Which plane of a well's images is meant. Everything is counted from 1, as frames are in the published pipeline.
public struct PlaneIndex: Sendable, Hashable, Codable {
    /// Field of view (also called position or site).
    public var field: Int
    /// Point in time.
    public var frame: Int
    /// Place in the image's channels.
    public var channel: Int
    /// Slice of a stack.
    public var z: Int

    package init(field: Int = 1, frame: Int, channel: Int = 1, z: Int = 1) {
        self.field = field
        self.frame = frame
        self.channel = channel
        self.z = z
    }
}

/// How many planes a well's images have, and their size in pixels.
package struct PlaneExtent: Sendable, Hashable, Codable {
    package var fields: Int
    package var frames: Int
    package var channels: Int
    package var slices: Int
    package var height: Int
    package var width: Int

    package init(fields: Int = 1, frames: Int, channels: Int, slices: Int, height: Int, width: Int) {
        self.fields = fields
        self.frames = frames
        self.channels = channels
        self.slices = slices
        self.height = height
        self.width = width
    }

    /// Throws an error that says the valid range where `index` does not exist.
    package func check(_ index: PlaneIndex) throws(IDRError) {
        try check("frame", index.frame, frames, "choose a frame in that range with .frame(...)")
        try check("channel", index.channel, channels, "choose a channel in that range")
        try check("z slice", index.z, slices, "choose a slice in that range")
        try check("field", index.field, fields, "choose a field in that range")
    }

    private func check(_ axis: String, _ value: Int, _ count: Int, _ advice: String) throws(IDRError) {
        guard value < 1 || value > count else { return }
        let extent =
            count == 1 ? "there is 1 \(axis), so the only valid number is 1" : "there are \(count) \(axis)s, so valid numbers are 1...\(count)"
        throw IDRError(.invalidPlan, "\(axis) \(value) does not exist", because: extent, fix: advice)
    }
}

/// The axes by which the planes of a well are counted.
package enum PlaneAxis: String, Sendable, Hashable, Codable, CaseIterable {
    case field, frame, channel, z
}

extension PlaneIndex {
    /// The number along `axis`, from 1.
    package subscript(axis: PlaneAxis) -> Int {
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
    /// For people: `field 1, frame 18, channel 1, z slice 1`.
    public var description: String { "field \(field), frame \(frame), channel \(channel), z slice \(z)" }
}
