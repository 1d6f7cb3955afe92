import Foundation
import TestSupport
import Testing

/// What `make install` and `make setup` promise.
@Suite(.serialized) struct InstallTests {
    /// The prefix is moved after the installation, so that nothing can be found by a path that was written into it.
    @Test func scriptsRunFromAnInstallPrefix() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let installer = ExampleFrames.checkout.appending(path: "Tools/install.sh").path
        let installed = try await BuiltProgram.run(installer, [folder.scratch("first")], in: folder.scratch.path)
        #expect(installed.status == 0, "\(installed.errors)")
        try FileManager.default.moveItem(atPath: folder.scratch("first"), toPath: folder.scratch("prefix"))
        let environment = ["XDG_CACHE_HOME": folder.scratch("cache"), "LD_DEBUG": "libs", "LD_DEBUG_OUTPUT": folder.scratch("loader")]
        let program = folder.scratch("prefix/bin/idrscript")
        let run = try await BuiltProgram.run(program, ["run", "script.swift", "--output", "out"], in: folder.scratch.path, environment: environment)
        #expect(run.status == 0 && run.output.hasPrefix("cells: "), "\(run.errors)")
        let loaded = try folder.scratch.contents.filter { $0.hasPrefix("loader") }.map {
            String(decoding: try folder.scratch.bytes($0), as: UTF8.self)
        }
        .joined().split(separator: "\n").filter { $0.contains("calling init:") && ($0.contains("libIDRKit") || $0.contains("onnxruntime")) }
        #expect(!loaded.isEmpty && loaded.allSatisfy { $0.contains(folder.scratch("prefix/lib/idrkit")) }, "\(loaded)")
    }

    /// Without root, set-up names the one line to run and stops.
    @Test func setUpWithoutRootPrintsTheLine() async throws {
        let scratch = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: scratch("bin"), withIntermediateDirectories: true)
        for (name, text) in [("dpkg-query", "#!/bin/sh\nexit 1\n"), ("id", "#!/bin/sh\necho 1000\n"), ("apt-get", "#!/bin/sh\ntouch called\n")] {
            try text.write(toFile: scratch("bin/\(name)"), atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch("bin/\(name)"))
        }
        let path = scratch("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let setup = ExampleFrames.checkout.appending(path: "Tools/setup.sh").path
        let result = try await BuiltProgram.run(setup, [], in: scratch.path, environment: ["PATH": path])
        #expect(
            result.status == 1 && result.errors.contains("sudo apt-get install -y build-essential") && result.errors.contains("libhdf5-dev"),
            "\(result.errors)")
        #expect(scratch.contents == ["bin"])
    }
}
