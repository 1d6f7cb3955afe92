import Foundation
import IDRFiles
import IDRModels
import IDRPlan

/// What compiling and running a script in the sandbox have in common: walls, toolchain, IDRKit's library.
package struct ScriptSandbox {
    let bubblewrap: Bubblewrap
    let support: ScriptSupport
    /// The toolchain's `usr` folder, wherever it really is.
    let toolchain: String

    init(_ support: ScriptSupport) async throws {
        bubblewrap = try await Bubblewrap.find()
        self.support = support
        toolchain = try await Self.folder(of: support.toolchain)
    }

    /// The compiler with `arguments`, working in `folder`.
    func compiler(in folder: String, _ arguments: [String]) -> SandboxedProcess {
        var words = Bubblewrap.walls + Bubblewrap.system(compiling: true) + parts
        words += ["--ro-bind", support.modules, Inside.modules, "--bind", folder, Inside.work]
        for (position, object) in support.mainObjects.enumerated() { words += ["--ro-bind", object, Self.mainObject(position)] }
        words += ["--remount-ro", "/", "--chdir", Inside.work] + Bubblewrap.environment([:])
        return SandboxedProcess(
            program: bubblewrap.program, setting: words, command: ["\(Inside.toolchain)/bin/swiftc"] + arguments, output: STDERR_FILENO)
    }

    /// Paths inside of ``ScriptSupport/mainObjects``.
    var mainObjects: [String] { support.mainObjects.indices.map(Self.mainObject) }

    private static func mainObject(_ position: Int) -> String { "\(Inside.mainObjects)/\(position).o" }

    /// Toolchain and library.
    var parts: [String] {
        let stamp = "\(support.libraryFolder)/idrkit-build"
        return [
            "--ro-bind", toolchain, Inside.toolchain, "--ro-bind", support.library, "\(Inside.library)/libIDRKit.so", "--ro-bind-try", stamp,
            "\(Inside.library)/idrkit-build",
        ]
    }

    /// Where the compiler's own files are: above the folder that it really lies in, or where it says, for the program on the PATH may stand for another.
    private static func folder(of toolchain: Toolchain) async throws -> String {
        let beside = URL(fileURLWithPath: toolchain.compiler).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent().path
        if isToolchain(beside) { return beside }
        struct Target: Decodable {
            struct Paths: Decodable { var runtimeResourcePath: String }
            var paths: Paths
        }
        var asked = ChildProcess(toolchain.compiler, ["-print-target-info"])
        asked.output = .kept(1 << 20)
        if let target = try? JSONDecoder().decode(Target.self, from: Data(try await asked.run().output)) {
            let said = URL(fileURLWithPath: target.paths.runtimeResourcePath).resolvingSymlinksInPath().deletingLastPathComponent()
                .deletingLastPathComponent()
            if isToolchain(said.path) { return said.path }
        }
        throw IDRError(
            .missing, "the Swift toolchain's libraries were not found", at: [toolchain.compiler], because: "\(beside) does not hold lib/swift/linux",
            fix: "put the usr/bin folder of a Swift toolchain on the PATH")
    }

    private static func isToolchain(_ folder: String) -> Bool {
        ["bin/swiftc", "lib/swift/linux/libswiftCore.so"].allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }
}
