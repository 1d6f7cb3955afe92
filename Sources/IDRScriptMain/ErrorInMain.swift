import CScriptMain
import Foundation
import IDRKit
import IDRPlan

/// Where an error ends that reaches the top level of a script: a message with the script's own line, and an exit status.
@_cdecl("idrkit_error_in_main")
public func errorInMain(_ object: UnsafeMutableRawPointer) {
    fflush(nil)
    let error = unsafeBitCast(object, to: (any Error).self)
    let failure = error as? IDRError
    var message = "error: \(failure?.description ?? String(describing: error))\n"
    let offset = idrkit_throw_offset(object)
    let place = offset == 0 ? nil : SourceLine(executableOffset: offset)
    // An error that names the script's line was thrown in IDRKit, and in an executable that holds IDRKit that is where the address leads.
    let isNamed = failure?.subject.contains { $0.wholeMatch(of: /[^\/]+\.swift:\d+/) != nil } ?? false
    if let place, !isNamed { message = "\(place.text): " + message }
    let line = NotebookRecorder.shared.fail(message, file: place?.file, line: isNamed ? nil : place?.line)
    FileHandle.standardError.write(Data((message + (line.map { "  \($0)\n" } ?? "")).utf8))
    exit(failure?.code == .batchesFailed ? 3 : 1)
}

/// The line of the script that an address belongs to, from its debug information.
struct SourceLine {
    /// `file:line:column`.
    let text: String
    var file: String? { text.split(separator: ":").first.map(String.init) }
    var line: Int? { text.split(separator: ":").dropLast().last.flatMap { Int($0) } }

    /// nil where the toolchain's symbolizer is not at hand or does not know: the message then goes without a line.
    init?(executableOffset: UInt) {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/llvm-symbolizer" }
        let candidates = [environment["IDRKIT_SYMBOLIZER"]].compactMap(\.self) + folders
        guard let symbolizer = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: symbolizer)
        process.arguments = ["--obj=" + Self.executablePath, "--functions=none", "0x" + String(executableOffset, radix: 16)]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // Code that the compiler made, not the script, has line 0.
        guard let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first, !line.hasPrefix("??"), !line.contains(":0:")
        else { return nil }
        text = String(line)
    }

    private static var executablePath: String { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path }
}
