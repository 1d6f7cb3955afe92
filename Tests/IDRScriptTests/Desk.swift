import Foundation
import TestSupport
import Testing

/// A scratch folder with settings of its own; and what is refused or let in there.
struct Desk {
    static let script = "print(\"it runs\")\n"
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    func idrscript(_ arguments: String..., environment: [String: String] = [:]) async throws -> BuiltProgram {
        let settings = ["XDG_CONFIG_HOME": scratch("config"), "XDG_CACHE_HOME": scratch("cache"), "XDG_DATA_HOME": scratch("data")]
        return try await BuiltProgram.run("idrscript", arguments, in: scratch.path, environment: settings.merging(environment) { $1 })
    }

    func write(_ text: some StringProtocol, to name: String) throws {
        let url = URL(fileURLWithPath: scratch(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// A record from elsewhere, with its script.
    func writeRecord(_ name: String = "record") async throws {
        var sample = SampleRecord()
        sample.script = Self.script
        try await sample.write(to: scratch(name))
    }

    /// Whether any compiler was started.
    var hasCompiled: Bool { !scratch.files(below: "cache").isEmpty }

    var marks: [String] {
        get throws { String(decoding: try scratch.bytes("config/idrkit/trusted-scripts"), as: UTF8.self).split(separator: "\n").map(String.init) }
    }
}

/// Not run, with why and the ways on.
func expectRefusal(_ result: BuiltProgram, _ reason: String, _ place: SourceLocation = #_sourceLocation) {
    #expect(result.status == 1 && !result.output.contains("it runs"), "\(result.output)", sourceLocation: place)
    #expect(result.errors.contains("the script is from elsewhere") && result.errors.contains(reason), "\(result.errors)", sourceLocation: place)
    for way in ["idrscript trust ", "sign it", "--sandbox"] { #expect(result.errors.contains(way), "\(result.errors)", sourceLocation: place) }
}
