package import Foundation
import IDRFiles
package import IDRPlan
package import IDRRecord

/// A run's folder that no pipeline made: complete on disk in a few milliseconds, every number a function of ``seed`` and the place.
/// Tests set what they are about and call ``write(to:)``; two samples with the same settings have the same bytes.
package struct SampleRecord: Sendable {
    /// Batches of the plan, and wells of each.
    package var batches = 2
    package var wellsPerBatch = 2
    package var cellsPerWell = 4
    package var featureCount = 6
    /// Decides features, locations and digests of stages.
    package var seed = 1
    package var plate = "SAMPLE_01"
    package var gene = "GENE1"
    /// nil: an executable whose source was not at hand.
    package var script: String? =
        "import IDRKit\n\nlet cells = try await screen(\"idr0013A\").controls().frame(18).correct().segment().profile().run()\n"
    package var scriptName = "sample.swift"
    package var trust = "own"
    package var author: Author? = Author(
        name: "Josiah Carberry", orcid: "https://orcid.org/0000-0002-1825-0097", laboratory: "Brown University", ror: "https://ror.org/05gq02987",
        license: "CC0-1.0")
    /// `mirror`, `cellh5` or `files`: whole files of a folder, parts of files of a server, whole files of a server.
    package var source = PixelSource.mirror
    package var warnings: [String] = []
    /// Batches that failed, that were begun and never ended, and in which no nuclei were found.
    package var failed: Set<Int> = []
    package var interrupted: Set<Int> = []
    package var empty: Set<Int> = []
    package var plan = SampleRecord.plan
    package var models = SampleRecord.models
    package var environment = SampleRecord.environment
    package var agreement = Agreement()
    /// Changes a batch's record before it is written; tables and their digests stay.
    package var edit: @Sendable (inout BatchRecord) -> Void = { _ in }

    package init() {}

    /// When the sample's run began.
    package static let began = Date(timeIntervalSince1970: 1_767_225_600)

    package static var plan: Plan {
        var plan = Plan(screen: "idr0013A")
        plan.selection = [.controls(nil, words: nil)]
        plan.frames = [18]
        plan.correction = Correction()
        plan.segmentation = Segmentation(diameter: 27.5)
        plan.profiling = Profiling()
        return plan
    }

    package static let models = [
        ContentFile(role: "profiling", name: "efficientnet-lite0.pth", bytes: 18_826_032, sha256: Digest(filledWith: 0xa1)),
        ContentFile(role: "segmentation", name: "nuclei-small.pth", bytes: 6_747_087, sha256: Digest(filledWith: 0xb2)),
    ]

    package static let environment = RunEnvironment(
        idrkit: CodeRecord(
            version: IDRKitVersion.current, commit: String(repeating: "c3", count: 20), binary: "libIDRKit.so",
            sha256: Digest(filledWith: 0xd4)),
        swift: "6.3", compiler: "Swift version 6.3.1 (swift-6.3.1-RELEASE)", compilerFlags: ["-O"],
        libraries: [
            LibraryRecord(name: "libhdf5_serial.so.103.3.1", version: "1.10.8", sha256: Digest(filledWith: 0xe5)),
            LibraryRecord(name: "libonnxruntime.so.1.32.0", version: "1.32.0", sha256: Digest(filledWith: 0xf6)),
        ], operatingSystem: "Debian GNU/Linux 12 (bookworm)", kernel: "Linux 6.1.0", processor: "AMD EPYC", instructionSets: ["avx", "avx2", "fma"],
        cores: 2, openBLASCore: "Haswell", locale: "C.UTF-8", variables: ["LANG": "C.UTF-8"])

    /// The resolved plan.
    package var resolved: ResolvedPlan {
        let wells = (0..<batches * wellsPerBatch).map { index in
            WellReference(plate: plate, well: Self.wellName(index), wellNumber: index % 384 + 1, gene: gene, controlType: "negative control")
        }
        let table = ContentFile(role: "annotation", name: "idr0013-screenA-annotation.csv", bytes: 6734, sha256: Digest(filledWith: 0x07))
        return ResolvedPlan(plan: plan, tables: [table], models: models, channels: ["H2B-GFP:chromatin"], wells: wells)
    }

    /// SHA-256 of the resolved plan.
    package func identity() throws -> Digest { try SHA256.digest(of: CanonicalJSON.encode(resolved)) }

    package func run() throws -> RunRecord {
        let source = try script.map { try SHA256.digest(of: $0) }
        var record = RunRecord(
            run: try identity(), name: nil, batchSize: wellsPerBatch, batches: batches,
            script: ScriptRecord(
                name: scriptName, sha256: source, imports: script == nil ? [] : ["IDRKit"], arguments: [], compilerFlags: environment.compilerFlags,
                trust: script == nil ? "executable" : trust), author: author)
        record.agreement = agreement
        return record
    }

    /// `A1` to `P24` of a plate with 384 wells, and again.
    private static func wellName(_ index: Int) -> String {
        let place = index % 384
        return String(UnicodeScalar(UInt8(65 + place / 24))) + "\(place % 24 + 1)"
    }
}
