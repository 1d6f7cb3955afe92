import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// The error that a sandboxed script writes down for the process that started it, in a folder of its own until it has been looked at.
struct SandboxReport {
    let folder: String
    private let target: String

    static let name = "failure.json"
    static let inside = "\(Inside.report)/\(name)"
    private static let longest = 1 << 20

    /// - Parameter target: where it is to be outside.
    init(for target: String) throws(IDRError) {
        self.target = target
        var name = Array("\(NSTemporaryDirectory())/idrkit-report-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else {
            let reason = SystemFailure.reason(errno)
            throw IDRError(.system, "a temporary folder cannot be made", at: [NSTemporaryDirectory()], because: reason)
        }
        folder = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? ""
    }

    /// Puts the report in its place, where there is one and it is an error's JSON; removes the folder.
    func deliver() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = open("\(folder)/\(Self.name)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.longest,
            let data = try handle.read(upToCount: Self.longest)
        else { throw IDRError(.refused, "the script's report of its failure is no file") }
        try AtomicFile.write(CanonicalJSON.encode(CanonicalJSON.decode(IDRError.self, from: data, path: "the script's report")), to: target)
    }
}
