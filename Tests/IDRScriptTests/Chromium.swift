import Foundation
import TestSupport

/// A browser without a window.
enum Chromium {
    enum Scheme: String, CaseIterable { case light, dark }

    private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first(
        where: FileManager.default.isExecutableFile)
    static var isAvailable: Bool { program != nil }

    struct Shot {
        var png: [UInt8]
        /// Brightness of the page's first pixel, 0 to 255.
        var corner: Int
        /// What the page wrote to the console: errors and refusals.
        var complaints: [String]
    }

    /// Opens the page; the picture goes to `.build/screenshots`.
    static func screenshot(of page: String, _ scheme: Scheme, name: String) async throws -> Shot {
        let folder = ExampleFrames.checkout.appending(path: ".build/screenshots").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let picture = "\(folder)/\(name)-\(scheme.rawValue).png"
        let size = ["--window-size=1100,3000", "--blink-settings=preferredColorScheme=\(scheme == .dark ? 0 : 1)"]
        let complaints = try await open(page, ["--screenshot=\(picture)"] + size).complaints
        let png = Array(try Data(contentsOf: URL(fileURLWithPath: picture)))
        let brightness = "import sys, imagecodecs; print(int(imagecodecs.png_decode(open(sys.argv[1], 'rb').read())[0, 0, :3].mean()))"
        let corner = Int(try TestPython.output(of: brightness, picture).filter(\.isNumber)) ?? -1
        return Shot(png: png, corner: corner, complaints: complaints)
    }

    /// The page's document after its scripts had their chance, as HTML, and what the page wrote to the console.
    static func document(of page: String) async throws -> (html: String, complaints: [String]) {
        try await open(page, ["--dump-dom"])
    }

    private static func open(_ page: String, _ options: [String]) async throws -> (html: String, complaints: [String]) {
        let profile = try ScratchFolder()
        let quiet = [
            "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", "--user-data-dir=\(profile.path)",
        ]
        let result = try await BuiltProgram.run(
            program ?? "", quiet + options + ["file://\(page)"], in: profile.path, environment: ["HOME": profile.path])
        return (result.output, result.errors.split(separator: "\n").map(String.init).filter { $0.contains("CONSOLE") })
    }
}
