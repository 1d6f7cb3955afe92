import Foundation
import IDRPlan
import Synchronization

/// This program, started anew to read foreign bytes: `/proc/self/exe` with a mark in its environment, which ``ReaderLoop`` answers for before its
/// first line is reached. Whatever program IDRKit is part of has its reader with it.
///
/// It ends with this process, however that ends, for its socket is then closed. It has one user at a time (``ReaderLease``).
final class ReaderProcess: Sendable {
    /// Of computing at one request, in seconds; and by the clock, for what waits for ever.
    private static let longest = (computing: 30.0, waiting: 600.0)
    private static let socketInside: Int32 = 3
    static let deskInside: Int32 = 4
    /// Set in the reader's environment: the version that it must have.
    static let mark = "IDRKIT_READER"

    /// Where it works: paths that are relative mean what they mean here.
    let folder: String
    private let process: Int32
    private let socket: OpenDescriptor
    private let desk: ReaderDesk
    /// How it ended, once it has: its number may be another's then.
    private let known = Mutex<Fault?>(nil)

    private init(folder: String, process: Int32, socket: OpenDescriptor, desk: ReaderDesk) {
        (self.folder, self.process, self.socket, self.desk) = (folder, process, socket, desk)
    }

    deinit {
        end(after: 0)
    }

    /// - Throws: an ``IDRError`` of code `system` where it cannot be: foreign bytes are not read here instead.
    static func start(in folder: String) throws(IDRError) -> ReaderProcess {
        var environment = ProcessInfo.processInfo.environment
        guard environment[mark] == nil else { throw failure("this program is one itself, or \(mark) is set") }
        // One thread for libraries that it does not call, and no report of a crash that is expected.
        let settings = [mark: IDRKitVersion.current, "SWIFT_BACKTRACE": "enable=no", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"]
        environment.merge(settings) { $1 }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw failure(SystemFailure.reason(errno))
        }
        let (socket, other) = (OpenDescriptor(ends[0]), OpenDescriptor(ends[1]))
        let desk = try ReaderDesk.make()
        var child = ChildProcess("/proc/self/exe", named: "idrkit-reader", environment: environment)
        child.handed = [socketInside: other.number, deskInside: desk.file.number]
        let started: StartedChild
        do throws(IDRError) { started = try ChildStart(child).start() } catch { throw failure(error.reason ?? error.problem) }
        other.close()
        let reader = ReaderProcess(folder: folder, process: started.process, socket: socket, desk: desk)
        do throws(Fault) { _ = try reader.receive() } catch { throw failure(error.words) }
        return reader
    }

    private static func failure(_ reason: String) -> IDRError {
        IDRError(
            .reader, "the reader of foreign files cannot be started", because: reason,
            fix: "see that /proc is there and that this program may start programs")
    }

    /// Why it gives no answer. It is of no use afterwards.
    enum Fault: Error {
        /// Both are nil where nobody knows.
        case ended(status: Int32?, signal: Int32?)
        case tooLong

        /// Whether no file has done it: unlike a library, a person or a machine without memory sends such a signal.
        var isFromOutside: Bool {
            if case .ended(_, let signal?) = self { signal == SIGKILL || signal == SIGTERM } else { false }
        }

        var words: String {
            switch self {
            case .ended(_, let signal?): "signal \(signal)"
            case .ended(let status?, nil): "exit status \(status)"
            case .ended(nil, nil): "nobody knows how"
            case .tooLong: "it took more than \(Int(ReaderProcess.longest.computing)) s of computing"
            }
        }
    }

    /// Asks and waits for the answer.
    /// - Throws: ``Fault``, and what is wrong with a message.
    func ask<Reply: Decodable>(_ service: ReaderService, _ request: some Encodable) throws -> Reply {
        guard try desk.put(request, to: service.rawValue).send(to: socket.number) else { throw gone() }
        let reply: Reply = try desk.take(try receive())
        desk.tidy()
        return reply
    }

    /// Tells it that its user is done, and does not wait.
    func reset() {
        desk.tidy(all: true)
        _ = ReaderTurn().send(to: socket.number)
    }

    /// Whether it has done so, and can be asked again.
    func isReady() -> Bool { (try? receive()) != nil }

    private func receive() throws(Fault) -> ReaderTurn {
        let start = (computing: computing() ?? 0, waiting: ContinuousClock.now)
        while true {
            var waited = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
            let count = poll(&waited, 1, 500)
            if count > 0 {
                if let turn = ReaderTurn.receive(from: socket.number) { return turn }
                throw gone()
            }
            // What stands still for long does not wait for this process.
            if let now = computing(), now - start.computing > Self.longest.computing { throw tooLong() }
            if ContinuousClock.now - start.waiting > .seconds(Self.longest.waiting) { throw tooLong() }
        }
    }

    /// Seconds of computing so far; nil where it has ended.
    private func computing() -> Double? {
        var (clock, time) = (clockid_t(), timespec())
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func tooLong() -> Fault {
        _ = end(after: 0)
        return .tooLong
    }

    /// Its socket is closed: it ended, or is about to.
    private func gone() -> Fault { end(after: 100) }

    /// Ends it, and says how it ended.
    /// - Parameter naps: how often it is waited for, 10 ms each, before it is made to.
    @discardableResult
    private func end(after naps: Int) -> Fault {
        known.withLock { known in
            if let known { return known }
            var status: Int32 = 0
            var ended: Int32 = 0
            for _ in 0..<naps {
                ended = waitpid(process, &status, WNOHANG)
                if ended == process { break }
                usleep(10_000)
            }
            if ended != process {
                kill(process, SIGKILL)
                repeat { ended = waitpid(process, &status, 0) } while ended < 0 && errno == EINTR
            }
            // Where SIGCHLD is ignored nobody is told.
            let signal = ended == process && status & 0x7F != 0 ? status & 0x7F : nil
            let fault = Fault.ended(status: ended == process ? (status >> 8) & 0xFF : nil, signal: signal)
            known = fault
            return fault
        }
    }
}
