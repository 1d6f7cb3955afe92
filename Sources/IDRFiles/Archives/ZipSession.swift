import IDRPlan

/// An archive that is open in the reader's process. (Not private: modules that destroy a `ZipReader` link against this type.)
final class ZipSession: Sendable {
    /// Entries of its directory.
    let count: Int

    private let path: String
    private let lease = ReaderLease()
    private static let itemsAtOnce = 4096
    private static let largestBlock = 1 << 22

    /// - Parameter isStrict: whether the archive's two directories must agree.
    init(opening path: String, isStrict: Bool = false) throws(IDRError) {
        self.path = path
        guard case .opened(let count) = try Self.ask(.open(path, isStrict: isStrict), lease, path) else { throw Self.unexpected(path) }
        self.count = Int(clamping: count)
    }

    /// The archive's directory in its order, as it stands there.
    func forEachItem(_ body: (ZipItem) throws(IDRError) -> Void) throws(IDRError) {
        var position = 0
        while position < count {
            let next = min(count, position + Self.itemsAtOnce)
            guard case .items(let items) = try Self.ask(.items(UInt64(position)..<UInt64(next)), lease, path), items.count == next - position else {
                throw Self.unexpected(path)
            }
            for item in items { try body(item) }
            position = next
        }
    }

    /// The entry's content in blocks; it is as long as the directory says, and has its checksum, where this returns.
    func forEachBlock(of entry: ZipReader.Entry, _ body: ([UInt8]) throws(IDRError) -> Void) throws(IDRError) {
        guard case .done = try Self.ask(.unpack(entry), lease, path) else { throw Self.unexpected(path) }
        while true {
            guard case .bytes(let block) = try Self.ask(.next(Self.largestBlock), lease, path) else { throw Self.unexpected(path) }
            if block.values.isEmpty { return }
            try body(block.values)
        }
    }

    private static func ask(_ request: ZipAnswers.Request, _ lease: ReaderLease, _ path: String) throws(IDRError) -> ZipAnswers.Reply {
        let reply: ZipAnswers.Reply = try lease.ask(.zip, request, of: path)
        if case .failed(let error) = reply { throw error }
        return reply
    }

    private static func unexpected(_ path: String) -> IDRError {
        IDRError(.system, "the reader of ZIP archives did not answer what it was asked", at: [path])
    }
}
