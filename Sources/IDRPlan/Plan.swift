/// What a script asks for: a value that can be printed, hashed, encoded and compared without executing anything.
public struct Plan: Codable, Sendable, Hashable {
    /// The newest form. It rises whenever the encoded form changes; a committed digest of the schema fails the tests where it was forgotten.
    package static let formatVersion = 6

    /// The form that this plan is encoded in: the lowest that can say all of it, so that who asks for nothing new keeps the plan's identity.
    package var format: Int {
        let stages = segmentation?.precision != nil ? 5 : segmentation?.estimate != nil ? 4 : measuring == nil ? 2 : 3
        return max(stages, selection.map(\.format).max() ?? 2)
    }
    /// The screen as IDR names it: study and screen letter, `idr0013A`.
    public var screen: String
    /// The selection's steps in the order of the script.
    public var selection: [SelectionStep] = []
    /// 1-based frames of each movie, ascending.
    public var frames: [Int] = []
    /// 1-based fields of view of each well, ascending.
    public var fields: [Int] = [1]
    /// 1-based slice of stacks.
    public var slice = 1
    /// How illumination is corrected; nil: it is not.
    public var correction: Correction?
    /// How nuclei are found; nil while the script has not come to it.
    public var segmentation: Segmentation?
    /// How nuclei are measured; nil: they are not.
    public var measuring: Measuring?
    /// How nuclei are described; nil: they are not.
    public var profiling: Profiling?

    /// The plan that nothing has been chosen for.
    public init(screen: String) { self.screen = screen }

    /// The same plan without the folders of the machine it was written on: files are known by name here,
    /// and by content in the resolved plan.
    public var portable: Plan {
        var copy = self
        if var segmentation {
            segmentation.model = segmentation.model.withoutFolder
            segmentation.sizeModel = segmentation.sizeModel?.withoutFolder
            copy.segmentation = segmentation
        }
        if var profiling {
            profiling.network = profiling.network?.withoutFolder
            profiling.configuration = profiling.configuration.map(lastPathComponent(of:))
            copy.profiling = profiling
        }
        return copy
    }
}

extension Plan {
    private enum CodingKeys: String, CodingKey {
        case format, screen, selection, frames, fields, slice, correction, segmentation, measuring, profiling
    }

    /// A plan of any form up to ``formatVersion``. What older forms held beside the plan, such as where its screen is taken from, is left out.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        screen = try values.decode(String.self, forKey: .screen)
        selection = try values.decode([SelectionStep].self, forKey: .selection)
        frames = try values.decode([Int].self, forKey: .frames)
        fields = try values.decode([Int].self, forKey: .fields)
        slice = try values.decode(Int.self, forKey: .slice)
        correction = try values.decodeIfPresent(Correction.self, forKey: .correction)
        segmentation = try values.decodeIfPresent(Segmentation.self, forKey: .segmentation)
        measuring = try values.decodeIfPresent(Measuring.self, forKey: .measuring)
        profiling = try values.decodeIfPresent(Profiling.self, forKey: .profiling)
        guard try values.decode(Int.self, forKey: .format) == format else {
            throw DecodingError.dataCorruptedError(forKey: .format, in: values, debugDescription: "a plan that asks for this has format \(format)")
        }
    }

    /// The plan in its ``format``.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(format, forKey: .format)
        try values.encode(screen, forKey: .screen)
        try values.encode(selection, forKey: .selection)
        try values.encode(frames, forKey: .frames)
        try values.encode(fields, forKey: .fields)
        try values.encode(slice, forKey: .slice)
        try values.encodeIfPresent(correction, forKey: .correction)
        try values.encodeIfPresent(segmentation, forKey: .segmentation)
        try values.encodeIfPresent(measuring, forKey: .measuring)
        try values.encodeIfPresent(profiling, forKey: .profiling)
    }
}
