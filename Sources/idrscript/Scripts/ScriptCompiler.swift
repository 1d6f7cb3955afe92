import ArgumentParser
import Foundation
import IDRData
import IDRPlan
import Subprocess
import SystemPackage

/// Turns a script into an executable, once: an unchanged script, library and toolchain give the cached one.
struct ScriptCompiler {
    let support: ScriptSupport
    let cache: ScriptCache
    var flags = CompilerFlags()

    /// The executable for the script `source`, which lies at `path`.
    /// - Throws: where it does not compile, the compiler has already printed its diagnostics on the script's own lines:
    ///   nothing more is said.
    func compiled(_ source: Data, path: String) async throws -> CompiledScript {
        guard let text = String(data: source, encoding: .utf8) else {
            throw IDRError(.invalidInput, "the script is not UTF-8 text", at: [path], fix: "save it as UTF-8")
        }
        let key = try cache.key(script: path, source: source, flags: flags.values, support: support)
        if let cached = cache.script(for: key) { return cached }
        return try await cache.store(key) { script in
            try source.write(to: URL(fileURLWithPath: script.source))
            try Data(try await support.toolchain.version().utf8).write(to: URL(fileURLWithPath: script.compilerFile))
            try await compile(text, path: path, as: script)
        }
    }

    /// The bytes of the script at `path`, read once: what is decided on is what is compiled.
    static func source(of path: String) throws(IDRError) -> Data {
        // The name is written into what is compiled, for diagnostics, and to terminals.
        guard !path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw IDRError(.refused, "the script's name has control characters", fix: "give it another name")
        }
        guard let source = FileManager.default.contents(atPath: path) else {
            throw IDRError(.missing, "no script \(path)", fix: "check the path; a script is a .swift file")
        }
        return source
    }

    private func compile(_ text: String, path: String, as script: CompiledScript) async throws {
        let folder = script.folder
        // The compiler allows top-level code in a file called main.swift; #sourceLocation keeps diagnostics on the script's own lines.
        let main = "\(folder)/main.swift"
        let name = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        try Data("#sourceLocation(file: \"\(name)\", line: 1)\n\(text)\n#sourceLocation()\n".utf8).write(to: URL(fileURLWithPath: main))
        var flags = flags.all
        flags += ["-file-prefix-map", "\(folder)=.", "-I", support.modules]
        flags += ["-Xcc", "-fmodule-map-file=\(try Self.writeModuleMap(in: folder))"]
        try await swiftc(flags + ["-c", main, "-o", "\(folder)/main.o"])
        let library = support.libraryFolder
        try await swiftc(
            ["\(folder)/main.o"] + support.mainObjects + ["-L", library, "-lIDRKit", "-Xlinker", "-rpath", "-Xlinker", library, "-o", script.binary])
    }

    /// IDRKit's modules name the C libraries behind them. Scripts never see anything of these, so that modules without content do,
    /// and no C header needs to be installed, or read, to compile a script.
    private static func writeModuleMap(in folder: String) throws -> String {
        let names = ["CBlosc", "CCrypto", "CCurl", "CHDF5", "CONNXRuntime", "COpenBLAS", "CTIFF", "CZip", "CZlib", "CZstd"]
        let path = "\(folder)/libraries.modulemap"
        try Data(names.map { "module \($0) {}\n" }.joined().utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func swiftc(_ arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .path(FilePath(support.toolchain.compiler)), arguments: Arguments(arguments), input: .none, output: .currentStandardError,
            error: .currentStandardError)
        guard result.terminationStatus.isSuccess else { throw ExitCode.failure }
    }
}
