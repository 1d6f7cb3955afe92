import Foundation
import TestSupport
import Testing

/// The progress line on a terminal.
@Suite(.serialized) struct TerminalTests {
    @Test func oneLineIsRewrittenAndNothingIsLeftOfIt() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let screen = try await screen(of: folder, columns: 100)
        #expect(screen.contains("batch 0 · image 1 of 4 · "), "\(screen)")
        #expect(screen.contains(" s an image · ") && screen.contains(" left"), "\(screen)")
        // What stays when the rewritten lines are gone.
        let lines = screen.replacing("\r\n", with: "\n").split(separator: "\n").map {
            String($0.split(separator: "\r").last ?? "").replacing("\u{1B}[K", with: "")
        }
        #expect(lines.filter { $0.contains("image 1 of 4") || $0.contains("left") }.isEmpty, "\(lines)")
        #expect(lines.filter { $0.hasPrefix("batch ") }.count == 4 && lines.last?.hasPrefix("cells: ") == true, "\(lines)")
    }

    @Test func theLineFitsANarrowTerminal() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let screen = try await screen(of: folder, columns: 30)
        let rewritten = screen.split(separator: "\r").filter { $0.hasPrefix("\u{1B}[Kbatch 0 · image") || $0.hasPrefix("\u{1B}[Kbatch 1 · image") }
        #expect(!rewritten.isEmpty && rewritten.allSatisfy { $0.prefix { $0 != "\n" }.count - 3 < 30 }, "\(rewritten)")
    }

    @Test(arguments: [("", true), ("1", false)])
    func coloursOfTheCompilerCanBeTurnedOff(setting: String, isColoured: Bool) async throws {
        let folder = try await ScriptFolder()
        try folder.write("let count: Int = \"three\"\n")
        let screen = try await screen(of: folder, columns: 100, environment: ["NO_COLOR": setting], status: 1)
        #expect(screen.contains("error:") && screen.contains("\u{1B}[") == isColoured, "\(screen)")
    }

    /// A new pseudoterminal: its main side, and the name of the side that programs write to.
    private static func openTerminal() throws -> (main: Int32, name: String) {
        // TIOCSPTLCK and TIOCGPTN of Linux, which Foundation does not name.
        let (lock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))
        let main = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (unlocked, index) = (Int32(0), UInt32(0))
        try #require(main >= 0 && ioctl(main, lock, &unlocked) == 0 && ioctl(main, number, &index) == 0)
        return (main, "/dev/pts/\(index)")
    }

    /// Everything that a run writes to a terminal of `columns` columns.
    private func screen(of folder: ScriptFolder, columns: UInt16, environment: [String: String] = [:], status: Int32 = 0) async throws -> String {
        let (main, name) = try Self.openTerminal()
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        let terminal = open(name, O_RDWR | O_NOCTTY)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        let process = Process()
        process.executableURL = BuiltProgram.folder.appending(path: "idrscript")
        process.arguments = ["run", "script.swift", "--output", "out\(columns)"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.scratch.path)
        process.environment = ProcessInfo.processInfo.environment.merging([
            "XDG_CACHE_HOME": folder.scratch("cache"), "XDG_CONFIG_HOME": folder.scratch("config"),
        ]) { $1 }.merging(environment) { $1 }
        process.standardOutput = FileHandle(fileDescriptor: terminal)
        process.standardError = FileHandle(fileDescriptor: terminal)
        try process.run()
        close(terminal)
        // The terminal says end of file when its last writer is gone.
        let reader = Thread.detached { () -> [UInt8] in
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(main, &buffer, buffer.count)
                if count <= 0 { break }
                all += buffer[..<count]
            }
            close(main)
            return all
        }
        let bytes = await reader.value
        process.waitUntilExit()
        try #require(process.terminationStatus == status, "\(String(decoding: bytes, as: UTF8.self))")
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Thread {
    /// Work on a thread of its own, for calls that block.
    fileprivate static func detached<T: Sendable>(_ work: @escaping @Sendable () -> T) -> Task<T, Never> {
        Task { await withCheckedContinuation { continuation in Thread.detachNewThread { continuation.resume(returning: work()) } } }
    }
}
