import Foundation
import IDRFiles
import IDRPlan
import Synchronization

/// bubblewrap, started with nothing of this process but the socket to the broker: no input, no terminal, no other open file.
///
/// bubblewrap ends with the *thread* that started it: that one is kept until the end.
struct SandboxedProcess {
    let program: String
    /// What is there, in bubblewrap's words.
    let setting: [String]
    /// The program in the sandbox and its arguments.
    let command: [String]
    /// Handed on as ``Inside/broker``, and closed here.
    var broker: OpenDescriptor?
    /// Where the standard output goes.
    var output = STDOUT_FILENO

    /// Where bubblewrap says which process is the first of the sandbox.
    private static let info: Int32 = 4
    /// Where bubblewrap reads its words: on its command line, which the sandbox can see, they would name this machine's folders.
    private static let words: Int32 = 5
    /// Where it reads the filter of system calls.
    private static let filter: Int32 = 6
    /// How long a script has to close its record after it was told to stop, in seconds.
    private static let grace = 10.0

    /// Runs the program to its end.
    /// - Returns: its exit status; 128 and the signal's number where a signal ended it.
    func run(_ stop: ChildStop = ChildStop()) async throws -> Int32 {
        let words = try OpenDescriptor.holding(setting.flatMap { Array($0.utf8) + [0] })
        let filter = try OpenDescriptor.holding(SystemCalls.filter)
        let (printed, said, info) = (try OpenDescriptor.pipe(), try OpenDescriptor.pipe(), try OpenDescriptor.pipe())
        let options = ["--info-fd", "\(Self.info)", "--seccomp", "\(Self.filter)", "--args", "\(Self.words)", "--"]
        var child = ChildProcess(program, options + command, environment: [:])
        child.output = .descriptor(printed.writing.number)
        child.errors = .descriptor(said.writing.number)
        child.handed = [Self.info: info.writing.number, Self.words: words.number, Self.filter: filter.number]
        if let broker { child.handed[Inside.broker] = broker.number }
        child.deadline.grace = Self.grace
        let inner = InnerProcess()
        // Ctrl-C reaches this process, which passes it on to the script and not to its walls.
        child.asking = { walls, signal in inner.ask(signal, walls: walls) }
        let copies = DispatchGroup()
        let target = output
        let end = try await child.run(stop) { [broker] _ in
            for descriptor in [printed.writing, said.writing, info.writing, broker].compactMap(\.self) { descriptor.close() }
            Self.inBackground(copies) { Self.copy(printed.reading, to: target) }
            Self.inBackground(copies) { Self.copy(said.reading, to: STDERR_FILENO) }
            Thread.detachNewThread { inner.read(info.reading) }
        }
        withExtendedLifetime((words, filter)) {}
        // All processes of the sandbox are gone: what they printed last is on its way, and ends.
        await withCheckedContinuation { continuation in copies.notify(queue: .global()) { continuation.resume() } }
        return end.status
    }

    private static func inBackground(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }

    /// Copies what the sandbox prints, made plain, until it ends.
    private static func copy(_ source: OpenDescriptor, to target: Int32) {
        func write(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { WholeWrite.write($0, to: target) } }
        var text = PlainText()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(source.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            write(text.plain(buffer[..<count]))
        }
        write(text.end())
    }
}

/// The sandbox's first process, which its process group is named after.
private final class InnerProcess: Sendable {
    /// nil where the sandbox is not made, or not made yet.
    private let process = Mutex(pid_t?.none)

    /// Passes `signal` on to the script; without one, its walls go.
    func ask(_ signal: Int32, walls: pid_t) {
        if let process = process.withLock({ $0 }) { kill(-process, signal) } else { kill(-walls, SIGKILL) }
    }

    /// Reads what bubblewrap says.
    func read(_ source: OpenDescriptor) {
        struct Info: Decodable {
            var process: pid_t
            enum CodingKeys: String, CodingKey { case process = "child-pid" }
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 16, !bytes.contains(UInt8(ascii: "}")) {
            let count = Foundation.read(source.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        let found = try? JSONDecoder().decode(Info.self, from: Data(bytes)).process
        process.withLock { $0 = found }
    }
}
