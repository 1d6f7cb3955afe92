import CLinux
import Foundation
import IDRPlan

/// The reader's process from within: it answers one request after another, until whoever started it is gone.
package enum ReaderLoop {
    private static let socket: Int32 = 3
    /// Its exit status where an answer does not fit.
    static let noRoom: Int32 = 3
    /// In bytes, or half of the machine's memory where that is less: beyond what is there when it begins.
    private static let largestMemory = 4 << 30

    package static func run(_ services: [any ReaderAnswers]) -> Never {
        // The library may have been replaced since the program was started: messages of another version mean other things.
        guard ProcessInfo.processInfo.environment[ReaderProcess.mark] == IDRKitVersion.current else { _exit(2) }
        limit()
        // Its memory is a file: a limit on files (ulimit -f) is an answer.
        signal(SIGXFSZ, SIG_IGN)
        endWithParent()
        let desk = ReaderDesk(OpenDescriptor(ReaderProcess.deskInside))
        guard ReaderTurn().send(to: socket) else { _exit(0) }
        while let turn = ReaderTurn.receive(from: socket) {
            let reply: ReaderTurn
            if let service = services.first(where: { type(of: $0).service.rawValue == turn.service }) {
                // A message that cannot be taken or put has no answer.
                guard let answer = try? answer(turn, service, desk) else { _exit(noRoom) }
                reply = answer
            } else {
                for service in services { service.reset() }
                idr_trim_memory()
                reply = ReaderTurn()
            }
            guard reply.send(to: socket) else { break }
        }
        _exit(0)
    }

    private static func answer<Answers: ReaderAnswers>(_ turn: ReaderTurn, _ service: Answers, _ desk: ReaderDesk) throws -> ReaderTurn {
        let request: Answers.Request = try desk.take(turn)
        return try desk.put(service.answer(request), to: turn.service)
    }

    private static func limit() {
        let machine = sysconf(Int32(_SC_PHYS_PAGES)) / 2 * sysconf(Int32(_SC_PAGESIZE))
        let used = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").first.flatMap { Int($0) } ?? 0
        let bytes = rlim_t(used * sysconf(Int32(_SC_PAGESIZE)) + (machine > 0 ? min(largestMemory, machine) : largestMemory))
        var memory = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory) == 0, memory.rlim_cur > bytes {
            memory.rlim_cur = bytes
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
        }
        // A crash leaves nothing behind.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }

    /// A library that finds no end does not ask whether somebody still waits.
    private static func endWithParent() {
        Thread.detachNewThread {
            // Nothing but the end of the other side.
            var waited = pollfd(fd: socket, events: 0, revents: 0)
            while poll(&waited, 1, -1) <= 0 {}
            _exit(0)
        }
    }
}
