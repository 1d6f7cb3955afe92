package import Foundation
import IDRFiles
package import IDRPlan

/// One message: a JSON part and a part of raw bytes, each with its length in front.
package struct BrokerFrame: Sendable, Hashable {
    package var json: Data
    package var payload: [UInt8]

    package init(json: Data, payload: [UInt8] = []) {
        self.json = json
        self.payload = payload
    }
}

/// One end of the broker's socket. Whoever reads says how long a message may be: lengths are checked before memory is taken.
package final class BrokerSocket: Sendable {
    /// The longest parts that are read.
    package struct Limits: Sendable {
        var json: Int
        var payload: Int

        package init(json: Int, payload: Int) { (self.json, self.payload) = (json, payload) }

        /// What a script may say: plans and numbers.
        package static let questions = Limits(json: 1 << 20, payload: 0)
        /// What the broker answers: the planes of one field of one well, or a plan with its wells.
        package static let answers = Limits(json: 1 << 24, payload: 1 << 34)
    }

    /// In front of every message: four bytes that say what it is, then the lengths of its parts, little-endian, in four and eight bytes.
    private static let mark: [UInt8] = Array("IDR1".utf8)
    private static let headLength = 16

    private let descriptor: Int32

    /// Takes the descriptor over: it is closed with this value.
    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// Two connected ends.
    package static func pair() throws(IDRError) -> (BrokerSocket, other: Int32) {
        var ends: [Int32] = [-1, -1]
        // SOCK_CLOEXEC: no other program that is started meanwhile inherits an end.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw IDRError(.system, "the sandbox's socket cannot be made", because: SystemFailure.reason(errno))
        }
        return (BrokerSocket(ends[0]), ends[1])
    }

    /// Ends both directions: whoever reads or writes is woken.
    package func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The next message; nil where the other side has ended between two.
    /// - Throws: `refused` for what is no message, or one that is too long; `system` where it breaks off.
    package func read(_ limits: Limits) throws(IDRError) -> BrokerFrame? {
        guard let head = try bytes(Self.headLength, orEnd: true) else { return nil }
        guard Array(head[..<4]) == Self.mark else { throw Self.broken("it does not begin as one") }
        let json = head[4..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let payload = head[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard json <= UInt64(limits.json), payload <= UInt64(limits.payload) else {
            throw Self.broken("it is too long: \(json) and \(payload) bytes")
        }
        guard let text = try bytes(Int(json)), let rest = try bytes(Int(payload)) else { return nil }
        return BrokerFrame(json: Data(text), payload: rest)
    }

    /// Writes a whole message. Messages of several threads must not be mixed: the caller writes one after another.
    package func write(_ frame: BrokerFrame) throws(IDRError) {
        var head = Self.mark
        for shift in stride(from: 0, to: 32, by: 8) { head.append(UInt8(truncatingIfNeeded: frame.json.count >> shift)) }
        for shift in stride(from: 0, to: 64, by: 8) { head.append(UInt8(truncatingIfNeeded: frame.payload.count >> shift)) }
        try write(head + [UInt8](frame.json))
        try write(frame.payload)
    }

    private func write(_ bytes: [UInt8]) throws(IDRError) {
        if let code = bytes.withUnsafeBytes({ WholeWrite.send($0, to: descriptor) }).failure {
            throw IDRError(.system, "the sandbox's other side is gone", because: String(cString: strerror(code)))
        }
    }

    /// So many bytes.
    /// - Parameter orEnd: whether the other side may end before the first; nil then.
    private func bytes(_ count: Int, orEnd: Bool = false) throws(IDRError) -> [UInt8]? {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let got = recv(descriptor, buffer.baseAddress.map { $0 + done }, count - done, 0)
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                done += got
            }
        }
        if bytes.count == count { return bytes }
        if orEnd, bytes.isEmpty, code == 0 || code == ECONNRESET { return nil }
        throw IDRError(
            .system, "the sandbox's other side ended in the middle of a message", because: code == 0 ? nil : SystemFailure.reason(code))
    }

    static func broken(_ reason: String) -> IDRError {
        IDRError(.refused, "what came through the sandbox's socket is no message", because: reason)
    }
}
