import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRScripting

struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say that you have looked at a script from elsewhere and let it run, or list and take back what you said.",
        usage: "idrscript trust <script>\n       idrscript trust --list [--json]\n       idrscript trust --remove <digest>",
        discussion: """
            A script is trusted by its bytes: one that is changed must be looked at again. Nothing is run here. Scripts that you wrote
            need no trust; those of records, bundles, downloads and other users do, or an allowed signer, or --sandbox.
            """)

    @Argument(help: ArgumentHelp("The script, a .swift file.", valueName: "script"))
    var script: String?

    @Flag(help: "List the scripts that you trust.")
    var list = false

    @Option(help: ArgumentHelp("Take back the trust in a script, by its SHA-256 or how that begins (12 digits or more).", valueName: "digest"))
    var remove: String?

    @Flag(help: "Print the list as JSON.")
    var json = false

    struct Trusted: Encodable {
        var name: String
        var sha256: String
    }

    func validate() throws {
        if json, !list { throw ValidationError("--json is a form of the list: it goes with --list") }
        guard [script != nil, list, remove != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("give a script, or --list, or --remove <digest>")
        }
        if let remove, remove.count < 12 { throw ValidationError("--remove takes 12 digits of the digest or more") }
    }

    func run() throws {
        let store = try TrustStore.standard()
        if let script { return try trust(script, store) }
        if let remove { return try distrust(remove, store) }
        let trusted = try store.trusted()
        if json { return try printJSON(trusted.map { Trusted(name: $0.name, sha256: $0.sha256.hex) }) }
        for entry in trusted { print("\(entry.sha256)  \(entry.name)") }
    }

    private func trust(_ path: String, _ store: TrustStore) throws {
        let data = try ScriptCompiler.source(of: path)
        let text = try ScriptCompiler.text(of: data, path: path)
        if let line = Self.lineWithHiddenText(text) {
            throw IDRError(
                .refused, "the script hides something", at: ["\(path):\(line)"],
                because: "the line has characters that are not shown or that change the order in which text is shown",
                fix: "ask its author, or take them out in a copy of your own")
        }
        let packages = try ScriptPackage.named(in: text, path: path)
        let digest = try SHA256.digest(of: [UInt8](data))
        try store.add(.trusted, digest, name: URL(fileURLWithPath: path).lastPathComponent)
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
        print("trusted: \(digest)  \(path), \(lines == 1 ? "1 line" : "\(lines) lines")")
        for package in packages { print("with its package, whose code runs as you too: \(package.address) \(package.version)") }
    }

    private func distrust(_ beginning: String, _ store: TrustStore) throws {
        let entries = try store.trusted().filter { $0.sha256.hex.hasPrefix(beginning.lowercased()) }
        guard !entries.isEmpty else {
            throw IDRError(.missing, "no trusted script has the digest \(beginning)", fix: "idrscript trust --list lists them")
        }
        for entry in entries {
            try store.add(.distrusted, entry.sha256, name: entry.name)
            print("no longer trusted: \(entry.sha256)  \(entry.name)")
        }
    }

    /// The first line with control, format (bidirectional, zero-width), private or invisible characters, from 1. A carriage return alone is
    /// one of them: a terminal shows what follows it in place of what was before.
    private static func lineWithHiddenText(_ text: String) -> Int? {
        var line = 1
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if scalar == "\n" { line += 1 }
            if scalar == "\r", index + 1 == scalars.count || scalars[index + 1] != "\n" { return line }
            // Marks on visible characters, as on emoji, are not.
            if scalar.properties.isDefaultIgnorableCodePoint, scalar.properties.generalCategory != .nonspacingMark { return line }
            switch scalar.properties.generalCategory {
            case .control where !["\n", "\t", "\r"].contains(scalar): return line
            case .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: return line
            default: continue
            }
        }
        return nil
    }
}
