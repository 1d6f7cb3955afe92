import Foundation
import IDRFiles
import IDRPlan

/// Whole files of weights in memory. They are not memory-mapped: a mapped file that another program shortens kills the process.
enum WeightBytes {
    /// No network or size model that this package knows is near it.
    static let largestFile = 1 << 31

    /// How much larger than its file the content may become: room for types that widen and storages that tensors share, none for bombs.
    static func unfoldingLimit(fileSize: Int) -> Int { 8 * fileSize + 65536 }

    /// Runs `body`, the reading of the file at `path`, and names the file in its errors.
    static func naming<T>(_ path: String, _ body: () throws(IDRError) -> T) throws(IDRError) -> T {
        do { return try body() } catch { throw error.problem.contains(path) ? error : error.at(path) }
    }

    /// The first `count` bytes of the file, or fewer where it is shorter; all of it where `count` is nil.
    static func read(_ path: String, first count: Int? = nil) throws(IDRError) -> [UInt8] {
        let file = try open(path)
        defer { close(file) }
        let size = try size(ofOpen: file, path: path)
        let wanted = min(size, count ?? size)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted, let start = buffer.baseAddress {
                let got = Foundation.read(file, start + filled, wanted - filled)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                filled += got
            }
        }
        guard failure == 0 else { throw IDRError(.system, "the file \(path) cannot be read", because: SystemFailure.reason(failure)) }
        return bytes
    }

    /// The size of the file in bytes.
    static func size(of path: String) throws(IDRError) -> Int {
        let file = try open(path)
        defer { close(file) }
        return try size(ofOpen: file, path: path)
    }

    private static func open(_ path: String) throws(IDRError) -> Int32 {
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        let file = Foundation.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            throw IDRError(code == ENOENT ? .missing : .system, "the file \(path) cannot be opened", because: SystemFailure.reason(code))
        }
        return file
    }

    private static func size(ofOpen file: Int32, path: String) throws(IDRError) -> Int {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw IDRError(.invalidInput, "\(path) is not a file", fix: "name the file with the weights")
        }
        guard status.st_size <= largestFile else {
            throw IDRError(.invalidInput, "the file \(path) is too large for weights", because: "it has \(status.st_size) bytes")
        }
        return Int(status.st_size)
    }

    /// What a file that is not the wanted format seems to be instead, or nil.
    static func guessKind(_ start: ArraySlice<UInt8>) -> String? {
        let signatures: [(String, String)] = [
            ("PK\u{3}\u{4}", "it is a ZIP archive"), ("\u{89}HDF\r\n", "it is an HDF5 file"), ("\u{93}NUMPY", "it is a NumPy .npy file"),
            ("version https://git-lfs", "it is a Git LFS pointer: the content itself has not been downloaded"),
            ("<!DOCTYPE", "it is a web page: the download did not give the file"), ("<html", "it is a web page: the download did not give the file"),
        ]
        if start.isEmpty { return "it is empty" }
        return signatures.first { start.starts(with: $0.0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }) }?.1
    }
}
