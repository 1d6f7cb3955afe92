import Foundation

/// A server program that a test starts on this machine's loopback address, and that ends with the value.
package final class ServerProgram: @unchecked Sendable {  // the process is not touched after init but to end it
    package struct NotStarted: Error { package let output: String }

    private let process: Process
    private let scratch: ScratchFolder

    /// The program's path, or nil where it is not installed.
    static func path(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Whether `name` is installed; says so where it is not, as the reason for skipping a test.
    static func isInstalled(_ name: String) -> Bool {
        if path(name) != nil { return true }
        print("\(name) is not installed: the tests that need it are skipped")
        return false
    }

    /// - Parameter configuration: of a port, the text of the configuration file.
    init(_ name: String, arguments: (String) -> [String], configuration: (ScratchFolder, UInt16) -> String) throws {
        let scratch = try ScratchFolder()
        var output = "it is not installed"
        // Another may take the port before the program does.
        for _ in 0..<5 {
            guard let path = Self.path(name), let port = Self.freePort() else { break }
            let file = scratch("server.conf")
            try Data(configuration(scratch, port).utf8).write(to: URL(fileURLWithPath: file))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments(file)
            process.standardInput = FileHandle.nullDevice
            let log = scratch("output")
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            let handle = FileHandle(forWritingAtPath: log)
            process.standardOutput = handle
            process.standardError = handle
            try process.run()
            for _ in 0..<250 where process.isRunning {
                if Self.answers(port) {
                    (self.process, self.scratch, self.port) = (process, scratch, port)
                    return
                }
                usleep(20_000)
            }
            kill(process.processIdentifier, SIGKILL)
            output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        }
        throw NotStarted(output: output)
    }

    let port: UInt16

    // By force: a child of a dispatch thread begins with other signals blocked.
    deinit { kill(process.processIdentifier, SIGKILL) }

    private static func freePort() -> UInt16? {
        withSocket { descriptor, address, size in
            address.sin_port = 0
            let isBound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0 }
            }
            return isBound ? UInt16(bigEndian: address.sin_port) : nil
        }
    }

    private static func answers(_ port: UInt16) -> Bool {
        withSocket { descriptor, address, size in
            address.sin_port = port.bigEndian
            return withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
            }
        }
    }

    private static func withSocket<Value>(_ body: (Int32, inout sockaddr_in, inout socklen_t) -> Value) -> Value {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return body(descriptor, &address, &size)
    }
}

/// nginx over a folder: a server as they are in use, with ranges, entity tags and dates.
package final class NginxServer: Sendable {
    package static let isAvailable = ServerProgram.isInstalled("nginx")

    private let program: ServerProgram

    private let scheme: String

    package var base: String { "\(scheme)://127.0.0.1:\(program.port)" }

    /// - Parameters:
    ///   - rate: bytes a second that each connection gets; nil sets no limit.
    ///   - certificate: paths of a certificate and its key; with them the server speaks TLS, and `/away` leads to http.
    package init(serving folder: String, rate: Int? = nil, certificate: (path: String, key: String)? = nil) throws {
        scheme = certificate == nil ? "http" : "https"
        let tls = certificate.map { "ssl_certificate \($0.path); ssl_certificate_key \($0.key);" } ?? ""
        let flag = certificate == nil ? "" : " ssl"
        let limit = rate.map { "limit_rate \($0);" } ?? ""
        // Root's nginx hands its work to another user, who may not read the folder.
        let user = geteuid() == 0 ? "user root;" : ""
        program = try ServerProgram("nginx", arguments: { ["-e", "stderr", "-c", $0] }) { scratch, port in
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(scratch($0));" }.joined(separator: " ")
            return """
                daemon off; master_process off; \(user) pid \(scratch("nginx.pid")); error_log stderr;
                events { worker_connections 256; }
                http {
                    access_log off; sendfile on; \(limit) default_type application/octet-stream; \(temporary)
                    server {
                        listen 127.0.0.1:\(port)\(flag); \(tls) root "\(folder)";
                        location = /away { return 302 http://127.0.0.1:\(port)/studies.tsv; }
                    }
                }
                """
        }
    }
}

/// vsftpd over a folder, for anonymous reading.
package final class FTPServer: Sendable {
    package static let isAvailable = ServerProgram.isInstalled("vsftpd")

    private let program: ServerProgram

    package var base: String { "ftp://127.0.0.1:\(program.port)" }

    package init(serving folder: String) throws {
        let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "nobody"
        program = try ServerProgram("vsftpd", arguments: { [$0] }) { scratch, port in
            """
            listen=YES
            listen_address=127.0.0.1
            listen_port=\(port)
            background=NO
            run_as_launching_user=YES
            ftp_username=\(user)
            anonymous_enable=YES
            no_anon_password=YES
            anon_root=\(folder)
            secure_chroot_dir=\(scratch.path)
            local_enable=NO
            write_enable=NO
            seccomp_sandbox=NO
            isolate=NO
            isolate_network=NO
            pasv_address=127.0.0.1
            connect_from_port_20=NO
            xferlog_enable=NO

            """
        }
    }
}
