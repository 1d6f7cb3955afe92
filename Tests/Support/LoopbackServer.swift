import Foundation
import Synchronization

/// An HTTP server on this machine's loopback address whose every answer a test decides, also wrong ones. It ends with the value.
package final class LoopbackServer: Sendable {
    package struct Request: Sendable {
        package let method: String
        package let path: String
        /// By lower-case name.
        package let fields: [String: String]
        /// How many requests for this path came before.
        package let earlier: Int

        /// The range that is asked for, within `length`.
        package func range(of length: Int) -> Range<Int>? {
            guard let text = fields["range"], text.hasPrefix("bytes=") else { return nil }
            let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
            // `-5` is the last five bytes.
            if ends.count == 2, ends[0].isEmpty, let count = Int(ends[1]), count > 0, length > 0 { return max(0, length - count)..<length }
            guard let first = ends.first.flatMap({ Int($0) }), first < length else { return nil }
            let last = ends.count > 1 ? Int(ends[1]) ?? length - 1 : length - 1
            return first..<min(last + 1, length)
        }
    }

    package enum Step: Sendable {
        case send([UInt8])
        case wait(seconds: Double)
        /// Ends the connection with a reset.
        case reset
    }

    package typealias Handler = @Sendable (Request) -> [Step]

    package let port: UInt16
    private let listener: Int32
    private let handler: Handler
    private let log = Mutex<[Request]>([])

    package var base: String { "http://127.0.0.1:\(port)" }
    package var requests: [Request] { log.withLock { $0 } }

    /// - Parameter port: where a server that has ended was; 0 is any that is free.
    package init(port: UInt16 = 0, _ handler: @escaping Handler) throws {
        self.handler = handler
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_port = port.bigEndian
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0 }
        }
        guard listener >= 0, isOpen, listen(listener, 64) == 0 else {
            close(listener)
            throw CocoaError(.fileReadUnknown)
        }
        self.listener = listener
        self.port = UInt16(bigEndian: address.sin_port)
        // The thread holds no reference to the server, so that the server can end.
        let serve: @Sendable (Int32) -> Void = { [weak self] connection in
            if let self { self.serve(connection) } else { close(connection) }
        }
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0, [EINTR, ECONNABORTED].contains(errno) { continue }
                guard connection >= 0 else { break }
                Thread.detachNewThread { serve(connection) }
            }
            close(listener)
        }
    }

    // The thread that accepts closes the listener: closed from here, its number could be another server's by the time of the next accept, which would
    // then take that one's connections.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        guard let request = read(connection) else { return }
        for step in handler(request) {
            switch step {
            case .send(let bytes):
                var sent = 0
                while sent < bytes.count {
                    let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    guard count > 0 else { return }
                    sent += count
                }
            case .wait(let seconds): Thread.sleep(forTimeInterval: seconds)
            case .reset:
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                return
            }
        }
        shutdown(connection, Int32(SHUT_WR))
        // What the client still sends is read, so that closing does not reset the connection under its answer.
        var rest = [UInt8](repeating: 0, count: 1024)
        while recv(connection, &rest, rest.count, 0) > 0 {}
    }

    private func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ").map(String.init)
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        guard words.count >= 2 else { return nil }
        return log.withLock { log in
            let request = Request(method: words[0], path: words[1], fields: fields, earlier: log.count { $0.path == words[1] })
            log.append(request)
            return request
        }
    }

    /// An answer with a correct `Content-Length`.
    package static func answer(_ status: Int, _ fields: [String: String] = [:], body: [UInt8] = []) -> [Step] {
        var head = "HTTP/1.1 \(status) Status\r\nConnection: close\r\n"
        let all = ["Content-Length": "\(body.count)"].merging(fields) { $1 }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        return [.send(Array((head + "\r\n").utf8) + body)]
    }

    /// What a good server does with a file: whole, or the range that is asked for; `If-Range` is heeded.
    package static func file(_ bytes: [UInt8], _ request: Request, tag: String = "\"1\"") -> [Step] {
        let isSame = request.fields["if-range"].map { $0 == tag } ?? true
        if request.fields["range"] != nil, isSame {
            guard let range = request.range(of: bytes.count) else { return answer(416, ["Content-Range": "bytes */\(bytes.count)", "ETag": tag]) }
            return answer(
                206, ["ETag": tag, "Content-Range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"], body: Array(bytes[range]))
        }
        return answer(200, ["ETag": tag, "Accept-Ranges": "bytes"], body: bytes)
    }
}
