import Foundation
import IDRPlan

/// The end of what a program writes.
struct OutputTail {
    let limit: Int
    private(set) var bytes: [UInt8] = []
    private var isAtEnd = false

    init(limit: Int) { self.limit = limit }

    /// Takes what is there; whether there was something.
    mutating func read(_ pipe: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        var hasRead = false
        // Bounded, so that a program that never stops writing is still watched.
        for _ in 0..<64 where !isAtEnd {
            let count = Foundation.read(pipe, &buffer, buffer.count)
            if count == 0 { isAtEnd = true }
            guard count > 0 else { break }
            hasRead = true
            bytes += buffer[..<count]
            if bytes.count > 2 * limit { cut() }
        }
        return hasRead
    }

    /// Waits for more, a moment long.
    mutating func wait(_ pipe: Int32) -> Bool {
        if isAtEnd {
            usleep(20_000)
            return false
        }
        var event = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        return poll(&event, 1, 20) > 0 && read(pipe)
    }

    /// From the beginning of a line on: a secret that is cut in two would not be recognised.
    private mutating func cut() {
        let start = bytes.count - limit
        bytes.removeFirst(bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count)
    }
}

/// Changes when a file, or one beside it whose name begins with its own, is written to.
struct GrowthMark: Equatable {
    private var bytes: Int64 = 0
    private var blocks: Int64 = 0
    private var newest = 0

    init(of path: String) {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(url.lastPathComponent) {
            var status = stat()
            guard lstat(folder + "/" + name, &status) == 0 else { continue }
            bytes &+= Int64(status.st_size)
            blocks &+= Int64(status.st_blocks)
            newest = max(newest, Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec))
        }
    }
}

/// Arrays of C strings, which end with nil.
enum CStrings {
    static func with<Value>(_ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value) -> Value {
        let pointers = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        defer {
            for pointer in pointers { free(pointer) }
            pointers.deallocate()
        }
        _ = pointers.initialize(from: texts.map { strdup($0) } + [nil])
        return withUnsafeMutablePointer(to: &pointers[0], body)
    }
}
