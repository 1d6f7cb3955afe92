import Foundation
import IDRRecord
import TestSupport
import Testing

/// Scripts that name Swift packages at their top.
@Suite(.serialized) struct ScriptPackageTests {
    static let header = "// idrscript: package https://packages.example/greetings 1.0.0 Greetings\n"

    @Test func aScriptRunsWithItsPackageAndTheRecordNamesIt() async throws {
        let site = try await PackageSite()
        try site.folder.write(
            "// A greeting for each nucleus.\n" + Self.header + "\nimport Greetings\nimport IDRKit\n\nlet cells = \(ScriptFolder.pipeline)\n"
                + "print(greeting(), cells.cellCount > 0)\n")
        let first = try await site.idrscript("run", "script.swift", "--output", "results")
        #expect(first.status == 0 && first.output == "salve, nuclei true\n", "\(first.errors)")
        #expect(first.errors.contains("fetching the script's packages: greetings 1.0.0"), "\(first.errors)")

        let record = try RecordFolder(reading: site.folder.scratch("results"))
        let packages = try #require(try record.environment(of: 0).packages)
        #expect(packages.map(\.address) == ["https://packages.example/greetings", "https://packages.example/latin"])
        #expect(packages.map(\.version) == ["1.0.0", "1.1.0"])
        #expect(try packages[0].revision == site.commit("greetings", "1.0.0") && packages[1].revision == site.commit("latin", "1.1.0"))
        #expect(try record.lock().packages == packages)
        let crate = String(decoding: try site.folder.scratch.bytes("results/ro-crate-metadata.json"), as: UTF8.self)
        #expect(crate.contains("commit \(packages[0].revision)") && crate.contains("https://packages.example/latin"))
        let report = String(decoding: try site.folder.scratch.bytes("results/report.html"), as: UTF8.self)
        #expect(report.contains("https://packages.example/greetings 1.0.0, commit \(packages[0].revision)"))
        #expect(try await site.idrscript("verify", "results").status == 0)

        // Unchanged, it starts without SwiftPM and without a network.
        let second = try await site.folder.idrscript("run", "script.swift", "--output", "results")
        #expect(second.status == 0 && second.output == first.output && !second.errors.contains("fetching"), "\(second.errors)")
    }

    /// A newer version of what the package needs does not change a reproduction, though it is what a new run would take.
    @Test func aReproductionTakesTheRecordedVersions() async throws {
        let site = try await PackageSite()
        try site.folder.write(Self.header + "import Greetings\nimport IDRKit\nprint(greeting())\n_ = \(ScriptFolder.pipeline)\n")
        #expect(try await site.idrscript("run", "script.swift", "--output", "results", "--batches", "0").status == 0)
        try await site.publish("latin", "1.2.0", PackageSite.latin("ave"))
        try FileManager.default.removeItem(atPath: site.folder.scratch("cache"))

        let again = try await site.idrscript("reproduce", "results", "--batches", "0", "--output", "again")
        #expect(again.status == 0 && again.errors.contains("salve, nuclei"), "\(again.output)\(again.errors)")
        let report = String(decoding: try site.folder.scratch.bytes("again/run/report.html"), as: UTF8.self)
        #expect(report.contains("BIT: every output has the same bytes") && report.contains("salve, nuclei"))
        let newer = try await site.idrscript("run", "script.swift", "--output", "new", "--batches", "0")
        #expect(newer.status == 0 && newer.output == "ave, nuclei\n", "\(newer.errors)")

        try FileManager.default.copyItem(atPath: site.folder.scratch("results/idr.lock"), toPath: site.folder.scratch("idr.lock"))
        let locked = try await site.idrscript("run", "script.swift", "--output", "locked", "--batches", "0", "--locked")
        #expect(locked.status == 0 && locked.output == "salve, nuclei\n", "\(locked.errors)")
    }

    /// Scripts with the same lock share its packages; each is built anew.
    @Test func anotherScriptWithTheSameLockTakesTheSameVersions() async throws {
        let site = try await PackageSite()
        try site.folder.write(Self.header + "import Greetings\nimport IDRKit\nprint(greeting())\n_ = \(ScriptFolder.pipeline)\n")
        #expect(try await site.idrscript("run", "script.swift", "--output", "results", "--batches", "0").status == 0)
        try FileManager.default.copyItem(atPath: site.folder.scratch("results/idr.lock"), toPath: site.folder.scratch("idr.lock"))
        try await site.publish("latin", "1.2.0", PackageSite.latin("ave"))
        try FileManager.default.removeItem(atPath: site.folder.scratch("cache"))
        for words in ["first", "second"] {
            try site.folder.write(Self.header + "import Greetings\nprint(greeting(), \"\(words)\")\n", to: "\(words).swift")
            let run = try await site.idrscript("run", "\(words).swift", "--locked")
            #expect(run.status == 0 && run.output == "salve, nuclei \(words)\n", "\(run.errors)")
        }
    }

    /// The recorded version of one package needs another one, which the newest does not.
    @Test func aReproductionFollowsWhatTheRecordedVersionsNeed() async throws {
        let site = try await PackageSite()
        try await site.publish("greek", "1.0.0", PackageSite.latin("chaire"))
        let needing = (
            #"dependencies: [.package(url: "https://packages.example/greek", from: "1.0.0")],"#, #"[.product(name: "Greek", package: "greek")]"#,
            "import Greek\n\npublic let word = \"\\(Greek.word) et salve\"\n"
        )
        try await site.publish("latin", "1.2.0", needing)
        try site.folder.write(Self.header + "import Greetings\nimport IDRKit\nprint(greeting())\n_ = \(ScriptFolder.pipeline)\n")
        #expect(try await site.idrscript("run", "script.swift", "--output", "results", "--batches", "0").status == 0)
        try await site.publish("latin", "1.3.0", PackageSite.latin("ave"))
        try await site.publish("greek", "1.1.0", PackageSite.latin("geia"))
        try FileManager.default.removeItem(atPath: site.folder.scratch("cache"))
        let again = try await site.idrscript("reproduce", "results", "--batches", "0", "--output", "again")
        #expect(again.status == 0 && again.errors.contains("chaire et salve, nuclei"), "\(again.output)\(again.errors)")
    }

    @Test func aVersionThatStandsForAnotherCommitIsNotTaken() async throws {
        let site = try await PackageSite()
        try site.folder.write(Self.header + "import Greetings\nimport IDRKit\nprint(greeting())\n_ = \(ScriptFolder.pipeline)\n")
        #expect(try await site.idrscript("run", "script.swift", "--output", "results", "--batches", "0").status == 0)
        let recorded = try site.commit("latin", "1.1.0")
        // What SwiftPM itself remembers of versions is gone too, as on another machine.
        for gone in ["cache", "config/swiftpm", "repositories/latin"] { try FileManager.default.removeItem(atPath: site.folder.scratch(gone)) }
        try await site.publish("latin", "1.1.0", PackageSite.latin("vale"))
        let again = try await site.idrscript("reproduce", "results", "--batches", "0", "--output", "again")
        #expect(again.status == 14 && again.output.contains("they are other ones than recorded"), "\(again.output)\(again.errors)")
        #expect(try again.output.contains(recorded.prefix(12)) && again.output.contains(site.commit("latin", "1.1.0").prefix(12)), "\(again.output)")
        #expect(!again.errors.contains("vale"))
    }

    @Test func offlineNothingIsFetched() async throws {
        let site = try await PackageSite()
        try site.folder.write(Self.header + "import Greetings\nprint(greeting())\n")
        let without = try await site.idrscript("run", "script.swift", "--offline")
        #expect(without.status == 1 && without.errors.contains("no server may be asked") && !without.errors.contains("fetching"), "\(without.errors)")
        let quiet = try await site.idrscript("run", "script.swift", "--quiet")
        #expect(quiet.status == 0 && quiet.errors.isEmpty, "\(quiet.errors)")
        try site.folder.write(Self.header + "import Greetings\nprint(greeting(), 2)\n")
        let with = try await site.idrscript("run", "script.swift", "--offline")
        #expect(with.status == 0 && with.output == "salve, nuclei 2\n", "\(with.errors)")
    }

    @Test func anErrorOfAPackageNamesTheScriptsLine() async throws {
        let site = try await PackageSite()
        let source =
            "public struct NoGreeting: Error {}\n\n@inline(never)\npublic func fail(_ count: Int) throws {\n    if count > 0 { throw NoGreeting() }\n}\n"
        try await site.publish("farewells", "1.0.0", ("", "[]", source))
        try site.folder.write(
            "// idrscript: package https://packages.example/farewells 1.0.0 Farewells\nimport Farewells\n\nprint(\"before\")\n"
                + "try fail(CommandLine.arguments.count)\n// The end\n")
        let result = try await site.idrscript("run", "script.swift")
        #expect(result.status == 1 && result.errors.contains("script.swift:5:") && result.errors.contains("error: NoGreeting()"), "\(result.errors)")
        #expect(result.errors.contains("\n  5 | try fail(CommandLine.arguments.count)\n") && !result.errors.contains("checkouts"), "\(result.errors)")
    }

    @Test func aPackageThatIsGoneMakesARecordUnverifiable() async throws {
        let site = try await PackageSite()
        try site.folder.write(Self.header + "import Greetings\nimport IDRKit\nprint(greeting())\n_ = \(ScriptFolder.pipeline)\n")
        #expect(try await site.idrscript("run", "script.swift", "--output", "results", "--batches", "0").status == 0)
        for gone in ["cache", "repositories/latin"] { try FileManager.default.removeItem(atPath: site.folder.scratch(gone)) }
        let again = try await site.idrscript("reproduce", "results", "--batches", "0", "--output", "again")
        #expect(again.status == 14 && again.output.contains("the script's packages cannot be had"), "\(again.status) \(again.output)\(again.errors)")
    }

    @Test func errorsOfTheScriptNameItsOwnLines() async throws {
        let site = try await PackageSite()
        try site.folder.write(Self.header + "import Greetings\nlet count: Int = greeting()\n")
        let wrong = try await site.idrscript("run", "script.swift")
        #expect(wrong.status == 1 && wrong.errors.contains("script.swift:3:18: error: cannot convert value of type 'String'"), "\(wrong.errors)")
        #expect(!wrong.errors.contains("main.swift"), "\(wrong.errors)")

        try site.folder.write(Self.header + "import Greetings\nstruct NoGreeting: Error {}\nif greeting().isEmpty == false { throw NoGreeting() }\n")
        let thrown = try await site.idrscript("run", "script.swift")
        #expect(thrown.status == 1 && thrown.errors.contains("script.swift:4:") && thrown.errors.contains("NoGreeting()"), "\(thrown.errors)")

        try site.folder.write(Self.header + "import Greetings\n@main struct Greeter { static func main() { print(greeting()) } }\n")
        let main = try await site.idrscript("run", "script.swift")
        #expect(main.status == 1 && main.errors.contains("write Greeter.main() as the last line"), "\(main.errors)")
        try site.folder.write(Self.header + "import Greetings\nprint(\"\"\"\n@main \\(greeting())\n\"\"\")\n")
        let word = try await site.idrscript("run", "script.swift")
        #expect(word.status == 0 && word.output.hasPrefix("@main "), "\(word.errors)")
    }

    @Test(arguments: [
        ("https://packages.example/greetings 9.9.9 Greetings", "no versions of 'greetings' match the requirement 9.9.9"),
        ("https://packages.example/nothing 1.0.0 Nothing", "repository"),
    ])
    func whatCannotBeHadIsSaid(package: String, reason: String) async throws {
        let site = try await PackageSite()
        try site.folder.write("// idrscript: package \(package)\nprint(1)\n")
        let result = try await site.idrscript("run", "script.swift")
        #expect(result.status == 1 && result.output.isEmpty, "\(result.errors)")
        let why = result.errors.split(separator: "\n").first { $0.hasPrefix("  why: ") } ?? ""
        #expect(result.errors.contains("the script's packages cannot be had") && why.contains(reason), "\(result.errors)")
        // Nothing of it stays that could pass for resolved.
        let again = try await site.idrscript("run", "script.swift")
        #expect(again.status == 1 && again.errors.contains("the script's packages cannot be had"), "\(again.errors)")
    }

    @Test func aProductThatThePackageDoesNotHave() async throws {
        let site = try await PackageSite()
        try site.folder.write("// idrscript: package https://packages.example/greetings 1.0.0 Farewells\nprint(1)\n")
        let result = try await site.idrscript("run", "script.swift")
        #expect(result.status == 1 && result.errors.contains("product 'Farewells'") && result.errors.contains("greetings"), "\(result.errors)")
    }

    @Test(arguments: [
        ("// idrscript: package https://packages.example/greetings", "an address, a version and a product"),
        ("// idrscript: package http://packages.example/greetings 1.0.0 Greetings", "over https"),
        ("// idrscript: package ../greetings 1.0.0 Greetings", "over https"),
        ("// idrscript: package https://user:word@packages.example/greetings 1.0.0 Greetings", "a user or a password"),
        ("// idrscript: package https://packages.example/greetings main Greetings", "no exact version"),
        ("// idrscript: package https://packages.example/greetings 1.0.0 \")]", "no product's name"),
        ("import Foundation\n// idrscript: package https://packages.example/greetings 1.0.0 Greetings", "below the first line of code"),
        (header + header, "named twice"),
        ("/* A licence. */\n/*\n Of two kinds.\n */\n// idrscript: package\n", "an address, a version and a product"),
        ("// idrscript: package https://packages.example/IDRKit.git 1.0.0 IDRKit", "there already"),
    ])
    func aHeaderThatIsWrongIsRefusedWithItsLine(header: String, reason: String) async throws {
        let folder = try Desk()
        try folder.write(header + "\nprint(\"it runs\")\n", to: "script.swift")
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status == 1 && !result.output.contains("it runs"), "\(result.errors)")
        #expect(result.errors.contains(reason) && result.errors.contains("script.swift:"), "\(result.errors)")
        #expect(result.errors.contains("// idrscript: package https://host/name 1.2.3 Product"), "\(result.errors)")
    }

    @Test func otherCommentsOfThatFormAreProse() async throws {
        let folder = try Desk()
        try folder.write("// idrscript: run this with --locked\nprint(\"it runs\")\n// idrscript: packages are further up\n", to: "script.swift")
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status == 0 && result.output == "it runs\n", "\(result.errors)")
    }

    @Test func whoTrustsAScriptIsToldOfItsPackages() async throws {
        let folder = try Desk()
        try folder.write(Self.header + Desk.script, to: "script.swift")
        let result = try await folder.idrscript("trust", "script.swift")
        #expect(
            result.status == 0 && result.output.contains("whose code runs as you too: https://packages.example/greetings 1.0.0"), "\(result.output)")
    }

    @Test(.enabled(if: Sandbox.works, "needs bubblewrap and user namespaces: apt-get install bubblewrap"))
    func theSandboxTakesNoPackages() async throws {
        let folder = try Desk()
        try folder.write(Self.header + Desk.script, to: "script.swift")
        let result = try await folder.idrscript("run", "script.swift", "--sandbox")
        #expect(result.status == 1 && result.errors.contains("does not run in the sandbox"), "\(result.errors)")
    }
}

/// Packages in repositories of a scratch folder, which git takes for `https://packages.example`: `greetings`, and `latin`, which it needs.
private struct PackageSite {
    let folder: ScriptFolder

    init() async throws {
        folder = try await ScriptFolder()
        try await publish("latin", "1.0.0", Self.latin("heus"))
        try await publish("latin", "1.1.0", Self.latin("salve"))
        try await publish(
            "greetings", "1.0.0",
            (
                #"dependencies: [.package(url: "https://packages.example/latin", from: "1.0.0")],"#, #"[.product(name: "Latin", package: "latin")]"#,
                "import Latin\n\npublic func greeting() -> String { \"\\(word), nuclei\" }\n"
            ))
    }

    static func latin(_ word: String) -> (String, String, String) { ("", "[]", "public let word = \"\(word)\"\n") }

    func publish(_ name: String, _ version: String, _ content: (needs: String, uses: String, source: String)) async throws {
        let root = folder.scratch("repositories/\(name)")
        let module = name.capitalized
        try FileManager.default.createDirectory(atPath: "\(root)/Sources/\(module)", withIntermediateDirectories: true)
        let manifest = """
            // swift-tools-version: 6.0
            import PackageDescription
            let package = Package(
                name: "\(name)", products: [.library(name: "\(module)", targets: ["\(module)"])], \(content.needs)
                targets: [.target(name: "\(module)", dependencies: \(content.uses))])
            """
        try Data(manifest.utf8).write(to: URL(fileURLWithPath: "\(root)/Package.swift"))
        try Data(content.source.utf8).write(to: URL(fileURLWithPath: "\(root)/Sources/\(module)/\(module).swift"))
        let author = ["-c", "user.name=author", "-c", "user.email=author@packages.example"]
        for words in [["init", "--quiet"], ["add", "."], author + ["commit", "--quiet", "-m", version], author + ["tag", version]] {
            let result = try await git(words, in: root)
            try #require(result.status == 0, "\(result.errors)")
        }
    }

    func commit(_ name: String, _ version: String) throws -> String {
        // Tags are files as long as nothing packs them.
        String(decoding: try folder.scratch.bytes("repositories/\(name)/.git/refs/tags/\(version)"), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    func idrscript(_ arguments: String...) async throws -> BuiltProgram {
        let settings = folder.settings.merging([
            "HOME": folder.scratch("home"), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "url.file://\(folder.scratch("repositories"))/.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://packages.example/",
        ]) { $1 }
        return try await BuiltProgram.run("idrscript", arguments, in: folder.scratch.path, environment: settings)
    }

    private func git(_ words: [String], in root: String) async throws -> BuiltProgram {
        try await BuiltProgram.run(
            "/usr/bin/env", ["git"] + words, in: root, environment: ["GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"])
    }
}
