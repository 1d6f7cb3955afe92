import Foundation
import TestSupport

/// A program of the build folder that was run to its end.
struct BuiltProgram {
    /// As a shell gives it: 128 and the signal's number where a signal ended the program.
    let status: Int32
    let output: String
    let errors: String

    static let folder = ExampleFrames.checkout.appending(path: ".build/release")

    /// - Parameters:
    ///   - program: in the build folder, or an absolute path.
    ///   - folder: where it runs. Its caches are kept between tests, beside the build; what the user trusts and the user's models are not touched.
    static func run(
        _ program: String, _ arguments: [String], in folder: String, environment changes: [String: String] = [:]
    ) async throws -> BuiltProgram {
        let running = try start(program, arguments, in: folder, environment: changes)
        return try await running.end()
    }

    /// A program that has not ended yet.
    struct Running {
        let process: Process
        fileprivate let files: ScratchFolder
        fileprivate let ended: AsyncStream<Void>

        /// What it has printed so far.
        func output() throws -> String { String(decoding: try files.bytes("out"), as: UTF8.self) }

        /// - Throws: ``NeverSo`` where it has not ended after ten minutes; it is killed then.
        func end() async throws -> BuiltProgram {
            let number = process.processIdentifier
            let limit = Task {
                try await Task.sleep(for: .seconds(600))
                kill(number, SIGKILL)
            }
            for await _ in ended {}
            limit.cancel()
            if case .success = await limit.result { throw NeverSo(description: "\(process.arguments ?? []) did not end in ten minutes") }
            let status = process.terminationStatus
            return BuiltProgram(
                status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
                output: String(decoding: try files.bytes("out"), as: UTF8.self), errors: String(decoding: try files.bytes("err"), as: UTF8.self))
        }

        /// Sends `signal` as soon as `path` is there, or after five minutes, when something else has gone wrong. On a thread of its own: among other tests a task may wake up late.
        func send(_ signal: Int32, onceThereIs path: String) async throws {
            let number = process.processIdentifier
            try await OwnThread.run {
                let end = ContinuousClock.now + .seconds(300)
                while kill(number, 0) == 0, !FileManager.default.fileExists(atPath: path), ContinuousClock.now < end { usleep(2000) }
                kill(number, signal)
            }
        }
    }

    static func start(_ program: String, _ arguments: [String], in folder: String, environment changes: [String: String] = [:]) throws -> Running {
        let files = try ScratchFolder()
        for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: files(name))) }
        let process = Process()
        process.executableURL = program.hasPrefix("/") ? URL(fileURLWithPath: program) : Self.folder.appending(path: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let own = ["XDG_CONFIG_HOME": files("config"), "XDG_DATA_HOME": files("data")]
        process.environment = ProcessInfo.processInfo.environment.merging(own) { $1 }.merging(changes) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files("out"))
        process.standardError = FileHandle(forWritingAtPath: files("err"))
        let (ended, continuation) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        return Running(process: process, files: files, ended: ended)
    }
}
