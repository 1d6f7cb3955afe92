import CLinux
import Foundation
import IDRPlan
import Synchronization

/// The memory that a program and its reader share, a file without a name: one side puts a message on it, the other takes it, in turns.
///
/// Numbers lie first, as they are in memory; the message's text, JSON, lies behind them. It is read and never mapped: whatever the other side does to
/// it, a read ends early at worst.
package final class ReaderDesk: Sendable {
    /// Longer ones are not taken.
    private static let longestText = 1 << 30
    /// What is kept for the next message; more goes back to the system.
    private static let keptLength = 1 << 24

    let file: OpenDescriptor
    /// Where the next numbers go.
    private let end = Mutex(0)

    init(_ file: OpenDescriptor) { self.file = file }

    static func make() throws(IDRError) -> ReaderDesk { ReaderDesk(try OpenDescriptor.holding([])) }

    /// Puts `message` in place of what was there.
    func put(_ message: some Encodable, to service: Int64) throws -> ReaderTurn {
        end.withLock { $0 = 0 }
        let encoder = JSONEncoder()
        if let key = Self.key { encoder.userInfo[key] = self }
        let text = try encoder.encode(message)
        let start = end.withLock { $0 }
        _ = try text.withUnsafeBytes { try add($0) }
        return ReaderTurn(service: service, start: Int64(start), count: Int64(text.count))
    }

    /// The message of a turn.
    func take<Message: Decodable>(_ turn: ReaderTurn) throws -> Message {
        guard turn.count >= 0, turn.count <= Self.longestText else { throw broken }
        let decoder = JSONDecoder()
        if let key = Self.key { decoder.userInfo[key] = self }
        let text: [UInt8] = try numbers(ReaderPlace(offset: Int(turn.start), bytes: Int(turn.count)))
        return try decoder.decode(Message.self, from: Data(text))
    }

    /// Gives back memory that only large messages need.
    func tidy(all: Bool = false) {
        var status = stat()
        if all || (fstat(file.number, &status) == 0 && status.st_size > Self.keptLength) { _ = ftruncate(file.number, 0) }
    }

    fileprivate func add(_ bytes: UnsafeRawBufferPointer) throws -> ReaderPlace {
        try end.withLock { end in
            var done = 0
            while done < bytes.count {
                let count = pwrite(file.number, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(end + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let code = errno
                    throw IDRError(
                        .system, "there is no memory for what is read", because: SystemFailure.reason(code),
                        fix: code == EFBIG ? "raise the limit on file sizes (ulimit -f)" : "close other programs")
                }
                done += count
            }
            defer { end += done }
            return ReaderPlace(offset: end, bytes: done)
        }
    }

    fileprivate func numbers<Element: BitwiseCopyable>(_ place: ReaderPlace) throws -> [Element] {
        // What is not there is not believed: memory is taken only for bytes that are.
        var status = stat()
        guard fstat(file.number, &status) == 0, place.offset >= 0, place.bytes >= 0, place.bytes <= Int(status.st_blocks) * 512,
            place.bytes % MemoryLayout<Element>.stride == 0
        else { throw broken }
        let elements = place.bytes / MemoryLayout<Element>.stride
        return try [Element](unsafeUninitializedCapacity: elements) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            var done = 0
            while done < place.bytes {
                let count = pread(file.number, bytes.baseAddress.map { $0 + done }, place.bytes - done, off_t(place.offset + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw broken }
                done += count
            }
            initialized = elements
        }
    }

    private var broken: IDRError { IDRError(.system, "a message of the reader of foreign files is broken") }
}

/// Whose turn it is, and where on the desk the message's text lies.
struct ReaderTurn: BitwiseCopyable {
    /// 0 for "that is all": nothing stays open, and nothing is on the desk.
    var service: Int64 = 0
    var start: Int64 = 0
    var count: Int64 = 0

    /// False where the other side is gone.
    func send(to socket: Int32) -> Bool {
        withUnsafeBytes(of: self) { WholeWrite.send($0, to: socket).failure == nil }
    }

    /// nil where the other side is gone. Each turn is a packet of its own.
    static func receive(from socket: Int32) -> ReaderTurn? {
        var turn = ReaderTurn()
        while true {
            let count = withUnsafeMutableBytes(of: &turn) { recv(socket, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            return count == MemoryLayout<ReaderTurn>.size ? turn : nil
        }
    }
}

/// Where numbers lie on the desk.
private struct ReaderPlace: Codable {
    var offset: Int
    var bytes: Int
}

/// Numbers in a message that are too many for its text: they lie beside it on the ``ReaderDesk``. Without a desk they are in the text.
package struct RawNumbers<Element: BitwiseCopyable & Sendable & Hashable>: Sendable, Hashable, Codable {
    package let values: [Element]

    package init(_ values: [Element]) { self.values = values }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let desk = ReaderDesk.of(decoder.userInfo) {
            values = try desk.numbers(container.decode(ReaderPlace.self))
            return
        }
        let bytes = try container.decode(Data.self)
        guard bytes.count % MemoryLayout<Element>.stride == 0 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(bytes.count) bytes are no whole numbers")
        }
        values = [Element](unsafeUninitializedCapacity: bytes.count / MemoryLayout<Element>.stride) { buffer, initialized in
            bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
            initialized = buffer.count
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let desk = ReaderDesk.of(encoder.userInfo) {
            try container.encode(try values.withUnsafeBytes { try desk.add($0) })
        } else {
            try container.encode(values.withUnsafeBytes { Data($0) })
        }
    }
}

extension ReaderDesk {
    fileprivate static let key = CodingUserInfoKey(rawValue: "idrkit.reader.desk")

    fileprivate static func of(_ userInfo: [CodingUserInfoKey: Any]) -> ReaderDesk? { key.flatMap { userInfo[$0] as? ReaderDesk } }
}
