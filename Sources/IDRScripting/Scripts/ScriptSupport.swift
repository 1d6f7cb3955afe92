import Foundation
import IDRFiles
import IDRPlan

/// Where the parts are that a script is compiled against: the library, its modules and the main objects.
/// They lie beside `idrscript`, in an install prefix or in the package's build folder.
package struct ScriptSupport {
    package let library: String
    package let modules: String
    package let mainObjects: [String]
    package let toolchain: Toolchain

    package var libraryFolder: String { URL(fileURLWithPath: library).deletingLastPathComponent().path }

    package static func find() throws -> ScriptSupport {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let toolchain = try Toolchain.find()
        let candidates = [installed(besides: program), built(in: program)]
        for (library, modules, objects) in candidates {
            guard FileManager.default.fileExists(atPath: library), FileManager.default.fileExists(atPath: modules) else { continue }
            return ScriptSupport(library: library, modules: modules, mainObjects: objects.flatMap(Self.objectFiles), toolchain: toolchain)
        }
        throw IDRError(
            .missing, "the IDRKit library for scripts was not found", at: [program.path],
            because: "neither \(candidates.map(\.library).joined(separator: " nor ")) exists",
            fix: "build it with `make` in the package, or install it with `make install PREFIX=...`")
    }

    private typealias Layout = (library: String, modules: String, objects: [String])

    /// `PREFIX/bin/idrscript`, everything else in `PREFIX/lib/idrkit`.
    private static func installed(besides program: URL) -> Layout {
        let folder = program.deletingLastPathComponent().appending(path: "lib/idrkit").path
        return (folder + "/libIDRKit.so", folder + "/modules", [folder + "/main"])
    }

    /// The package's build folder, with everything in it.
    private static func built(in program: URL) -> Layout {
        let folder = program.path
        return (folder + "/libIDRKit.so", folder + "/Modules", [folder + "/IDRScriptMain.build", folder + "/CScriptMain.build"])
    }

    private static func objectFiles(in folder: String) -> [String] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return names.filter { $0.hasSuffix(".o") }.map { "\(folder)/\($0)" }
    }
}

/// The Swift compiler on the PATH.
package struct Toolchain {
    /// As found: the program decides by its name what it is, so links are not followed.
    let compiler: String
    /// Names the source line of an address; beside the compiler.
    var symbolizer: String { URL(fileURLWithPath: compiler).deletingLastPathComponent().appending(path: "llvm-symbolizer").path }

    /// Whether the person wants no colours: the compiler does not ask for `NO_COLOR` (no-color.org).
    static var isPlain: Bool { ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty == false }

    /// How the compiler names itself: the first line of `swiftc --version`.
    func version() async throws -> String {
        var asked = ChildProcess(compiler, ["--version"])
        asked.output = .kept(1 << 16)
        let answer = try await asked.run()
        guard answer.isSuccess, let line = String(decoding: answer.output, as: UTF8.self).split(separator: "\n").first else {
            throw IDRError(.system, "the Swift compiler does not say its version", at: [compiler], fix: "check the toolchain")
        }
        return String(line)
    }

    static func find() throws -> Toolchain {
        if let path = ChildProcess.find("swiftc") { return Toolchain(compiler: path) }
        throw IDRError(
            .missing, "no Swift compiler on the PATH", because: "scripts are compiled before they run",
            fix: "install the Swift toolchain (6.2 or later) and put its usr/bin folder on the PATH")
    }
}
