public import IDRPlan

/// Which plane of a well's images is meant. Everything is counted from 1, as frames are in the published pipeline.
public struct PlaneIndex: Sendable, Hashable, Codable {
    /// Field of view (also called position or site).
    public var field: Int
    /// Point in time.
    public var frame: Int
    public var channel: Int
    /// Slice of a stack.
    public var z: Int

    public init(field: Int = 1, frame: Int, channel: Int = 1, z: Int = 1) {
        self.field = field
        self.frame = frame
        self.channel = channel
        self.z = z
    }
}

/// How many planes a well's images have, and their size in pixels.
public struct PlaneExtent: Sendable, Hashable, Codable {
    public var fields: Int
    public var frames: Int
    public var channels: Int
    public var slices: Int
    public var height: Int
    public var width: Int

    public init(fields: Int = 1, frames: Int, channels: Int, slices: Int, height: Int, width: Int) {
        self.fields = fields
        self.frames = frames
        self.channels = channels
        self.slices = slices
        self.height = height
        self.width = width
    }

    /// Throws an error that says the valid range where `index` does not exist.
    public func check(_ index: PlaneIndex) throws(IDRError) {
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

/// The reader contract that every format serves: the images of one well, read plane by plane.
public protocol PlaneSource: Sendable {
    var extent: PlaneExtent { get }
    var pixelType: PixelType { get }
    /// One name per channel, in the file's order.
    var channelNames: [String] { get }

    /// Reads planes, in the order of `indices`, and no more of the files than they take.
    /// - Throws: ``IDRError`` where a plane does not exist or cannot be decoded.
    func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane]
}

extension PlaneSource {
    /// Reads one plane.
    public func plane(_ index: PlaneIndex) async throws -> PixelPlane {
        guard let plane = try await planes([index]).first else { throw IDRError(.invalidInput, "no plane was read") }
        return plane
    }

    /// The number, from 1, of the channel called `name`; letter case does not count.
    public func channel(named name: String) throws(IDRError) -> Int {
        if let index = channelNames.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return index + 1 }
        throw IDRError(
            .missing, "there is no channel \"\(name)\"", because: "the channels are \(channelNames.map { "\"\($0)\"" }.joined(separator: ", "))")
    }
}
