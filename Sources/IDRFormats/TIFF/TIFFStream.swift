import CTIFF
import Foundation
import IDRPlan

/// Bytes as libtiff reads, writes and seeks them: ``TIFFMemory`` holds them in memory, ``TIFFDisk`` reads parts of a file.
class TIFFStream {
    private var position = 0
    /// What libtiff reads in place of the file's first bytes.
    private var header: [UInt8] = []

    /// How many bytes there are.
    var length: Int { 0 }

    /// Fills `target` with the bytes from `offset` on and returns how many there were; a negative number where the disk fails.
    func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) -> Int { 0 }

    /// Writes `source` at `offset`; false where that cannot be.
    func write(_ source: UnsafeRawBufferPointer, at offset: Int) -> Bool { false }

    /// Makes the next ``open(_:called:_:)`` begin with the page whose directory is at `offset`, by a header that points there:
    /// libtiff itself finds a page by walking the list of all pages, each time.
    func begin(at offset: UInt64) {
        header = [UInt8](repeating: 0, count: 16)
        let count = max(0, header.withUnsafeMutableBytes { read($0, at: 0) })
        header.removeLast(header.count - count)
        guard header.count >= 8 else { return }
        let isLittle = header[0] == UInt8(ascii: "I")
        let isBig = (isLittle ? header[2] : header[3]) == 43
        for place in isBig ? 8..<16 : 4..<8 where place < header.count {
            let digit = isLittle ? place - (isBig ? 8 : 4) : (isBig ? 15 : 7) - place
            header[place] = UInt8(truncatingIfNeeded: offset >> (8 * UInt64(digit)))
        }
    }

    /// Opens the bytes for reading (`"r"`) or writing (`"w"`) and closes them after `body`.
    /// - Throws: what `body` throws; libtiff's own message where it refuses (``Failure``).
    func open<Result>(_ mode: String, called what: String, _ body: (OpaquePointer) throws(Failure) -> Result) throws(IDRError) -> Result {
        let address = Unmanaged.passUnretained(self).toOpaque()
        TIFFMessages.start(address)
        defer { _ = TIFFMessages.end(address) }
        position = 0
        do throws(Failure) {
            if mode == "r" { try checkBeginning() }
            guard
                let tiff = TIFFClientOpen(
                    what, mode, address,
                    { TIFFStream.at($0)?.read($1, $2) ?? -1 }, { TIFFStream.at($0)?.write($1, $2) ?? -1 },
                    { TIFFStream.at($0)?.seek($1, $2) ?? .max },
                    { _ in 0 }, { toff_t(TIFFStream.at($0)?.length ?? 0) }, { _, _, _ in 0 }, { _, _, _ in })
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

    /// Two frequent ends of a download deserve better words than libtiff's "bad magic number".
    private func checkBeginning() throws(Failure) {
        if length == 0 { throw Failure("it is empty", fix: "fetch or write the file again") }
        var first: UInt8 = 0
        let count = withUnsafeMutableBytes(of: &first) { read($0, at: 0) }
        if count == 1, first == UInt8(ascii: "<") {
            throw Failure("it begins like a web page: a server answered with text and not with the image", fix: "fetch the file again")
        }
    }

    private static func at(_ address: thandle_t?) -> TIFFStream? {
        // libtiff hands back the address it was given in open(), where self is alive until the file is closed.
        address.map { Unmanaged<TIFFStream>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read(_ target: UnsafeMutableRawPointer?, _ size: tmsize_t) -> tmsize_t {
        let count = max(0, min(Int(size), length - position))
        guard let target, count > 0 else { return 0 }
        let buffer = UnsafeMutableRawBufferPointer(start: target, count: count)
        let done = read(buffer, at: position)
        for (place, byte) in header.dropFirst(position).prefix(max(0, done)).enumerated() { buffer[place] = byte }
        position += max(0, done)
        return tmsize_t(done)
    }

    private func write(_ source: UnsafeMutableRawPointer?, _ size: tmsize_t) -> tmsize_t {
        guard let source, size >= 0, write(UnsafeRawBufferPointer(start: source, count: Int(size)), at: position) else { return -1 }
        position += Int(size)
        return size
    }

    private func seek(_ offset: toff_t, _ origin: Int32) -> toff_t {
        let base = origin == SEEK_CUR ? position : origin == SEEK_END ? length : 0
        let (target, overflow) = base.addingReportingOverflow(Int(truncatingIfNeeded: offset))
        // libtiff takes all ones for a failure. A position far beyond the end would make write() fill memory with zeros.
        guard !overflow, target >= 0, target <= 1 << 40 else { return toff_t.max }
        position = target
        return toff_t(target)
    }
}
