import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// A program that was run to its end.
struct ChildProcess {
    let wallSeconds: Double
    let cpuSeconds: Double
    /// Largest resident memory.
    let peakMemoryBytes: Int

    /// Runs a program of the build folder, or one that is named by its path; what it prints is thrown away, unless it fails.
    /// - Parameters:
    ///   - folder: for its caches and settings.
    ///   - settings: put into its environment.
    init(running program: String, _ arguments: [String], cachesIn folder: String, settings: [String: String] = [:]) throws {
        let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: program).path
        let path = program.hasPrefix("/") ? program : built
        var environment = ProcessInfo.processInfo.environment.merging(settings) { $1 }
        environment["XDG_CACHE_HOME"] = "\(folder)/cache"
        environment["XDG_CONFIG_HOME"] = "\(folder)/config"
        let log = "\(folder)/log.txt"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let start = ResourceMeter.wallSeconds()
        var process: pid_t = 0
        let failure = Self.withCStrings([path] + arguments) { arguments in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { posix_spawn(&process, path, &actions, nil, arguments, $0) }
        }
        guard failure == 0 else { throw IDRError(.system, "\(program) cannot be started", because: String(cString: strerror(failure))) }
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(process, &status, 0, &usage) == process, status == 0 else {
            throw IDRError(.system, "\(program) failed", because: try? String(contentsOfFile: log, encoding: .utf8))
        }
        wallSeconds = ResourceMeter.wallSeconds() - start
        cpuSeconds = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
        peakMemoryBytes = usage.ru_maxrss * 1024
    }

    private static func withCStrings(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32) -> Int32 {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
