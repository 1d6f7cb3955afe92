import IDRFormats
import IDRPlan
import IDRTransfer

/// A well as its images are looked for.
package struct WellAddress: Sendable, Hashable {
    package let plate: String
    /// Row letter and column, as the study's table writes it.
    package let well: String
    /// From 1 along the rows of the plate.
    package let number: Int

    package init(plate: String, well: String, number: Int) {
        self.plate = plate
        self.well = well
        self.number = number
    }

    package init(_ well: ScreenWell) { self.init(plate: well.plate, well: well.name, number: well.number) }

    /// - Throws: an ``IDRError`` where the well's name is not a row letter and a column.
    func place() throws(IDRError) -> WellName {
        if let place = WellName(well) { return place }
        throw IDRError(.invalidInput, "\"\(well)\" is not a row letter and a column")
    }
}

/// A place that may have a well's images, reached in one way.
protocol ImageSource: Sendable {
    var kind: PixelSource { get }
    /// The host or folder, for messages.
    var name: String { get }
    /// Under which planes are kept that were read from here; nil where they are not: a mirror is here already, and whole files are kept whole.
    var cacheKey: String? { get }
    /// Whether it is on this machine, so that nothing of it comes from the cache.
    var isLocal: Bool { get }

    /// Whether all planes of a well come from one file, which has one version.
    var isOneFile: Bool { get }

    /// Whether it turned out to be of no use in this run: it is not asked again.
    var isOff: Bool { get }

    /// Finds the images of a well.
    /// - Parameter choose: the planes that will be read; whole files are checked by decoding them.
    /// - Throws: an ``IDRError``, of code `missing` where this place does not have them.
    func open(_ well: WellAddress, for choose: @escaping ImageReader.Choice, tally: TransferTally) async throws -> OpenedImages
}

extension ImageSource {
    var cacheKey: String? { nil }
    var isLocal: Bool { false }
    var isOneFile: Bool { false }
    var isOff: Bool { false }
}

/// A well's images, ready to be read.
struct OpenedImages: Sendable {
    let planes: any PlaneSource
    /// An address, or a path below the mirror.
    let location: String
    /// As records call it: a movie that a server does not give in parts is a whole file.
    let kind: PixelSource
    /// Of what is read in parts.
    var origin: (any PlaneOrigin)?
    /// What a person should know of them as a whole.
    var notes: [String] = []
    /// Digests and versions of the whole files that were read, once they were.
    var files: @Sendable () async throws -> [ReadFile] = { [] }
}

/// A whole file that was read.
struct ReadFile: Sendable {
    var content: ContentFile
    /// nil where no server gave it.
    var version: SourceVersion?
}
