import Foundation
import IDRFiles
package import IDRPlan

extension RunEnvironment {
    /// Reads the machine's own description, and hashes what is loaded.
    /// - Parameters:
    ///   - code: the binary that holds IDRKit, a path.
    ///   - versions: of libraries that say theirs, by the stem of their names (`hdf5`).
    /// - Throws: where a loaded library cannot be read.
    package static func current(
        code: String, commit: String?, compiler: String?, compilerFlags: [String], packages: [PackageRecord]?, versions: [String: String],
        openBLASCore: String
    ) throws(IDRError) -> RunEnvironment {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        var libraries: [LibraryRecord] = []
        for path in LoadedLibraries.paths() where path != code {
            let name = LoadedLibraries.lastName(path)
            libraries.append(LibraryRecord(name: name, version: versions[LoadedLibraries.stem(of: name)], sha256: try SHA256.digest(ofFile: path)))
        }
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? ""
        let variables = environment.filter { recordedVariables.contains($0.key) }.mapValues { home.count > 1 ? $0.replacing(home, with: "~") : $0 }
        return RunEnvironment(
            idrkit: CodeRecord(
                version: IDRKitVersion.current, commit: commit, binary: LoadedLibraries.lastName(code), sha256: try SHA256.digest(ofFile: code)),
            swift: IDRKitVersion.compiler, compiler: compiler, compilerFlags: compilerFlags, packages: packages,
            libraries: libraries, operatingSystem: operatingSystem(), kernel: kernel(), processor: field("model name", in: cpu),
            instructionSets: InstructionSets.current,
            cores: ProcessInfo.processInfo.activeProcessorCount, openBLASCore: openBLASCore, locale: locale(environment), variables: variables)
    }

    /// This environment and `models` as a lock.
    package func lock(models: [ContentFile]) -> Lock {
        Lock(
            idrkit: idrkit, compiler: compiler, compilerFlags: compilerFlags, packages: packages,
            libraries: Dictionary(libraries.map { ($0.name, $0.sha256) }) { first, _ in first },
            models: Dictionary(models.map { ($0.role, $0.sha256) }) { first, _ in first })
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

    private static func kernel() -> String {
        let version = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "unknown"
        return "Linux " + version.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What POSIX makes of the variables, in its order.
    private static func locale(_ environment: [String: String]) -> String {
        ["LC_ALL", "LC_NUMERIC", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    }
}
