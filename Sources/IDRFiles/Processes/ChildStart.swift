import CLinux
import Foundation
import IDRPlan

/// A program that was started, and where its output is read.
struct StartedChild {
    let process: Int32
    let output: OpenDescriptor?
    let errors: OpenDescriptor?
}

/// Starts a program: `posix_spawn`, and what it is to inherit.
struct ChildStart {
    private let child: ChildProcess
    /// Descriptors from here on are this process's own while a child is made.
    private let own: Int32

    init(_ child: ChildProcess) {
        self.child = child
        own = max(2, child.handed.keys.max() ?? 2) + 1
    }

    func start() throws(IDRError) -> StartedChild {
        let output = try Self.ends(child.output)
        let errors = try child.errors.map { kind throws(IDRError) in try Self.ends(kind) }
        var files = child.handed
        files[1] = output.theirs
        files[2] = errors.map(\.theirs) ?? output.theirs
        var input: OpenDescriptor?
        switch child.input {
        case .nothing: files[0] = -1
        case .inherited: files[0] = STDIN_FILENO
        case .bytes(let bytes):
            let file = try OpenDescriptor.holding(bytes)
            files[0] = file.number
            input = file
        }
        // By numbers that no file of the child has: one that is put in its place cannot hide another.
        var copies: [Int32: OpenDescriptor] = [:]
        for (number, file) in files where file >= 0 { copies[number] = try OpenDescriptor.copy(of: file, from: own) }
        defer { withExtendedLifetime((copies, input, output, errors)) {} }
        var (process, code) = spawn(copies)
        // A program that is being installed: its writer, or a child of that, still holds it open.
        for _ in 0..<20 where code == ETXTBSY {
            usleep(10_000)
            (process, code) = spawn(copies)
        }
        guard code == 0 else {
            throw IDRError(.system, "\(child.program) cannot be started", because: String(cString: strerror(code)), fix: "check the program")
        }
        return StartedChild(process: process, output: output.ours, errors: errors?.ours)
    }

    private typealias Ends = (ours: OpenDescriptor?, theirs: Int32, writing: OpenDescriptor?)

    /// Where an output is read, and where it is written to; -1 for nowhere.
    private static func ends(_ output: ChildProcess.Output) throws(IDRError) -> Ends {
        switch output {
        case .nothing: return (nil, -1, nil)
        case .descriptor(let number): return (nil, number, nil)
        case .kept:
            let (reading, writing) = try OpenDescriptor.pipe()
            _ = fcntl(reading.number, F_SETFL, O_NONBLOCK)
            return (reading, writing.number, writing)
        }
    }

    private func spawn(_ files: [Int32: OpenDescriptor]) -> (process: Int32, code: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for number in 0..<own {
            if let file = files[number] {
                posix_spawn_file_actions_adddup2(&actions, file.number, number)
            } else if number <= 2 {
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0)
            } else {
                // Closing one that is not open does nothing.
                posix_spawn_file_actions_addclose(&actions, number)
            }
        }
        // Whatever this process inherited or opened stays out, also what another thread opens meanwhile.
        idr_spawn_close_from(&actions, own)
        if let folder = child.folder { idr_spawn_change_folder(&actions, folder) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that are blocked or ignored here are not there.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let group = child.group == .own ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(&attributes, Int16(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        // The path is looked up from the folder that the program works in.
        let path = child.folder == nil ? child.program : URL(fileURLWithPath: child.program).path
        var process: pid_t = 0
        let code = CStrings.with(child.arguments) { arguments in
            CStrings.with(child.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&process, path, &actions, &attributes, arguments, environment)
            }
        }
        return (process, code)
    }
}

/// Arrays of C strings, which end with nil.
private enum CStrings {
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
