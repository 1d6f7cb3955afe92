import Foundation
import IDRData
import IDRModels
import IDRPlan
import IDRProvenance

/// A resolved plan and what this machine knows of its files.
struct Resolution: Sendable {
    let plan: ResolvedPlan
    /// The plan's canonical JSON.
    let planBytes: [UInt8]
    /// SHA-256 of these bytes: the run's identity.
    let identity: String
    /// Folder that movies' paths are relative to.
    var studyFolder: String
    var options: RunOptions
    /// Paths of the plan's models by role.
    var modelPaths: [String: String]
    /// DeepProfiler's configuration, where the plan names one.
    var configuration: DeepProfilerConfig?
    /// What a person should know before trusting the numbers; in every batch's record.
    var warnings: [String] = []
}

/// Turns the names in a plan into wells, files and digests. Reads tables and weights' digests, never a pixel.
struct Resolver {
    let options: RunOptions

    /// - Throws: an ``IDRError`` where a name does not exist, or the selection is empty.
    func resolve(_ plan: Plan) async throws -> Resolution {
        let screen = try ScreenName(plan.screen)
        let mirror = ScreenMirror(root: try mirrorFolder(plan))
        let tables = try mirror.tables(of: screen)
        let wells = try WellSelection(tables: tables).wells(plan.selection)
        guard !plan.frames.isEmpty else { throw IDRError(.invalidPlan, "the plan names no frame", fix: "choose one with .frame(50)") }
        guard plan.frames[0] >= 1 else {
            throw IDRError(
                .invalidPlan, "frame \(plan.frames[0]) does not exist", because: "frames are counted from 1",
                fix: "choose a frame from 1 with .frame(...)")
        }
        let models = try ModelFiles(plan: plan).resolve()
        let tablePaths = try mirror.tablePaths(of: screen)
        let resolved = ResolvedPlan(
            plan: plan,
            tables: [try ResolvedFile(role: "annotation", path: tablePaths.annotation), try ResolvedFile(role: "plates", path: tablePaths.plates)],
            models: models.files,
            wells: try wells.map { well in
                WellReference(
                    plate: well.plate, well: well.name, wellNumber: well.number, gene: well.target, controlType: well.controlType,
                    movie: try tables.moviePath(of: well))
            })
        let planBytes = try CanonicalJSON.encode(resolved)
        return Resolution(
            plan: resolved, planBytes: planBytes, identity: try SHA256.hex(of: planBytes), studyFolder: try mirror.studyFolder(of: screen),
            options: options, modelPaths: models.paths, configuration: models.configuration, warnings: models.warnings)
    }

    /// The option, the script's own word, then the environment.
    private func mirrorFolder(_ plan: Plan) throws(IDRError) -> String {
        if let folder = options.mirror ?? plan.mirror ?? ProcessInfo.processInfo.environment["IDRKIT_MIRROR"] { return folder }
        throw IDRError(
            .missing, "it is not known where \(plan.screen) is", because: "no mirror was named",
            fix: "name a folder with the study's tables and movies: screen(\"\(plan.screen)\", mirror: \"...\"), --mirror, or IDRKIT_MIRROR")
    }
}

extension ResolvedFile {
    init(role: String, path: String) throws(IDRError) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        self.init(role: role, name: URL(fileURLWithPath: path).lastPathComponent, bytes: size, sha256: try SHA256.hex(ofFile: path))
    }
}
