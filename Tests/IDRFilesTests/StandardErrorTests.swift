import Foundation
import IDRFiles
import Testing

/// Each in a process of its own: stderr and signals are the whole process's.
@Suite struct StandardErrorTests {
    @Test func aFullDiskIsSurvived() async {
        await #expect(processExitsWith: .exitCode(7)) {
            dup2(open("/dev/full", O_WRONLY), STDERR_FILENO)
            for _ in 0..<3 { StandardError.write("nobody reads this\n") }
            exit(7)
        }
    }

    @Test func aReaderThatIsGoneIsSurvived() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            close(ends[0])
            dup2(ends[1], STDERR_FILENO)
            for _ in 0..<3 { StandardError.write("nobody reads this\n") }
            exit(7)
        }
    }

    @Test func aClosedOneIsSurvived() async {
        await #expect(processExitsWith: .exitCode(7)) {
            close(STDERR_FILENO)
            StandardError.write("nobody reads this\n")
            exit(7)
        }
    }

    @Test func allOfItIsWrittenAlsoWhereWritingDoesNotWait() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            let (reading, writing) = (ends[0], ends[1])
            _ = fcntl(writing, F_SETFL, O_NONBLOCK)
            dup2(writing, STDERR_FILENO)
            Thread.detachNewThread {
                StandardError.write(String(repeating: "x", count: 300_000))
                close(STDERR_FILENO)
                close(writing)
            }
            var (count, buffer) = (0, [UInt8](repeating: 0, count: 1 << 16))
            while case let read = read(reading, &buffer, buffer.count), read > 0 { count += read }
            exit(count == 300_000 ? 7 : 8)
        }
    }
}
