internal import CTIFF
internal import Foundation
internal import IDRPlan
internal import Synchronization

/// The bytes of a TIFF file in memory, as libtiff sees them: it reads, writes and seeks here and never touches the disk,
/// so a file is written by ``AtomicFile`` alone and a failure of the disk is told apart from one of the format.
final class TIFFMemory {
    private(set) var bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    /// Opens the bytes for reading (`"r"`) or writing (`"w"`) and closes them after `body`.
    /// - Throws: what `body` throws; libtiff's own message where it refuses (``Failure``).
    func open<Result>(_ mode: String, called what: String, _ body: (OpaquePointer) throws(Failure) -> Result) throws(IDRError) -> Result {
        let address = Unmanaged.passUnretained(self).toOpaque()
        TIFFMessages.start(address)
        defer { _ = TIFFMessages.end(address) }
        do throws(Failure) {
            guard
                let tiff = TIFFClientOpen(
                    what, mode, address,
                    { TIFFMemory.at($0)?.read($1, $2) ?? -1 }, { TIFFMemory.at($0)?.write($1, $2) ?? -1 },
                    { TIFFMemory.at($0)?.seek($1, $2) ?? .max },
                    { _ in 0 }, { toff_t(TIFFMemory.at($0)?.bytes.count ?? 0) }, { _, _, _ in 0 }, { _, _, _ in })
            else { throw Failure("it cannot be opened as TIFF") }
            defer { TIFFClose(tiff) }
            return try body(tiff)
        } catch {
            let reason = [error.reason, TIFFMessages.end(address)].compactMap(\.self).joined(separator: "; ")
            throw IDRError(.invalidInput, "\(what) is not a usable TIFF image", because: reason, fix: error.advice)
        }
    }

    /// Why an image cannot be read or written, where libtiff itself has nothing to say.
    struct Failure: Error {
        let reason: String
        let advice: String?
        init(_ reason: String, fix advice: String? = nil) {
            self.reason = reason
            self.advice = advice
        }
    }

    private static func at(_ address: thandle_t?) -> TIFFMemory? {
        // libtiff hands back the address it was given in open(), where self is alive until the file is closed.
        address.map { Unmanaged<TIFFMemory>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read(_ target: UnsafeMutableRawPointer?, _ size: tmsize_t) -> tmsize_t {
        let count = max(0, min(Int(size), bytes.count - position))
        let buffer = UnsafeMutableRawBufferPointer(start: target, count: target == nil ? 0 : count)
        bytes.withUnsafeBytes { buffer.copyBytes(from: $0.dropFirst(position).prefix(count)) }
        position += count
        return tmsize_t(count)
    }

    private func write(_ source: UnsafeMutableRawPointer?, _ size: tmsize_t) -> tmsize_t {
        guard let source, size >= 0 else { return -1 }
        let end = position + Int(size)
        if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
        bytes.withUnsafeMutableBytes { $0.baseAddress?.advanced(by: position).copyMemory(from: source, byteCount: Int(size)) }
        position = end
        return size
    }

    private func seek(_ offset: toff_t, _ origin: Int32) -> toff_t {
        let base = origin == SEEK_CUR ? position : origin == SEEK_END ? bytes.count : 0
        let (target, overflow) = base.addingReportingOverflow(Int(truncatingIfNeeded: offset))
        // libtiff takes all ones for a failure. A position far beyond the end would make write() fill memory with zeros.
        guard !overflow, target >= 0, target <= 1 << 40 else { return toff_t.max }
        position = target
        return toff_t(target)
    }
}

/// libtiff reports errors to one function for the whole process: it keeps the first message of each file under way.
private enum TIFFMessages {
    private static let messages = Mutex<[UInt: String]>([:])
    private static let areCaught: Void = {
        TIFFSetWarningHandler(nil)
        TIFFSetErrorHandler(nil)
        TIFFSetErrorHandlerExt { address, _, format, arguments in
            guard let address, let format, let arguments else { return }
            var text = [CChar](repeating: 0, count: 512)
            vsnprintf(&text, text.count, format, arguments)
            let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // Only addresses that are under way here: another user of libtiff in the process has files of its own.
            messages.withLock { if $0[UInt(bitPattern: address)] == "" { $0[UInt(bitPattern: address)] = "libtiff says: " + message } }
        }
    }()

    static func start(_ address: UnsafeMutableRawPointer) {
        _ = areCaught
        messages.withLock { $0[UInt(bitPattern: address)] = "" }
    }

    static func end(_ address: UnsafeMutableRawPointer) -> String? {
        messages.withLock { $0.removeValue(forKey: UInt(bitPattern: address)) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
