import Foundation
import IDRFiles
import IDRPlan

/// bubblewrap, started with nothing of this process but the socket to the broker: no input, no terminal, no other open file.
///
/// swift-subprocess is not used here: bubblewrap ends with the *thread* that started it, so that one is kept until the end, and the socket
/// has to be handed on.
struct SandboxedProcess {
    let program: String
    /// What is there, in bubblewrap's words.
    let setting: [String]
    /// The program in the sandbox and its arguments.
    let command: [String]
    /// Handed on as ``Inside/broker``, and closed here.
    var broker: Int32?
    /// Where the standard output goes.
    var output = STDOUT_FILENO

    /// Where bubblewrap says which process is the first of the sandbox.
    private static let info: Int32 = 4
    /// Where bubblewrap reads its words: on its command line, which the sandbox can see, they would name this machine's folders.
    private static let words: Int32 = 5
    /// Where it reads the filter of system calls.
    private static let filter: Int32 = 6
    /// Descriptors from here on are this process's own while a child is made.
    private static let own: Int32 = 10

    /// Runs the program to its end.
    /// - Returns: its exit status; 128 and the signal's number where a signal ended it.
    func run(_ running: RunningSandbox) async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try supervise(running) }) }
        }
    }

    private func supervise(_ running: RunningSandbox) throws(IDRError) -> Int32 {
        let words = try Self.memory(setting.flatMap { Array($0.utf8) + [0] })
        defer { close(words) }
        let filter = try Self.memory(SystemCalls.filter)
        defer { close(filter) }
        let pipes = [try Self.makePipe(), try Self.makePipe(), try Self.makePipe()]
        defer { for pipe in pipes { close(pipe.reading) } }
        let (process, code) = spawn(pipes.map(\.writing), words: words, filter: filter)
        for pipe in pipes { close(pipe.writing) }
        if let broker { close(broker) }
        guard code == 0 else { throw IDRError(.system, "\(program) cannot be started", because: SystemFailure.reason(code)) }
        let done = DispatchGroup()
        for (pipe, target) in zip(pipes, [output, STDERR_FILENO]) {
            done.enter()
            Thread.detachNewThread {
                Self.copy(pipe.reading, to: target)
                done.leave()
            }
        }
        running.began(process, inner: Self.innerProcess(pipes[2].reading))
        let status = running.wait()
        // All processes of the sandbox are gone: what they printed last is on its way, and ends.
        done.wait()
        return status
    }

    private func spawn(_ writing: [Int32], words: Int32, filter: Int32) -> (id: pid_t, code: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, writing[0], 1)
        posix_spawn_file_actions_adddup2(&actions, writing[1], 2)
        if let broker { posix_spawn_file_actions_adddup2(&actions, broker, Inside.broker) }
        posix_spawn_file_actions_adddup2(&actions, writing[2], Self.info)
        posix_spawn_file_actions_adddup2(&actions, words, Self.words)
        posix_spawn_file_actions_adddup2(&actions, filter, Self.filter)
        let handed = Set([Self.info, Self.words, Self.filter] + (broker == nil ? [] : [Inside.broker]))
        // Whatever this process inherited or opened stays out: an open folder would be a door.
        let open = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap { Int32($0) }
        for descriptor in 3..<(open.max() ?? 3) + 2 where !handed.contains(descriptor) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that are blocked or ignored here are not there.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A group of its own: Ctrl-C reaches this process, which passes it on to the script and not to its walls.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pointers: [UnsafeMutablePointer<CChar>?] =
            ([program, "--info-fd", "\(Self.info)", "--seccomp", "\(Self.filter)", "--args", "\(Self.words)", "--"] + command).map { strdup($0) } + [
                nil
            ]
        defer { for pointer in pointers { free(pointer) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, &attributes, &pointers, &environment)
        return (process, code)
    }

    /// A descriptor of a file without a name, from which `bytes` are read.
    private static func memory(_ bytes: [UInt8]) throws(IDRError) -> Int32 {
        var name = Array("\(NSTemporaryDirectory())/idrscript-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0, unlink(name) == 0 else {
            throw IDRError(.system, "the sandbox cannot be started", because: SystemFailure.reason(errno))
        }
        let raised = raised(descriptor)
        write(bytes, to: raised)
        guard lseek(raised, 0, SEEK_END) == bytes.count, lseek(raised, 0, SEEK_SET) == 0 else {
            throw IDRError(.system, "the sandbox cannot be started", because: SystemFailure.reason(errno))
        }
        return raised
    }

    private static func makePipe() throws(IDRError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw IDRError(.system, "the sandbox cannot be started", because: SystemFailure.reason(errno)) }
        return (raised(ends[0]), raised(ends[1]))
    }

    /// The same descriptor by a number that no descriptor of the child has.
    static func raised(_ descriptor: Int32) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, own)
        close(descriptor)
        return copy
    }

    /// Copies what the sandbox prints, made plain, until it ends.
    private static func copy(_ source: Int32, to target: Int32) {
        var text = PlainText()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            write(text.plain(buffer[..<count]), to: target)
        }
        write(text.end(), to: target)
    }

    private static func write(_ bytes: [UInt8], to target: Int32) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Foundation.write(target, $0.baseAddress.map { $0 + done }, bytes.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
        }
    }

    /// The number of the sandbox's first process, which its process group is named after; nil where the sandbox was not made.
    private static func innerProcess(_ source: Int32) -> pid_t? {
        struct Info: Decodable {
            var process: pid_t
            enum CodingKeys: String, CodingKey { case process = "child-pid" }
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 16 {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            if bytes.contains(UInt8(ascii: "}")) { break }
        }
        return try? JSONDecoder().decode(Info.self, from: Data(bytes)).process
    }
}
