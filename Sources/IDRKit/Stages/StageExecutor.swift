import IDRPlan
import IDRRecord

/// What computes a declared stage. A pass over the stages, `why` and keys of the stage cache know nothing else of it.
///
/// An executor of a new stage is one file: this protocol, and how its value is kept (``StageValue``).
protocol StageExecutor: Sendable {
    /// What one computation works on.
    associatedtype Input: Sendable
    /// What it gives.
    associatedtype Value: StageValue

    /// The stage's declaration.
    static var stage: Stage { get }

    /// Oldest first. Add one whenever a change gives this stage other numbers, the way its models are read and built included: results that
    /// were kept before count no more, and `reproduce` says which release gives a record's bits.
    static var kernels: [Kernel] { get }

    /// The executor with its models in memory.
    init(loading resolution: Resolution) async throws

    /// What decides the stage's result on an image, from what is known of it: the digests of earlier stages, and what was decided beforehand.
    /// Of a finished record it gives the keys that the run had.
    /// - Returns: one a channel where each channel is computed by itself, or else one.
    static func keys(of image: ImageRecord, _ keys: StageKeys) throws(IDRError) -> [StageKey]

    /// The computations that the images need.
    func parts(of images: FieldImages) throws -> [StagePart<Input>]

    /// Computes one; called on a thread that may be busy for long.
    func run(_ input: Input) throws -> Value

    /// Whether a result that was kept can be this input's.
    func fits(_ value: Value, _ input: Input) -> Bool

    /// What the value is, by digest: of the image at `position` among the field's, for artifacts of which each frame has its own.
    func digests(of value: Value, position: Int) throws -> [Artifact: Digest]

    /// The columns that the stage adds to tables of such images.
    func columns(of image: ImageRecord) -> [String]

    /// What tables say of the columns' origin: the network's name.
    var model: String? { get }

    /// Puts the value where later stages and the tables look for it.
    func give(_ value: Value, _ part: StagePart<Input>, to images: inout FieldImages) throws
}

extension StageExecutor {
    static var kernelVersion: Int { kernels.last?.version ?? 0 }

    func columns(of image: ImageRecord) -> [String] { [] }

    var model: String? { nil }

    func fits(_ value: Value, _ input: Input) -> Bool { true }
}

/// One computation of a stage.
struct StagePart<Input: Sendable>: Sendable {
    let input: Input
    /// The images that it serves, by position; the first one's record has its key.
    let images: [Int]
    /// Which of the stage's keys is its.
    var key = 0
    /// The number of the channel that it is about, where each has its own.
    var channel: Int?
}
