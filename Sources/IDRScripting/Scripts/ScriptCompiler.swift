package import Foundation
import IDRFiles
package import IDRPlan
package import IDRRecord

/// Turns a script into an executable, once: an unchanged script, library and toolchain give the cached one.
package struct ScriptCompiler {
    package let support: ScriptSupport
    package let cache: ScriptCache
    package var flags = CompilerFlags()
    /// nil compiles on the machine itself.
    package var sandbox: ScriptSandbox?
    /// What a record or lock says of the packages that scripts name; nil takes what SwiftPM finds, once for all scripts that name the same.
    package var pins: [PackageRecord]?
    /// Whether packages may be fetched, and whether that is said.
    package var isOffline = false
    package var isQuiet = false

    /// The executable for the script `source`, which lies at `path`.
    /// - Throws: where it does not compile, the compiler has already printed its diagnostics on the script's own lines:
    ///   nothing more is said, unless what they say is of no help.
    package func compiled(_ source: Data, path: String) async throws -> CompiledScript {
        var text = try Self.text(of: source, path: path)
        // Only at the beginning of a file does the compiler pass over a byte order mark.
        if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        let packages = try ScriptPackage.named(in: text, path: path)
        guard packages.isEmpty || sandbox == nil else {
            throw IDRError(
                .refused, "a script with packages of its own does not run in the sandbox", at: [path],
                because: "packages are fetched from the network, and building them runs their code",
                fix: "read the script and its packages, say \"idrscript trust \(path)\", and run it without --sandbox")
        }
        let pinned = packages.isEmpty ? [] : (pins ?? []).map { "\($0.address) \($0.version) \($0.revision)" }
        let key = try cache.key(script: path, source: source, flags: flags.values + pinned, support: support)
        if let cached = cache.script(for: key) {
            guard packages.isEmpty || cached.packages != nil else {
                throw IDRError(
                    .system, "a compiled script's list of packages cannot be read", at: [cached.packagesFile],
                    fix: "idrscript clean --scripts, and run again")
            }
            return cached
        }
        return try await cache.store(key) { [text] script in
            try source.write(to: URL(fileURLWithPath: script.source))
            try Data(try await support.toolchain.version().utf8).write(to: URL(fileURLWithPath: script.compilerFile))
            do {
                if packages.isEmpty { return try await compile(text, path: path, as: script) }
                let built = try await packageBuild(packages).build(Self.main(text, name: path), as: script)
                try AtomicFile.write(CanonicalJSON.encode(built), to: script.packagesFile)
            } catch let failure as NotCompiled {
                throw Self.adviceOnMain(text, path: path) ?? failure
            }
        }
    }

    /// For a script that begins at a type, as a program of several files does: the compiler speaks of files that its author does not have.
    private static func adviceOnMain(_ text: String, path: String) -> IDRError? {
        let words = /^[ \t]*@main\s+(?:(?:public|package|internal|private|fileprivate|final|@\w+)\s+)*(?:struct|enum|class|actor)\s+(\w+)/
        guard let match = text.firstMatch(of: words.anchorsMatchLineEndings()) else { return nil }
        let line = text[..<match.range.lowerBound].count(where: \.isNewline) + 1
        return IDRError(
            .invalidInput, "@main has no place in a script", at: ["\(path):\(line)"], because: "a script's lines run from top to bottom",
            fix: "take @main away and write \(match.1).main() as the last line, with try or await where it needs them; "
                + "or build a package of your own, as example_files/script-package is")
    }

    /// What a script says.
    /// - Throws: an ``IDRError`` with the line where it is not UTF-8.
    package static func text(of source: Data, path: String) throws(IDRError) -> String {
        // Foundation's own decoding leaves out a byte order mark.
        if let text = String(validating: source, as: UTF8.self) { return text }
        let lines = source.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        throw IDRError(
            .invalidInput, "the script is not UTF-8 text", at: ["\(path):\(line + 1)"],
            because: "the line has bytes that are no character, as other encodings have (Latin-1, UTF-16)", fix: "save the script as UTF-8")
    }

    private func packageBuild(_ packages: [ScriptPackage]) throws -> PackageBuild {
        let lines = packages.map { "\($0.address) \($0.version) \($0.products)" } + (pins ?? []).map { "\($0.address) \($0.revision)" }
        let key = try ScriptCache.packages.key(script: "", source: Data(lines.joined(separator: "\n").utf8), flags: flags.values, support: support)
        return PackageBuild(
            packages: packages, pins: pins, isOffline: isOffline, support: support, flags: flags,
            say: { [isQuiet] text in if !isQuiet { StandardError.write(text + "\n") } },
            folder: "\(ScriptCache.packages.root)/\(key)")
    }

    /// The bytes of the script at `path`, read once: what is decided on is what is compiled.
    package static func source(of path: String) throws(IDRError) -> Data {
        // The name is written into what is compiled, for diagnostics, and to terminals.
        guard !path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw IDRError(.refused, "the script's name has control characters", fix: "give it another name")
        }
        guard let source = FileManager.default.contents(atPath: path) else {
            throw IDRError(.missing, "no script \(path)", fix: "check the path; a script is a .swift file")
        }
        return source
    }

    private func compile(_ text: String, path: String, as script: CompiledScript) async throws {
        if let sandbox { return try await compile(text, path: path, as: script, in: sandbox) }
        let place = CompilerPlace(
            folder: script.folder, moduleMap: try Self.writeModuleMap(in: cache.root), modules: support.modules, library: support.libraryFolder,
            mainObjects: support.mainObjects)
        try await compile(text, name: path, in: place) { try await swiftc($0, in: script.folder) }
    }

    /// The compiler may write into a folder of its own only, and only a plain file is taken from there.
    private func compile(_ text: String, path: String, as script: CompiledScript, in sandbox: ScriptSandbox) async throws {
        let folder = "\(script.folder)/work"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try Self.writeModuleMap(in: folder)
        let place = CompilerPlace(
            folder: folder, moduleMap: "\(Inside.work)/\(Self.moduleMap)", modules: Inside.modules, library: Inside.library,
            mainObjects: sandbox.mainObjects)
        try await compile(text, name: URL(fileURLWithPath: path).lastPathComponent, in: place) { arguments in
            guard try await sandbox.compiler(in: folder, arguments).run() == 0 else { throw NotCompiled() }
        }
        var status = stat()
        guard lstat("\(folder)/script", &status) == 0, status.st_mode & S_IFMT == S_IFREG, chmod("\(folder)/script", 0o555) == 0,
            rename("\(folder)/script", script.binary) == 0
        else { throw IDRError(.refused, "the compiler left no program", at: [path]) }
    }

    /// - Parameter name: of the script in diagnostics.
    private func compile(_ text: String, name: String, in place: CompilerPlace, _ swiftc: ([String]) async throws -> Void) async throws {
        try Self.main(text, name: name).write(to: URL(fileURLWithPath: "\(place.folder)/main.swift"))
        let flags = Self.flags(flags, moduleMap: place.moduleMap, modules: place.modules)
        try await swiftc(flags + ["-file-compilation-dir", ".", "-c", "main.swift", "-o", "main.o"])
        try await swiftc(["main.o"] + place.mainObjects + Self.linking(place.library) + ["-o", "script"])
    }

    /// The script as the compiler sees it: it allows top-level code in a file called main.swift, and #sourceLocation keeps diagnostics on the
    /// script's own lines.
    private static func main(_ text: String, name: String) -> Data {
        let name = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return Data("#sourceLocation(file: \"\(name)\", line: 1)\n\(text)\n#sourceLocation()\n".utf8)
    }

    /// What every script is compiled with. No path in it may change from one script to the next: each would cost the compiler a second to read
    /// Foundation's headers anew. The newer style of diagnostics numbers the lines that it shows as they are in `main.swift`.
    package static func flags(_ flags: CompilerFlags, moduleMap: String, modules: String) -> [String] {
        flags.all + ["-diagnostic-style", "llvm", "-I", modules, "-Xcc", "-fmodule-map-file=\(moduleMap)"]
    }

    /// What a script is linked with besides its objects.
    package static func linking(_ library: String) -> [String] { ["-L", library, "-lIDRKit", "-Xlinker", "-rpath", "-Xlinker", library] }

    private static let moduleMap = "libraries.modulemap"

    /// IDRKit's modules name the C libraries behind them. Scripts never see anything of these, so that modules without content do,
    /// and no C header needs to be installed, or read, to compile a script.
    /// - Returns: the file, which stays as it is where it is there already.
    package static func writeModuleMap(in folder: String) throws -> String {
        let names = [
            "CBlosc", "CCrypto", "CCurl", "CHDF5", "CLayers", "CLinux", "CONNXRuntime", "COpenBLAS", "CPNG", "CTIFF", "CYAML", "CZip", "CZlib",
            "CZstd",
        ]
        let bytes = Data(names.map { "module \($0) {}\n" }.joined().utf8)
        let path = "\(folder)/\(moduleMap)"
        if FileManager.default.contents(atPath: path) != bytes { try AtomicFile.write([UInt8](bytes), to: path) }
        return path
    }

    private func swiftc(_ arguments: [String], in folder: String) async throws {
        let words = (Toolchain.isPlain ? ["-no-color-diagnostics"] : []) + arguments
        var compiler = ChildProcess(support.toolchain.compiler, words)
        compiler.folder = folder
        (compiler.output, compiler.errors, compiler.group) = (.descriptor(STDERR_FILENO), nil, .shared)
        guard try await compiler.run().isSuccess else { throw NotCompiled() }
    }
}

/// Where a script is compiled: what the compiler reads and writes.
private struct CompilerPlace {
    /// Its own folder, where the compiler works.
    let folder: String
    /// As the compiler sees them.
    let moduleMap: String
    let modules: String
    let library: String
    let mainObjects: [String]
}
