import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// The program that makes the sandbox: `bwrap` of bubblewrap, 0.8 or newer.
struct Bubblewrap {
    let program: String

    /// No network, no other processes, no capabilities, no terminal, no namespaces of its own: everything that is not named after these is not there.
    /// `--disable-userns` keeps the parts of the kernel out of reach that a user reaches only in such a namespace.
    static let walls = [
        "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL",
        "--uid", "1000", "--gid", "1000", "--hostname", "sandbox",
    ]

    /// Finds the program and tries it.
    /// - Throws: an ``IDRError`` that says what to install or to turn on: a script never runs outside because the sandbox does not work.
    static func find() async throws -> Bubblewrap {
        guard let program = ChildProcess.find("bwrap") else {
            throw IDRError(
                .missing, "the sandbox needs bubblewrap, and there is no bwrap on the PATH", fix: "install it: sudo apt-get install bubblewrap")
        }
        var trial = ChildProcess(program, walls + ["--ro-bind", "/", "/", "--proc", "/proc", program, "--version"])
        trial.errors = .kept(1 << 14)
        let end = try await trial.run()
        guard end.isSuccess else { throw failure(end.errors) }
        return Bubblewrap(program: program)
    }

    private static func failure(_ message: [UInt8]) -> IDRError {
        var text = PlainText()
        let reason = String(decoding: text.plain(message[...]), as: UTF8.self).split(separator: "\n").joined(separator: "; ")
        let advice =
            if reason.contains("Unknown option") {
                "install bubblewrap 0.8 or newer"
            } else if setting("kernel/apparmor_restrict_unprivileged_userns") == "1" {
                "let programs make user namespaces: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give bwrap an AppArmor profile"
            } else if setting("kernel/unprivileged_userns_clone") == "0" {
                "let programs make user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1"
            } else if setting("user/max_user_namespaces") == "0" {
                "let programs make user namespaces: sudo sysctl user.max_user_namespaces=10000"
            } else {
                "in a container, let it make user namespaces; on the machine itself, see that they are on (sysctl user.max_user_namespaces)"
            }
        return IDRError(.system, "the sandbox cannot be made", because: reason, fix: advice)
    }

    private static func setting(_ name: String) -> String? {
        (try? String(contentsOfFile: "/proc/sys/\(name)", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The machine's libraries, and what programs need of devices and of their own processes.
    /// - Parameter compiling: whether the tools are needed that the compiler calls.
    static func system(compiling: Bool) -> [String] {
        var arguments: [String] = []
        let libraries = ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/local/lib", "/usr/share/zoneinfo"]
        for path in libraries + (compiling ? ["/usr/bin", "/usr/include"] : []) { arguments += place(path) }
        for path in ["/lib", "/lib32", "/lib64", "/libx32"] + (compiling ? ["/bin"] : []) { arguments += place(path) }
        for path in ["/etc/ld.so.cache", "/etc/alternatives", "/etc/os-release", "/etc/localtime"] { arguments += ["--ro-bind-try", path, path] }
        // A process of the machine's root could write to files below /proc/sys in a /proc that is not read-only.
        return arguments + ["--dev", "/dev", "--remount-ro", "/dev", "--proc", "/proc", "--remount-ro", "/proc", "--tmpfs", "/tmp"]
    }

    /// A folder at its own place, or a link as it is.
    private static func place(_ path: String) -> [String] {
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) { return ["--symlink", target, path] }
        return FileManager.default.fileExists(atPath: path) ? ["--ro-bind", path, path] : []
    }

    /// The environment inside: nothing of the person's but what changes numbers, which records name.
    static func environment(_ own: [String: String]) -> [String] {
        let outside = ProcessInfo.processInfo.environment.filter { RunEnvironment.recordedVariables.contains($0.key) }
        let fixed = [
            "HOME": "/tmp", "TMPDIR": "/tmp", "PATH": "\(Inside.toolchain)/bin:/usr/bin",
            "LD_LIBRARY_PATH": "\(Inside.library):\(Inside.toolchain)/lib/swift/linux",
        ]
        let all = outside.merging(fixed) { $1 }.merging(own) { $1 }
        return all.sorted { $0.key < $1.key }.flatMap { ["--setenv", $0.key, $0.value] }
    }
}
