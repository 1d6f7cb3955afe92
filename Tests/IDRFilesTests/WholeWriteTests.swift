import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct WholeWriteTests {
    private func failure(_ code: Int32) -> IDRError { IDRError(.system, "failed", because: String(cString: strerror(code))) }

    private func append(_ line: String, to path: String) throws(IDRError) {
        try WholeWrite.append(line: Array((line + "\n").utf8), to: path, permissions: 0o600, failure: failure)
    }

    @Test func linesAreAddedAndOpenOnesEnded() throws {
        let folder = try ScratchFolder()
        let path = folder("lines")
        try append("one", to: path)
        #expect((try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        try Data("one\nhalf".utf8).write(to: URL(fileURLWithPath: path))
        try append("two", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\nhalf\ntwo\n")
        let error = #expect(throws: IDRError.self) { try append("three", to: folder("none/lines")) }
        #expect(error?.reason == "No such file or directory")
    }

    /// More than a pipe holds: the writer goes on as the reader takes.
    @Test func allIsWritten() async throws {
        let pipe = Pipe()
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let read = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
        let written = bytes.withUnsafeBytes { WholeWrite.write($0, to: pipe.fileHandleForWriting.fileDescriptor) }
        try pipe.fileHandleForWriting.close()
        #expect(written.count == bytes.count && written.failure == nil)
        #expect(await read.value == Data(bytes))
    }

    @Test func failuresSayWhy() throws {
        #expect(Array("x".utf8).withUnsafeBytes { WholeWrite.write($0, to: -1) }.failure == EBADF)
        #expect([UInt8]().withUnsafeBytes { WholeWrite.write($0, to: -1) }.failure == nil)
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let written = Array("x".utf8).withUnsafeBytes { WholeWrite.write($0, to: full.fileDescriptor) }
        #expect(written.count == 0 && written.failure == ENOSPC)
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        close(ends[1])
        defer { close(ends[0]) }
        #expect(Array("x".utf8).withUnsafeBytes { WholeWrite.send($0, to: ends[0]) }.failure == EPIPE)
    }
}
