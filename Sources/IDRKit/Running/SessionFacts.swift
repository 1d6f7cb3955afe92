import Foundation
import IDRFiles
import IDRHDF5
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord

/// What a run's record says of this process: script, machine, libraries.
struct SessionFacts: Sendable {
    let script: ScriptRecord
    let session: RunFolder.Session

    /// - Parameters:
    ///   - file: the source file of the call that began the run, for executables.
    ///   - resolution: whose models are in memory already, so that all libraries are loaded.
    init(_ resolution: Resolution, file: String) throws(IDRError) {
        let started = resolution.options.script
        let source = FileManager.default.contents(atPath: started?.source ?? file).map { [UInt8]($0) }
        script = ScriptRecord(
            name: started?.name ?? URL(fileURLWithPath: file).lastPathComponent,
            sha256: try source.map { bytes throws(IDRError) in try SHA256.digest(of: bytes) },
            imports: Self.imports(source ?? []), arguments: started?.arguments ?? Array(CommandLine.arguments.dropFirst()),
            compilerFlags: started?.compilerFlags ?? [], trust: started?.trust ?? "executable")
        let binary = CodeLocation.binary
        let commit = BuildStamp.commit(of: binary, sha256: try SHA256.digest(ofFile: binary))
        let environment = try RunEnvironment.current(
            code: binary, commit: commit, compiler: started?.compiler, compilerFlags: started?.compilerFlags ?? [],
            packages: started?.packages,
            versions: ["hdf5": HDF5Library.version, "openblas": LinearAlgebra.library, "onnxruntime": ONNXRuntime.shared().version],
            openBLASCore: LinearAlgebra.coreType)
        session = RunFolder.Session(
            environment: environment, lock: environment.lock(models: resolution.plan.models), script: source, models: resolution.modelPaths)
    }

    /// Modules that a source imports, sorted.
    private static func imports(_ source: [UInt8]) -> [String] {
        let lines = String(decoding: source, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
        let names = lines.compactMap { words -> String? in
            guard let position = words.firstIndex(of: "import"),
                words[..<position].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
            else { return nil }
            return words.dropFirst(position + 1).last.map(String.init)
        }
        return Set(names).sorted()
    }
}
