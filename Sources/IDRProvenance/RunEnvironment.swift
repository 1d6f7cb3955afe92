import Foundation
import IDRPlan

/// The machine and the libraries that decide a run's bits. Names of hosts, users and folders are left out on purpose.
public struct RunEnvironment: Codable, Sendable, Hashable {
    public var idrkit: String
    public var swift: String
    /// Library name to version (and digest where a file was loaded at run time).
    public var libraries: [String: String]
    public var operatingSystem: String
    public var processor: String
    /// Instruction sets that the numeric libraries choose by: `avx2 fma ...`, sorted.
    public var instructionSets: [String]
    public var cores: Int

    /// Reads the machine's own description; `libraries` come from the rooms that load them.
    public static func current(libraries: [String: String]) -> RunEnvironment {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let wanted: Set<Substring> = ["sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "amx_tile"]
        let flags = field("flags", in: cpu).split(separator: " ").filter(wanted.contains).map(String.init)
        return RunEnvironment(
            idrkit: IDRKitVersion.current, swift: IDRKitVersion.compiler, libraries: libraries, operatingSystem: operatingSystem(),
            processor: field("model name", in: cpu), instructionSets: flags.sorted(),
            cores: ProcessInfo.processInfo.activeProcessorCount)
    }

    private static func field(_ name: String, in cpu: String) -> String {
        let line = cpu.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
    }

    private static func operatingSystem() -> String {
        let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        let line = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        return line?.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\"")) ?? "unknown"
    }
}
