import Foundation
import TestSupport

/// A scratch folder with a mirror of four small movies, in which scripts are written and run.
struct ScriptFolder {
    static let wells = ["A2", "A3", "B2", "B3"]
    let scratch: ScratchFolder
    let mirror: ScratchMirror

    init() async throws {
        scratch = try ScratchFolder()
        mirror = try ScratchMirror(scratch("mirror"), wells: Self.wells.map { ($0, "negative control") })
        for (index, well) in Self.wells.enumerated() { try await mirror.writeMovie(well, planes: ExampleFrames.small(index)) }
    }

    /// One well a batch; the diameter is given, so that one pass of the network is enough.
    static let pipeline =
        #"try await screen("idr0013A", mirror: "mirror").controls().frame(2).correct().segment(diameter: 27).profile().run(batchSize: 1)"#

    static let script = """
        import IDRKit

        let cells = \(pipeline)
        print("cells:", cells.cellCount)
        """

    func write(_ script: String, to name: String = "script.swift") throws {
        try script.write(toFile: scratch(name), atomically: true, encoding: .utf8)
    }

    func idrscript(_ arguments: String..., environment: [String: String] = [:]) async throws -> BuiltProgram {
        try await BuiltProgram.run("idrscript", arguments, in: scratch.path, environment: settings.merging(environment) { $1 })
    }

    func start(_ arguments: String...) throws -> BuiltProgram.Running {
        try BuiltProgram.start("idrscript", arguments, in: scratch.path, environment: settings)
    }

    /// Caches, settings and models of its own.
    var settings: [String: String] {
        ["XDG_CACHE_HOME": scratch("cache"), "XDG_CONFIG_HOME": scratch("config"), "XDG_DATA_HOME": scratch("data")]
    }

    func contents(of output: String) throws -> [String: String] { try scratch.runContents(of: output) }
}
