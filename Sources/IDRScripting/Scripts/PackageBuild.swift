import Foundation
import IDRComparison
import IDRFiles
import IDRPlan
import IDRRecord

/// Builds a script that needs packages of its own: SwiftPM fetches and builds them, and the script with them, in a folder that scripts
/// with the same packages share.
struct PackageBuild {
    let packages: [ScriptPackage]
    /// All packages as a record or lock has them, those that others need too, sorted by address; nil takes what SwiftPM found when the folder
    /// was made.
    let pins: [PackageRecord]?
    let isOffline: Bool
    let support: ScriptSupport
    let flags: CompilerFlags
    /// What is said of the fetching.
    let say: @Sendable (String) -> Void
    /// The shared folder.
    let folder: String

    /// SwiftPM calls a package after its folder, in messages.
    private var root: String { "\(folder)/script" }
    private var products: String { "\(root)/.build/release" }

    /// - Parameter main: the script as the compiler is to see it.
    /// - Returns: every package that the executable has parts of.
    /// - Throws: an ``IDRError`` where packages cannot be had; where the script does not compile, the compiler has said why.
    func build(_ main: Data, as script: CompiledScript) async throws -> [PackageRecord] {
        try AtomicFolder.make(folder)
        let lock = try await FileLock.acquire(.exclusive, folder: folder)
        defer { withExtendedLifetime(lock) {} }
        try AtomicFolder.make("\(root)/Sources/script")
        try AtomicFile.write([UInt8](main), to: "\(root)/Sources/script/main.swift")
        // Of a file that is alone, SwiftPM makes no script where one of its lines begins with @main, be it in a text.
        try AtomicFile.write([], to: "\(root)/Sources/script/empty.swift")
        let found = try await resolve()
        let colour = Toolchain.isPlain ? ["--no-color-diagnostics"] : []
        let build = ["build", "-c", "release", "--product", "script", "--quiet", "--skip-update", "--force-resolved-versions"]
        var builder = swift(build + colour + ["--package-path", root])
        (builder.output, builder.errors) = (.descriptor(STDERR_FILENO), nil)
        guard try await builder.run().isSuccess else { throw NotCompiled() }
        try take(for: script)
        return found
    }

    /// The program beside the compiler.
    private func swift(_ arguments: [String]) -> ChildProcess {
        let program = URL(fileURLWithPath: support.toolchain.compiler).deletingLastPathComponent().appending(path: "swift").path
        var swift = ChildProcess(program, arguments)
        // git is not to ask for a password that nobody can give.
        swift.environment["GIT_TERMINAL_PROMPT"] = "0"
        swift.group = .shared
        return swift
    }

    /// The program, with the resources and libraries that belong beside it.
    private func take(for script: CompiledScript) throws {
        try FileManager.default.copyItem(atPath: "\(products)/script", toPath: script.binary)
        for name in try FileManager.default.contentsOfDirectory(atPath: products) where name.hasSuffix(".resources") || name.hasSuffix(".so") {
            try FileManager.default.copyItem(atPath: "\(products)/\(name)", toPath: "\(script.folder)/\(name)")
        }
    }

    // MARK: - Which packages

    /// What SwiftPM finds is kept in the folder. A record's versions of packages that others need are asked for where they are other ones, by
    /// version and from the places that the script leads to: a record may come from anywhere, and only its script is trusted.
    private func resolve() async throws -> [PackageRecord] {
        if let found = try resolved(), pins == nil || found == pins { return found }
        guard !isOffline else {
            throw unavailable("they are not here, and no server may be asked", fix: "run it once without --offline")
        }
        var wanted: [PackageRecord] = []
        while true {
            let found = try await fetch(besides: wanted)
            guard let pins, found != pins else { return found }
            // With other versions, other packages may be needed.
            let more = pins.filter { pin in found.contains { $0.address == pin.address && $0.version != pin.version } && !wanted.contains(pin) }
            guard !more.isEmpty else {
                let strangers = found.filter { !pins.contains($0) }.map(\.text) + pins.filter { !found.contains($0) }.map { "not \($0.text)" }
                throw unavailable(
                    "they are other ones than recorded: \(strangers.joined(separator: ", "))",
                    fix: "a version that stands for another commit was changed by its author: ask there")
            }
            wanted += more
        }
    }

    private var resolvedFile: String { "\(root)/Package.resolved" }
    private var state: String { "\(root)/.build/workspace-state.json" }

    /// What was found before; nil where nothing was, or not all of it.
    private func resolved() throws -> [PackageRecord]? {
        guard [state, resolvedFile].allSatisfy(FileManager.default.fileExists) else { return nil }
        return try ResolvedPackages(reading: resolvedFile).records
    }

    /// Writes the package and fetches what it needs.
    private func fetch(besides others: [PackageRecord]) async throws -> [PackageRecord] {
        let manifest = manifest(besides: others, moduleMap: try ScriptCompiler.writeModuleMap(in: folder))
        try AtomicFile.write(Array(manifest.utf8), to: "\(root)/Package.swift")
        try OnDisk.remove(resolvedFile)
        say("fetching the script's packages: \(packages.map { "\($0.identity) \($0.version)" }.joined(separator: ", "))")
        var resolver = swift(["package", "--package-path", root, "resolve"])
        resolver.errors = .kept(1 << 20)
        let end = try await resolver.run()
        guard end.isSuccess else {
            // What is half there would pass for resolved.
            try? FileManager.default.removeItem(atPath: state)
            throw unavailable(
                Self.reason(String(decoding: end.errors, as: UTF8.self)),
                fix: "check the connection, and the addresses and versions at the script's top")
        }
        return try ResolvedPackages(reading: resolvedFile).records
    }

    private func unavailable(_ reason: String, fix advice: String) -> IDRError {
        IDRError(
            .packages, "the script's packages cannot be had", at: packages.map { "\($0.address) \($0.version)" }, because: reason, fix: advice)
    }

    /// The errors among what SwiftPM and git say.
    private static func reason(_ output: String) -> String {
        let lines = output.split(whereSeparator: \.isNewline).filter { $0.contains("error:") || $0.contains("fatal:") }
        let reasons = lines.prefix(3).map { $0.trimmingCharacters(in: .whitespaces).replacing("error: ", with: "").replacing("fatal: ", with: "") }
        // A server has a say in it.
        return reasons.isEmpty ? "SwiftPM does not say why" : TextTable.printable(reasons.joined(separator: "; "))
    }

    // MARK: - The package around the script

    /// - Parameter others: packages that are to have these versions.
    private func manifest(besides others: [PackageRecord], moduleMap: String) -> String {
        func list(_ words: [String]) -> String { words.map { String(reflecting: $0) }.joined(separator: ", ") }
        let wanted = packages.map { ($0.address, $0.version) } + others.map { ($0.address, $0.version) }
        let dependencies = wanted.map { "        .package(url: \(String(reflecting: $0)), exact: \(String(reflecting: $1)))," }
        let products = packages.flatMap { package in
            package.products.map { "                .product(name: \(String(reflecting: $0)), package: \(String(reflecting: package.identity)))," }
        }
        let compiling = ScriptCompiler.flags(flags, moduleMap: moduleMap, modules: support.modules) + ["-file-prefix-map", "\(root)=."]
        let linking = support.mainObjects + ScriptCompiler.linking(support.libraryFolder)
        return """
            // swift-tools-version: 6.2
            import PackageDescription

            let package = Package(
                name: "script",
                dependencies: [
            \(dependencies.joined(separator: "\n"))
                ],
                targets: [
                    .executableTarget(
                        name: "script",
                        dependencies: [
            \(products.joined(separator: "\n"))
                        ],
                        swiftSettings: [.unsafeFlags([\(list(compiling))])],
                        linkerSettings: [.unsafeFlags([\(list(linking))])])
                ]
            )

            """
    }
}

/// SwiftPM's `Package.resolved`: all packages of a build with their commits.
private struct ResolvedPackages: Decodable {
    struct Pin: Decodable {
        struct State: Decodable {
            var revision: String
            var version: String?
        }
        var location: String
        var state: State
    }

    var pins: [Pin]

    init(reading path: String) throws(IDRError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw IDRError(
                .system, "SwiftPM's list of packages cannot be read", at: [path], because: "\(error)", fix: "idrscript clean --scripts, and run again"
            )
        }
    }

    /// Sorted by address.
    var records: [PackageRecord] {
        pins.map { PackageRecord(address: $0.location, version: $0.state.version ?? "", revision: $0.state.revision) }
            .sorted { $0.address < $1.address }
    }
}
