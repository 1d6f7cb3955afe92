import Foundation
import IDRPlan

/// OpenSSH's key program, started directly.
enum SSHKeygen {
    struct Answer {
        var status: Int32
        var output: String
        var errors: String

        /// What it said, for a person.
        var said: String { [errors, output].filter { !$0.isEmpty }.joined(separator: "\n") }
    }

    /// - Parameters:
    ///   - input: its standard input; nil: the terminal, where it may ask for a passphrase.
    static func run(_ arguments: [String], input: Data?) throws(IDRError) -> Answer {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let program = folders.map { "\($0)/ssh-keygen" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else {
            throw IDRError(.missing, "there is no ssh-keygen", because: "signatures are made and checked by OpenSSH", fix: "install openssh-client")
        }
        do {
            // Files and not pipes: nothing is waited for in the wrong order.
            let (output, errors, given) = (try temporaryFile(), try temporaryFile(), try temporaryFile())
            if let input {
                try given.write(contentsOf: input)
                try given.seek(toOffset: 0)
            }
            let files = [input == nil ? 0 : given.fileDescriptor, output.fileDescriptor, errors.fileDescriptor]
            let status = try withExtendedLifetime((output, errors, given)) { try spawn([program] + arguments, files: files) }
            return Answer(status: status, output: try text(of: output), errors: try text(of: errors))
        } catch {
            throw IDRError(.system, "ssh-keygen cannot be started", at: [program], because: error.localizedDescription)
        }
    }

    /// Runs a program to its end, with these three standard files, in the process group that has the terminal: Foundation's would be in
    /// another one, and stopped where it asks there.
    /// - Returns: its exit status; 128 and more where a signal ended it.
    private static func spawn(_ arguments: [String], files: [Int32]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in files.enumerated() { posix_spawn_file_actions_adddup2(&actions, file, Int32(number)) }
        let strings = arguments.map { strdup($0) }
        let environment = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for string in strings + environment { free(string) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, arguments[0], &actions, nil, strings + [nil], environment + [nil])
        guard code == 0 else { throw failure(code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw failure(errno) } }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    private static func failure(_ code: Int32) -> POSIXError { POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }

    /// A file without a name.
    private static func temporaryFile() throws -> FileHandle {
        var template = Array(FileManager.default.temporaryDirectory.appending(path: "idrkit-XXXXXX").path.utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(errno) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func text(of file: FileHandle) throws -> String {
        try file.seek(toOffset: 0)
        let bytes = try file.read(upToCount: 1 << 16) ?? Data()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
