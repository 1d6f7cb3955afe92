/// What a script asks for: a value that can be printed, hashed, encoded and compared without executing anything.
public struct Plan: Codable, Sendable, Hashable {
    /// Raised whenever the encoded form changes; a committed digest of the schema fails the tests where it was forgotten.
    public static let formatVersion = 2

    /// The format that this plan was written in.
    public var format = Plan.formatVersion
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
    /// How nuclei are described; nil while the script has not come to it.
    public var profiling: Profiling?

    /// Where the script wants the screen to be taken from; nil leaves it to the configuration. Not part of a run's identity.
    public var access: Access?

    /// The plan that nothing has been chosen for.
    public init(screen: String, access: Access? = nil) {
        self.screen = screen
        self.access = access
    }

    /// The same plan without the folders of the machine it was written on: files are known by name here,
    /// and by content in ``ResolvedPlan/models``.
    public var portable: Plan {
        var copy = self
        copy.access = nil
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
