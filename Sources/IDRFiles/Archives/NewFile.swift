import Foundation
import IDRPlan

/// A file of a folder under way: made new, never through a link, and written front to back. The folder as a whole appears when it is complete.
struct NewFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(IDRError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        self.path = path
        guard descriptor >= 0 else { throw SystemFailure.error("\(path) cannot be written", at: path, errno: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ bytes: [UInt8]) throws(IDRError) { try check(bytes.withUnsafeBytes { WholeWrite.write($0, to: descriptor).failure }) }

    func append(_ bytes: UnsafeRawBufferPointer) throws(IDRError) { try check(WholeWrite.write(bytes, to: descriptor).failure) }

    private func check(_ code: Int32?) throws(IDRError) {
        if let code {
            throw SystemFailure.error("\(path) cannot be written", at: path, errno: code)
        }
    }
}
