package import IDRFiles
package import IDRPlan

/// An HDF5 file that is open for reading: it asks ``HDF5Service`` in a reader's process, which is its own as long as it lives. Paths inside the file are absolute (`/a/b`).
///
/// Every method throws an ``IDRError`` that names the file and HDF5's own reason; of a file elsewhere, also what its source throws.
package final class HDF5Reader: Sendable {
    /// Where the file is on disk, or what its source calls it.
    package let name: String
    private let number: HDF5FileNumber
    private let lease = ReaderLease()
    /// nil for a file on disk.
    private let source: (any RangedBytes)?
    /// A question that needs more rounds than this makes no progress.
    private static let largestRoundCount = 64

    /// Opens a file on disk.
    /// - Parameter opensOthers: whether files beside it may be opened that its datasets are stored in.
    package init(_ path: String, opensOthers: Bool = false) async throws(IDRError) {
        number = try await Self.open(opensOthers ? .mirrored(path) : .file(path), path, lease)
        name = path
        source = nil
    }

    /// Opens a file elsewhere, of which only what is asked for is fetched.
    /// - Parameter beginning: its first bytes, where they are here already.
    package init(_ source: any RangedBytes, beginning: [UInt8] = []) async throws(IDRError) {
        number = try await Self.open(.pages(name: source.name, length: source.length), source.name, lease)
        name = source.name
        self.source = source
        let whole = beginning.count == source.length ? beginning.count : beginning.count / PagedBytes.pageSize * PagedBytes.pageSize
        if whole > 0 { try await supply(Array(beginning[..<whole]), at: 0) }
    }

    /// Asks until nothing that the answer needs is missing. Between the rounds the missing parts are fetched.
    package func ask(_ question: HDF5Question) async throws -> HDF5Answer {
        for _ in 0..<Self.largestRoundCount {
            switch try await Self.reply(to: .ask(question, of: number), name, lease) {
            case .answer(let answer): return answer
            case .failed(let error): throw error
            case .missing(let ranges): try await fetch(ranges)
            case .opened, .done: throw unexpected
            }
        }
        throw IDRError(.invalidInput, "the file cannot be read in parts", at: [name], because: "its structure leads on and on")
    }

    private func fetch(_ ranges: [Range<Int>]) async throws {
        guard let source else { throw unexpected }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for range in ranges { group.addTask { try await self.supply(try await source.read(range), at: range.lowerBound) } }
            try await group.waitForAll()
        }
    }

    private func supply(_ bytes: [UInt8], at offset: Int) async throws(IDRError) {
        switch try await Self.reply(to: .supply(RawNumbers(bytes), at: offset, to: number), name, lease) {
        case .done: return
        case .failed(let error): throw error
        case .opened, .answer, .missing: throw unexpected
        }
    }

    private static func open(_ source: HDF5Source, _ name: String, _ lease: ReaderLease) async throws(IDRError) -> HDF5FileNumber {
        switch try await reply(to: .open(source), name, lease) {
        case .opened(let number): return number
        case .failed(let error): throw error
        case .answer, .missing, .done: throw IDRError(.system, "HDF5 did not answer what it was asked")
        }
    }

    private static func reply(to request: HDF5Request, _ name: String, _ lease: ReaderLease) async throws(IDRError) -> HDF5Reply {
        do {
            return try await DiskQueue.run { () throws(IDRError) in try lease.ask(.hdf5, request, of: name) }
        } catch {
            throw IDRError(error, "the file cannot be read", at: [name])
        }
    }

    /// An answer that belongs to another question.
    package var unexpected: IDRError { IDRError(.system, "HDF5 did not answer what it was asked", at: [name]) }
}
