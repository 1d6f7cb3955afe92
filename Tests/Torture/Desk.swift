import Foundation
import IDRFiles
import IDRKit
import IDRPlan

/// What is to happen to a process, as the shim is told.
struct Fault: Sendable, Hashable, CustomStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        case killBefore = "kill-before"
        case killAfter = "kill-after"
        case eio, enospc
        /// From there on.
        case enospcOn = "enospc-on"

        var isKill: Bool { self == .killBefore || self == .killAfter }
        /// One of each kind of call.
        static let single: [Kind] = [.killBefore, .killAfter, .eio, .enospc]
    }

    var kind: Kind
    /// Of the call, from 1.
    var index: Int

    var description: String { "\(index)/\(kind.rawValue)" }
    var settings: [String: String] { ["TORTURE_AT": "\(index)", "TORTURE_DO": kind.rawValue] }
}

/// Where cases lie, and how the program is started in one.
struct Desk: Sendable {
    let root: String
    private let shim: String
    private let program: String
    /// A process that takes longer has hung, in seconds.
    private static let longest = 120.0

    init(shim: String) throws {
        self.shim = URL(fileURLWithPath: shim).path
        guard FileManager.default.fileExists(atPath: self.shim) else {
            throw IDRError(.missing, "there is no \(shim)", fix: "start this with make torture")
        }
        program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        // The shim compares paths as they are.
        root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/idrkit-torture-\(getpid())"
        try OnDisk.makeFolder(root)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// What stays of it does no harm.
    func remove(_ path: String) { try? OnDisk.remove(path) }

    /// The folder of a case, new and empty.
    func place(_ name: String) throws -> String {
        let folder = path("cases/" + name.replacing("/", with: "-"))
        try OnDisk.remove(folder)
        for part in ["cache", "data", "tmp"] { try OnDisk.makeFolder("\(folder)/\(part)") }
        return folder
    }

    /// Starts `act` in `folder` and waits for its end.
    /// - Parameter settings: of the shim.
    func start(_ act: Subject.Act, in folder: String, _ options: RunOptions, _ settings: [String: String] = [:]) async throws -> ChildProcess.End {
        let inherited = ProcessInfo.processInfo.environment.filter {
            ["PATH", "IDRKIT_ONNXRUNTIME", "IDRKIT_MODELS", "LD_LIBRARY_PATH"].contains($0.key)
        }
        var environment = inherited.merging(try options.environment()) { $1 }.merging(settings) { $1 }
        let own = [
            "HOME": folder, "TMPDIR": "\(folder)/tmp", "XDG_CACHE_HOME": "\(folder)/cache", "XDG_CONFIG_HOME": "\(folder)/config",
            "XDG_DATA_HOME": "\(folder)/data", "LD_PRELOAD": shim, "TORTURE_BELOW": folder, "SWIFT_BACKTRACE": "enable=no",
        ]
        environment.merge(own) { $1 }
        var child = ChildProcess(program, [Subject.word, act.rawValue], environment: environment)
        child.folder = folder
        (child.output, child.errors) = (.kept(1 << 16), nil)
        child.deadline.longest = Self.longest
        child.deadline.grace = 1
        return try await child.run()
    }

    /// The calls by which `act` changes files in `folder`, in their order: it is started and comes to its end.
    func calls(_ act: Subject.Act, in folder: String, _ options: RunOptions) async throws -> [String] {
        let log = folder + ".log"
        try OnDisk.remove(log)
        let end = try await start(act, in: folder, options, ["TORTURE_LOG": log])
        guard end.status == 0 else { throw IDRError(.system, "\(act) ended with \(end.status): \(end.text)") }
        return Self.lines(log)
    }

    static func lines(_ path: String) -> [String] {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension ChildProcess.End {
    var text: String { String(decoding: output + errors, as: UTF8.self) }
}

extension RunOptions {
    /// Of a run in its case's folder.
    static func torture(mirror: String) -> RunOptions {
        var access = Access()
        access.mirror = mirror
        return torture(access)
    }

    static func torture(_ access: Access) -> RunOptions {
        var options = RunOptions()
        options.output = Subject.run
        // Calls come in nearly the same order each time.
        options.threads = 1
        options.access = access
        return options
    }
}
