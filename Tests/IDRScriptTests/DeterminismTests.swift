import Foundation
import TestSupport
import Testing

/// The same bits whoever runs the script, where, how often interrupted, and in what language.
@Suite(.serialized) struct DeterminismTests {
    private static let script = #"""
        import IDRKit

        let cells = try await screen("idr0013A").controls().frame(2).correct().segment().profile(outlines: true).run(batchSize: 2)
        print(cells.cellCount)
        """#

    private static func isRoot() -> Bool { geteuid() == 0 }

    /// What a run leaves but what it says of the machine: names to digests.
    private func results(_ scratch: ScratchFolder, _ output: String) throws -> [String: String] {
        let machine = ["environment.json", "idr.lock"]
        return try scratch.runContents(of: output).filter { name, _ in !machine.contains { name.hasSuffix($0) } }
    }

    @Test func folderLocaleTimeZoneUmaskCacheThreadsAndOrderChangeNoBit() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let plain = try await folder.idrscript("run", "script.swift", "--mirror", "mirror", "--output", "plain")
        #expect(plain.status == 0, "\(plain.errors)")
        let other = "elsewhere/ein Ordner mit \u{fc}"
        try FileManager.default.createDirectory(atPath: folder.scratch(other), withIntermediateDirectories: true)
        try folder.write(Self.script, to: other + "/script.swift")
        let environment = [
            "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati", "HOME": folder.scratch("nobody"),
            "XDG_CACHE_HOME": folder.scratch("cold"), "OMP_NUM_THREADS": "7", "OPENBLAS_NUM_THREADS": "3",
        ]
        // The last batch first, the rest when that is done: a run that was interrupted and resumed.
        for arguments in [["--batches", "1", "--threads", "1"], ["--threads", "3"]] {
            let command = ["run", "script.swift", "--mirror", folder.mirror.folder, "--output", "out"] + arguments
            let quoted = command.map { "'\($0)'" }.joined(separator: " ")
            let run = try await BuiltProgram.run(
                "/bin/bash", ["-c", "umask 077; exec \(BuiltProgram.folder.path)/idrscript \(quoted)"], in: folder.scratch(other),
                environment: environment)
            #expect(run.status == 0, "\(run.errors)")
        }
        let (one, two) = (try results(folder.scratch, "plain"), try results(folder.scratch, other + "/out"))
        #expect(one.keys.filter { $0.hasSuffix(".h5ad") }.count == 2 && one.keys.contains("shared/diameter-P_1.json"))
        #expect(one == two)
    }

    @Test(.enabled(if: isRoot(), "only root can become another user"))
    func theUserChangesNoBitAndIsNotInTheRecord() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let own = try await folder.idrscript("run", "script.swift", "--mirror", "mirror", "--output", "own")
        #expect(own.status == 0, "\(own.errors)")
        // Another user may not read this one's folders: the installed form lies where everybody can.
        let prefix = folder.scratch("prefix")
        let install = ExampleFrames.checkout.appending(path: "Tools/install.sh").path
        let installed = try await BuiltProgram.run(install, [prefix], in: ExampleFrames.checkout.path)
        #expect(installed.status == 0, "\(installed.errors)")
        for name in ["home", "work"] { try FileManager.default.createDirectory(atPath: folder.scratch(name), withIntermediateDirectories: true) }
        try folder.write(Self.script, to: "work/script.swift")
        let opened = try await BuiltProgram.run("/bin/bash", ["-c", "chmod -R a+rX . && chown -R 65534 home work"], in: folder.scratch.path)
        #expect(opened.status == 0, "\(opened.errors)")
        let toolchain = try await BuiltProgram.run("/bin/bash", ["-c", "dirname $(readlink -f $(command -v swiftc))"], in: folder.scratch.path)
        let bin = toolchain.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let other = try await BuiltProgram.run(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "\(prefix)/bin/idrscript", "run", "script.swift", "--mirror", folder.mirror.folder]
                + ["--output", "out"], in: folder.scratch("work"),
            environment: [
                "HOME": folder.scratch("home"), "XDG_CACHE_HOME": folder.scratch("home/cache"), "USER": "nobody", "PATH": bin + ":/usr/bin:/bin",
            ])
        #expect(other.status == 0, "\(other.errors)")
        #expect(try results(folder.scratch, "own") == results(folder.scratch, "work/out"))
        for file in folder.scratch.files(below: "work/out") where !file.hasSuffix(".gz") && !file.hasSuffix(".h5ad") {
            let text = String(decoding: try folder.scratch.bytes("work/out/\(file)"), as: UTF8.self)
            #expect(!text.contains(folder.scratch.path) && !text.contains("nobody") && !text.contains(ProcessInfo.processInfo.hostName), "\(file)")
        }
    }
}
