import Foundation
import IDRPlan

/// Watches a program until its end: takes its output, and ends it where it is to end. This thread alone sends signals to it and takes its
/// status, so that its number is nobody else's while it does.
struct ChildWatch {
    private let child: ChildProcess
    private let started: StartedChild
    private let stop: ChildStop
    private var output: OutputTail
    private var errors: OutputTail
    /// Why it was asked to end, and when.
    private var asked: (reason: ChildProcess.End.Reason, at: Double)?

    init(_ child: ChildProcess, _ started: StartedChild, _ stop: ChildStop) {
        (self.child, self.started, self.stop) = (child, started, stop)
        output = OutputTail(started.output, child.output)
        errors = OutputTail(started.errors, child.errors ?? .nothing)
    }

    mutating func untilEnd() throws(IDRError) -> ChildProcess.End {
        watch()
        // The leader is not reaped yet: its number still names the group, and no other.
        if child.group == .own { kill(-started.process, SIGKILL) }
        _ = output.read()
        _ = errors.read()
        var status: Int32 = 0
        while waitpid(started.process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw IDRError(
                    .system, "nobody knows how \(child.program) ended", because: String(cString: strerror(errno)),
                    fix: "start this program with SIGCHLD not ignored")
            }
        }
        let signal = status & 0x7F == 0 ? nil : status & 0x7F
        return ChildProcess.End(
            status: signal.map { 128 + $0 } ?? (status >> 8) & 0xFF, signal: signal, reason: asked?.reason, output: output.bytes, errors: errors.bytes
        )
    }

    private mutating func watch() {
        let start = Self.now()
        let deadline = child.deadline
        var (sign, growth) = (start, deadline.growing.map(GrowthMark.init))
        var nap: Int32 = 1
        while !hasEnded() {
            let hasOutput = OutputTail.read(&output, &errors, atMost: nap)
            // The first moments decide how long a short program takes.
            nap = hasOutput ? 1 : min(2 * nap, 20)
            let mark = deadline.growing.map(GrowthMark.init)
            let now = Self.now()
            if hasOutput || mark != growth { (sign, growth) = (now, mark) }
            let wish = stop.next()
            if wish.isEnding {
                asked = asked ?? (.stopped, now)
                end()
            } else if let asked {
                if let signal = wish.signal { ask(signal) }
                if now - asked.at > deadline.grace { end() }
            } else if let signal = wish.signal {
                ask(signal, because: .stopped, now)
            } else if let longest = deadline.longest, now - start > longest {
                ask(SIGTERM, because: .tooLong, now)
            } else if let stall = deadline.stall, now - sign > stall {
                ask(SIGTERM, because: .stalled, now)
            }
        }
    }

    private mutating func ask(_ signal: Int32, because reason: ChildProcess.End.Reason, _ now: Double) {
        asked = (reason, now)
        ask(signal)
    }

    private func ask(_ signal: Int32) {
        if let asking = child.asking { return asking(started.process, signal) }
        kill(child.group == .own ? -started.process : started.process, signal)
    }

    private func end() { kill(child.group == .own ? -started.process : started.process, SIGKILL) }

    private func hasEnded() -> Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(started.process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno != EINTR : info.si_signo != 0
    }

    private static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
}

/// The end of what a program writes.
private struct OutputTail {
    private let pipe: OpenDescriptor?
    private let limit: Int
    private(set) var bytes: [UInt8] = []
    private var isAtEnd: Bool

    init(_ pipe: OpenDescriptor?, _ kind: ChildProcess.Output) {
        self.pipe = pipe
        limit = if case .kept(let limit) = kind { limit } else { 0 }
        isAtEnd = pipe == nil
    }

    /// Takes what comes within so many milliseconds; whether there was something.
    static func read(_ first: inout OutputTail, _ second: inout OutputTail, atMost milliseconds: Int32) -> Bool {
        var events = [first, second].filter { !$0.isAtEnd }.compactMap(\.pipe).map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        if events.isEmpty {
            usleep(useconds_t(milliseconds) * 1000)
            return false
        }
        guard poll(&events, nfds_t(events.count), milliseconds) > 0 else { return false }
        let (a, b) = (first.read(), second.read())
        return a || b
    }

    /// Takes what is there; whether there was something.
    mutating func read() -> Bool {
        guard let pipe, !isAtEnd else { return false }
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        var hasRead = false
        // Bounded, so that a program that never stops writing is still watched.
        for _ in 0..<64 {
            let count = Foundation.read(pipe.number, &buffer, buffer.count)
            if count == 0 { isAtEnd = true }
            guard count > 0 else { break }
            hasRead = true
            bytes += buffer[..<count]
            if bytes.count > 2 * limit { cut() }
        }
        return hasRead
    }

    /// From the beginning of a line on: a secret that is cut in two would not be recognised.
    private mutating func cut() {
        let start = bytes.count - limit
        bytes.removeFirst(bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count)
    }
}

/// Changes when a file, or one beside it whose name begins with its own, is written to.
private struct GrowthMark: Equatable {
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
