import IDRPlan
import IDRRecord

/// What two machines have otherwise, and which stages that can change.
enum MachineDifference {
    static func between(_ a: RunEnvironment, _ b: RunEnvironment) -> [SetupDifference] {
        if a == b { return [] }
        return code(a, b) + libraries(a, b) + toolchain(a, b) + hardware(a, b) + settings(a, b)
    }

    private static func code(_ a: RunEnvironment, _ b: RunEnvironment) -> [SetupDifference] {
        if a.idrkit.isSameCode(as: b.idrkit) {
            // One commit's builds: their compiler made the difference.
            return short(.toolchain, "IDRKit's binary", a.idrkit.sha256, b.idrkit.sha256)
        }
        return [SetupDifference(.code, "IDRKit", a.idrkit.description, b.idrkit.description)]
    }

    /// By the stem of their names: a version is part of the name.
    private static func libraries(_ a: RunEnvironment, _ b: RunEnvironment) -> [SetupDifference] {
        let (own, others) = (byStem(a.libraries), byStem(b.libraries))
        let found = Set(own.keys).union(others.keys).sorted().flatMap { stem -> [SetupDifference] in
            let (first, second) = (own[stem] ?? [], others[stem] ?? [])
            if first.map(\.sha256) == second.map(\.sha256) { return [] }
            return [SetupDifference(.library, stem, text(first), text(second), stages: Stage.steps(ofLibrary: stem))]
        }
        // Those of a few stages first: they say more.
        return found.filter { $0.stages != nil } + found.filter { $0.stages == nil }
    }

    private static func byStem(_ libraries: [LibraryRecord]) -> [String: [LibraryRecord]] {
        Dictionary(grouping: libraries) { library in
            let stem = LoadedLibraries.stem(of: library.name)
            return stem.isEmpty ? library.name : stem
        }
    }

    private static func text(_ libraries: [LibraryRecord]) -> String? {
        libraries.isEmpty ? nil : libraries.map { "\($0.version.map { "\($0), " } ?? "")\($0.sha256.short)" }.joined(separator: "; ")
    }

    private static func toolchain(_ a: RunEnvironment, _ b: RunEnvironment) -> [SetupDifference] {
        differing(.toolchain, "compiler of the script", a.compiler, b.compiler)
            + differing(.toolchain, "compiler flags", a.compilerFlags.joined(separator: " "), b.compilerFlags.joined(separator: " "))
            + differing(.toolchain, "packages of the script", text(a.packages), text(b.packages))
            + differing(.toolchain, "compiler of IDRKit", a.swift, b.swift)
    }

    private static func text(_ packages: [PackageRecord]?) -> String? {
        packages?.map(\.text).joined(separator: "; ")
    }

    private static func hardware(_ a: RunEnvironment, _ b: RunEnvironment) -> [SetupDifference] {
        differing(.hardware, "OpenBLAS core type", a.openBLASCore, b.openBLASCore, Stage.steps(ofLibrary: "openblas"))
            + differing(.hardware, "processor", a.processor, b.processor)
            + differing(
                .hardware, "instruction sets", a.instructionSets.joined(separator: " "), b.instructionSets.joined(separator: " "))
    }

    private static func settings(_ a: RunEnvironment, _ b: RunEnvironment) -> [SetupDifference] {
        let variables = Set(a.variables.keys).union(b.variables.keys).sorted()
        return differing(.settings, "cores", "\(a.cores)", "\(b.cores)", []) + differing(.settings, "locale", a.locale, b.locale, [])
            + variables.flatMap { differing(.settings, $0, a.variables[$0], b.variables[$0], []) }
            + differing(.settings, "operating system", a.operatingSystem, b.operatingSystem, [])
            + differing(.settings, "kernel", a.kernel, b.kernel, [])
    }

    static func differing(
        _ kind: Cause.Kind, _ what: String, _ a: String?, _ b: String?, _ stages: [Step]? = nil
    ) -> [SetupDifference] {
        a == b ? [] : [SetupDifference(kind, what, a.map { $0.isEmpty ? "none" : $0 }, b.map { $0.isEmpty ? "none" : $0 }, stages: stages)]
    }

    /// Digests by their first digits.
    static func short(_ kind: Cause.Kind, _ what: String, _ a: Digest?, _ b: Digest?, _ stages: [Step]? = nil) -> [SetupDifference] {
        a == b ? [] : [SetupDifference(kind, what, a?.short, b?.short, stages: stages)]
    }
}
