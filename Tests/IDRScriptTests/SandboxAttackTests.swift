import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// Scripts that try to get out of the sandbox. Each attempt fails or sees nothing, and the run that it is part of is none the worse.
@Suite(.serialized, .enabled(if: Sandbox.works, "needs bubblewrap and user namespaces: apt-get install bubblewrap")) struct SandboxAttackTests {
    private static let secret = "SECRET-\(UUID().uuidString)"

    /// What every hostile script begins with: `attempt` says what came of one.
    private static let prelude = """
        import Foundation
        import IDRKit

        // Unbuffered: a script that is killed has said what it said.
        func print(_ items: Any...) {
            FileHandle.standardOutput.write(Data((items.map { "\\($0)" }.joined(separator: " ") + "\\n").utf8))
        }
        func attempt(_ name: String, _ body: () throws -> Any?) {
            do {
                if let result = try body() { print("GOT \\(name): \\(result)") } else { print("no \\(name)") }
            } catch { print("no \\(name)") }
        }
        func read(_ path: String) throws -> String? {
            guard let file = fopen(path, "r") else { return nil }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = fread(&bytes, 1, bytes.count, file)
            return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
        }
        func list(_ path: String) throws -> [String]? { try FileManager.default.contentsOfDirectory(atPath: path) }
        func write(_ path: String) throws -> String? {
            let file = open(path, O_WRONLY | O_CREAT, 0o644)
            guard file >= 0 else { return nil }
            close(file)
            return path
        }
        typealias Call = @convention(c) (Int, Int, Int, Int) -> Int
        func call(_ name: String, _ a: Int, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0) -> Int {
            unsafeBitCast(dlsym(nil, name), to: Call.self)(a, b, c, d)
        }
        let words = CommandLine.arguments

        """

    private func run(_ folder: ScriptFolder, _ body: String, _ arguments: [String] = [], environment: [String: String] = [:]) async throws
        -> BuiltProgram
    {
        try folder.write(Self.prelude + body, to: "hostile.swift")
        return try await BuiltProgram.run(
            "idrscript", ["run", "hostile.swift", "--sandbox", "--mirror", "mirror", "--output", "out", "--"] + arguments, in: folder.scratch.path,
            environment: ["XDG_CACHE_HOME": folder.scratch("cache")].merging(environment) { $1 })
    }

    @Test func nothingOfThePersonIsThere() async throws {
        let folder = try await ScriptFolder()
        let home = folder.scratch("home")
        try FileManager.default.createDirectory(atPath: home + "/.ssh", withIntermediateDirectories: true)
        try Self.secret.write(toFile: home + "/.ssh/id_ed25519", atomically: true, encoding: .utf8)
        try "machine x password \(Self.secret)".write(toFile: folder.scratch("netrc"), atomically: true, encoding: .utf8)
        let body = #"""
            // Before anything is printed: what waits for signals from then on has files of its own.
            let atFirst = (try list("/proc/self/fd") ?? []).compactMap { Int($0) }.sorted()
            for path in [words[1] + "/.ssh/id_ed25519", words[2] + "/netrc", "/etc/shadow", "/etc/passwd", "/etc/hostname", "/etc/hosts"] {
                attempt("read \(path)") { try read(path) }
            }
            for path in [words[1], words[1] + "/.ssh", words[2], words[2] + "/mirror", "/root", "/home", "/var", "/run", "/sys", "/opt", "/mnt"] {
                attempt("list \(path)") { try list(path) }
            }
            for name in ["AWS_SECRET", "IDRKIT_NETRC", "SSH_AUTH_SOCK", "IDRKIT_MIRROR", "XDG_CACHE_HOME"] {
                attempt("variable \(name)") { ProcessInfo.processInfo.environment[name] }
            }
            print("HOME", ProcessInfo.processInfo.environment["HOME"] ?? "none", NSHomeDirectory())
            for number in try list("/proc") ?? [] where Int(number) != nil {
                for file in ["environ", "cmdline", "maps", "mountinfo"] {
                    if let text = try read("/proc/\(number)/\(file)") { print("PROC", number, file, text.replacingOccurrences(of: "\0", with: " ")) }
                }
            }
            print("OPEN", atFirst)
            attempt("files of the first process") { (try list("/proc/1/fd") ?? []).compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/1/fd/\($0)") }.first { $0.hasPrefix("/") && $0 != "/dev/null" } }
            print("TMP", try list("/tmp") ?? [], "HERE", try list(".") ?? [])
            """#
        let parent = folder.scratch.path
        let result = try await run(
            folder, body, [home, parent],
            environment: [
                "HOME": home, "AWS_SECRET": Self.secret, "IDRKIT_NETRC": folder.scratch("netrc"), "SSH_AUTH_SOCK": "/tmp/agent-\(Self.secret)",
            ])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("GOT") } == [], "\(result.output)")
        #expect(lines.count { $0.hasPrefix("no ") } == 23 && !result.output.contains(Self.secret), "\(result.output)")
        #expect(lines.contains("HOME /tmp /tmp") || lines.contains { $0.hasPrefix("HOME /tmp") })
        // Its own processes only, which know no folder of the person's but by the arguments given here.
        let others = lines.filter { $0.hasPrefix("PROC") && !$0.contains("cmdline") }
        #expect(!others.isEmpty && others.allSatisfy { !$0.contains(Self.secret) }, "\(others)")
        // Input, output, messages, the broker, and the folder that is being listed.
        let open = try #require(lines.first { $0.hasPrefix("OPEN") })
        #expect(open == "OPEN [0, 1, 2, 3, 4]", "\(open)")
        #expect(lines.contains { $0.hasPrefix("TMP []") }, "\(result.output)")
    }

    @Test func nothingIsWrittenButTheRunsFolder() async throws {
        let folder = try await ScriptFolder()
        let movie = folder.mirror.movie("A2")
        let digest = try SHA256.digest(ofFile: movie).hex
        let pattern = try String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8).trimmingCharacters(in: .newlines)
        let body = #"""
            for path in [words[1], words[2] + "/new", "/new", "/usr/lib/new", "/usr/local/lib/new", "/idrkit/lib/new", "/idrkit/lib/libIDRKit.so",
                "/idrkit/bin/script", "/idrkit/source.swift", "/toolchain/new", "/toolchain/bin/swiftc", "/script/new", "/etc/new", "/dev/new", "/dev/shm/new",
                "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/self/uid_map"] {
                attempt("write \(path)") { try write(path) }
            }
            // What stands there already, so that nothing happens where it goes through.
            attempt("core pattern") { try words[3].write(toFile: "/proc/sys/kernel/core_pattern", atomically: false, encoding: .utf8) as Any }
            attempt("through a descriptor") { try (0...4).compactMap { try write("/proc/self/fd/\($0)/../../../etc/new") }.first }
            print("ok", try write("/results/.mine") ?? "none", try write("/tmp/x") ?? "none")
            unlink("/results/.mine")
            """#
        let result = try await run(folder, body, [movie, folder.scratch.path, pattern])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("GOT") } == [] && lines.count { $0.hasPrefix("no ") } == 22, "\(result.output)")
        #expect(lines.last == "ok /results/.mine /tmp/x")
        #expect(try SHA256.digest(ofFile: movie).hex == digest && !folder.scratch.contents.contains("new"))
    }

    @Test func nobodyIsReachedAndNoOneIsHarmed() async throws {
        let folder = try await ScriptFolder()
        let server = try LoopbackServer { _ in LoopbackServer.answer(200, body: Array("hello".utf8)) }
        let body = #"""
            func connects(_ port: UInt16) -> String? {
                let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                guard handle >= 0 else { return nil }
                defer { close(handle) }
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
                let code = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
                }
                return code == 0 ? "connected" : nil
            }
            let (port, parent) = (UInt16(words[1])!, Int(words[2])!)
            attempt("connect") { connects(port) }
            attempt("interfaces") { try read("/proc/net/route")?.split(separator: "\n").dropFirst().first }
            for (name, process) in [("parent", parent), ("all", -1)] {
                // Signal 0 only asks whether there is somebody: -1 would be everybody that this process may signal.
                attempt("signal \(name)") { process > 0 && call("kill", process, 0) == 0 ? "is there" : nil }
            }
            attempt("memory of the parent") { try read("/proc/\(parent)/mem") }
            attempt("trace of the parent") { call("ptrace", 16, parent) == 0 ? "attached" : nil }
            attempt("user namespace") { call("unshare", 0x1000_0000) == 0 ? "made" : nil }
            attempt("mount namespace") { call("unshare", 0x0002_0000) == 0 ? "made" : nil }
            #if arch(x86_64)
            let key = 250
            #else
            let key = 219
            #endif
            attempt("keys of the session") { call("syscall", key, 0, -3) >= 0 ? "are there" : nil }
            attempt("root folder") { "/tmp".withCString { call("chroot", Int(bitPattern: $0)) } == 0 ? "changed" : nil }
            attempt("device") { "/tmp/disk".withCString { call("mknod", Int(bitPattern: $0), 0o060644, 0x0800) } == 0 ? "made" : nil }
            attempt("terminal") { open("/dev/tty", O_RDWR) >= 0 ? "open" : nil }
            attempt("privileges") { setuid(0) == 0 ? "root" : nil }
            attempt("shell") { try list("/bin") }
            print("identity", getuid(), getgid(), ProcessInfo.processInfo.hostName)
            """#
        let result = try await run(folder, body, ["\(server.port)", "\(ProcessInfo.processInfo.processIdentifier)"])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("GOT") } == [] && lines.count { $0.hasPrefix("no ") } == 14, "\(result.output)")
        #expect(lines.last?.hasPrefix("identity 1000 1000") == true && server.requests.isEmpty, "\(result.output)")
    }

    @Test func otherHostsMirrorsAndModelsAreNotFetched() async throws {
        let folder = try await ScriptFolder()
        let server = try LoopbackServer { _ in LoopbackServer.answer(404) }
        try Self.secret.write(toFile: folder.scratch("secret.pth"), atomically: true, encoding: .utf8)
        let body = #"""
            var access = Access(mirror: "/etc", sources: [.omeZarr, .cellH5, .files])
            (access.zarr, access.files, access.tables, access.services) = ([words[1] + "/"], [words[1] + "/"], [words[1] + "/"], [words[1] + "/"])
            (access.netrc, access.cache) = ("/etc/shadow", words[2])
            let cells = try await screen("idr0013A", access: access).controls().frame(2).correct().segment(diameter: 27).profile().run(batchSize: 4)
            print("cells", cells.cellCount > 0)
            for path in [words[3], "/etc/passwd", "/etc/shadow", "/nowhere.pth"] {
                do {
                    _ = try await screen("idr0013A").controls().frame(2).correct().segment(diameter: 27, model: .path(path)).profile().run(name: "other")
                    print("GOT", path)
                } catch { print("no \(error)") }
            }
            do {
                _ = try await screen("idr0013A").controls().frame(2).correct().segment(diameter: 27).profile(config: "/etc/hosts").run(name: "other")
                print("GOT configuration")
            } catch { print("no \(error)") }
            """#
        let result = try await run(folder, body, [server.base, folder.scratch("theirs"), folder.scratch("secret.pth")])
        #expect(result.status == 0 && result.output.contains("cells true") && !result.output.contains("GOT"), "\(result.output) \(result.errors)")
        #expect(result.output.components(separatedBy: "you have not exposed it").count == 6, "\(result.output)")
        #expect(server.requests.isEmpty && !FileManager.default.fileExists(atPath: folder.scratch("theirs")))
        #expect(result.errors.contains("places of its own"))
        let text = try folder.scratch.files(below: "out").filter { $0.hasSuffix(".json") }.map {
            String(decoding: try folder.scratch.bytes("out/\($0)"), as: UTF8.self)
        }
        #expect(text.allSatisfy { !$0.contains(folder.mirror.folder) && !$0.contains(Self.secret) })
    }

    @Test(arguments: [
        (#"symlink("/etc/shadow", "/results/link")"#, "link is a link"), (#"mkfifo("/results/pipe", 0o644)"#, "pipe is no file"),
        (#"close(open("/results/run", O_CREAT | O_WRONLY, 0o755)); chmod("/results/run", 0o4755)"#, "run would run as its owner"),
        (#"close(open("/results/a\u{1B}[2Jb", O_CREAT | O_WRONLY, 0o644))"#, "a name that cannot be shown"),
        (
            #"try FileManager.default.createDirectory(atPath: "/results" + String(repeating: "/d", count: 40), withIntermediateDirectories: true)"#,
            "too deep"
        ),
    ])
    func whatIsLeftInTheFolderIsLookedAt(statement: String, reason: String) async throws {
        let folder = try await ScriptFolder()
        let result = try await run(folder, "_ = 1\n\(statement)\n")
        #expect(
            result.status == 1 && result.errors.contains("left in its folder") && result.errors.contains(reason), "\(result.status) \(result.errors)")
        #expect(!result.errors.contains("\u{1B}"))
        // Nor is the folder given to a script again.
        let again = try await run(folder, "print(\"ran\")\n")
        #expect(again.status == 1 && again.output.isEmpty, "\(again.errors)")
    }

    /// The socket belongs to the script: what it writes there ends it at worst.
    @Test func aScriptThatBreaksTheProtocolIsEnded() async throws {
        let folder = try await ScriptFolder()
        let result = try await run(
            folder,
            #"""
            FileHandle(fileDescriptor: 3).write(Data(repeating: 0x41, count: 1 << 16))
            sleep(60)
            print("still here")
            """#)
        #expect(result.status == 1 && result.output.isEmpty && result.errors.contains("is no message"), "\(result.status) \(result.errors)")
    }

    @Test func compilingIsNoWayOutEither() async throws {
        let folder = try await ScriptFolder()
        try FileManager.default.createDirectory(atPath: folder.scratch("Evil"), withIntermediateDirectories: true)
        try "module Evil { header \"evil.h\" }\n".write(toFile: folder.scratch("Evil/module.modulemap"), atomically: true, encoding: .utf8)
        try "static const char *secret = \"\(Self.secret)\";\n".write(toFile: folder.scratch("Evil/evil.h"), atomically: true, encoding: .utf8)
        try Self.secret.write(toFile: folder.scratch("secret.txt"), atomically: true, encoding: .utf8)
        let scripts = [
            "import Evil\nprint(secret!)\n", "@_implementationOnly import Evil\nprint(1)\n",
            "#sourceLocation(file: \"\(folder.scratch("secret.txt"))\", line: 1)\nlet x: Int = \"\"\n",
            "@freestanding(expression) macro evil() -> Int = #externalMacro(module: \"\(folder.scratch("Evil"))\", type: \"Evil\")\nprint(#evil())\n",
        ]
        for script in scripts {
            try folder.write(script, to: "hostile.swift")
            let result = try await folder.idrscript("run", "hostile.swift", "--sandbox", "--mirror", "mirror", "--output", "out")
            #expect(
                result.status == 1 && !result.errors.contains(Self.secret) && result.output.isEmpty, "\(script): \(result.status) \(result.errors)")
        }
        // Nothing that was compiled in the sandbox is run outside.
        try folder.write("print(1)\n", to: "plain.swift")
        #expect(try await folder.idrscript("run", "plain.swift", "--sandbox", "--output", "out").output == "1\n")
        #expect(!FileManager.default.fileExists(atPath: folder.scratch("cache/idrkit/scripts")))
    }
}
