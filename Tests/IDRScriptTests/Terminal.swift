import Foundation
import Testing

/// A pseudoterminal: a test has its main side.
struct Terminal {
    private let main: FileHandle
    /// The side that programs read and write.
    let programs: FileHandle

    init() throws {
        // TIOCSPTLCK and TIOCGPTN of Linux, which Foundation does not name.
        let (lock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))
        let main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (unlocked, index) = (Int32(0), UInt32(0))
        try #require(main >= 0 && ioctl(main, lock, &unlocked) == 0 && ioctl(main, number, &index) == 0)
        self.main = FileHandle(fileDescriptor: main, closeOnDealloc: true)
        let programs = open("/dev/pts/\(index)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(programs >= 0)
        self.programs = FileHandle(fileDescriptor: programs, closeOnDealloc: true)
    }

    /// Everything that was written until the last program let go of the terminal. `answer` is asked after each piece what to type,
    /// until it has typed something.
    func talk(_ answer: @escaping @Sendable (String) -> String?) async -> String {
        let descriptor = main.fileDescriptor
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var said: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                var isAnswered = false
                while true {
                    // The terminal says end of file, or an error, when its last writer is gone.
                    let count = read(descriptor, &buffer, buffer.count)
                    if count <= 0 { break }
                    said += buffer[..<count]
                    if !isAnswered, let text = answer(String(decoding: said, as: UTF8.self)) {
                        isAnswered = write(descriptor, text, text.utf8.count) > 0
                    }
                }
                continuation.resume(returning: String(decoding: said, as: UTF8.self))
            }
        }
    }
}
