import CScriptMain
import Foundation
import IDRFiles
import IDRKit
import IDRPlan

/// Where an error ends that reaches the top level of a script: a message with the script's own line, and an exit status.
@_cdecl("idrkit_error_in_main")
public func errorInMain(_ object: UnsafeMutableRawPointer) {
    fflush(nil)
    let error = unsafeBitCast(object, to: (any Error).self)
    let failure = error as? IDRError
    var message = "error: \(failure?.description ?? String(describing: error))\n"
    var offsets = [UInt](repeating: 0, count: Int(IDRKIT_THROW_FRAMES))
    let count = Int(idrkit_throw_offsets(object, &offsets))
    let place = count == 0 ? nil : SourceLine(executableOffsets: Array(offsets.prefix(count)), script: NotebookRecorder.shared.scriptName)
    // An error that names the script's line was thrown in IDRKit, and in an executable that holds IDRKit that is where the address leads.
    let isNamed = failure?.subject.contains { $0.wholeMatch(of: /[^\/]+\.swift:\d+/) != nil } ?? false
    if let place, !isNamed { message = "\(place.text): " + message }
    let line = NotebookRecorder.shared.fail(message, file: place?.file, line: isNamed ? nil : place?.line)
    StandardError.write(message + (line.map { "  \($0)\n" } ?? ""))
    exit(failure?.code == .batchesFailed ? 3 : 1)
}

/// The line that an error came from, out of the executable's debug information.
struct SourceLine {
    let file: String
    let line: Int
    /// `file:line:column`.
    let text: String

    /// - Parameters:
    ///   - executableOffsets: of the places that it came through, the innermost first.
    ///   - script: the script's file name, whose lines say most to its author; nil where it is not known. Of other files only the name is shown: a
    ///     package's lie in a cache.
    /// - Returns: nil where the toolchain's symbolizer is not at hand or does not know: the message then goes without a line.
    init?(executableOffsets: [UInt], script: String?) {
        let environment = ProcessInfo.processInfo.environment
        let candidates = [environment["IDRKIT_SYMBOLIZER"]].compactMap(\.self) + ["llvm-symbolizer"]
        guard let symbolizer = candidates.lazy.compactMap({ ChildProcess.find($0) }).first else { return nil }
        let offsets = executableOffsets.map { "0x" + String($0, radix: 16) }
        var child = ChildProcess(symbolizer, ["--obj=" + Self.executablePath, "--functions=none"] + offsets)
        child.output = .kept(1 << 20)
        guard let data = try? child.runHere().output else { return nil }
        // Code that the compiler made, not the script, has line 0.
        let places = String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap {
            $0.wholeMatch(of: /(.+):([1-9][0-9]*):([0-9]+)/)?.output
        }
        func name(_ file: Substring) -> String { String(file.split(separator: "/").last ?? "") }
        let own = places.first { script != nil && name($0.1) == script }
        guard let place = own ?? places.first, let number = Int(place.2) else { return nil }
        file = String(place.1)
        line = number
        text = "\(own == nil && script != nil ? name(place.1) : file):\(place.2):\(place.3)"
    }

    private static var executablePath: String { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path }
}
