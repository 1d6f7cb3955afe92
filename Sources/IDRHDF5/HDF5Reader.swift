package import IDRFiles
package import IDRPlan

/// An HDF5 file that is open for reading, seen from outside: it asks ``HDF5Service``. Paths inside the file are absolute (`/a/b`).
///
/// Every method throws an ``IDRError`` that names the file and HDF5's own reason; of a file elsewhere, also what its source throws.
package final class HDF5Reader: Sendable {
    /// Where the file is on disk, or what its source calls it.
    package let name: String
    private let number: HDF5FileNumber
    /// nil for a file on disk.
    private let source: (any RangedBytes)?
    /// A question that needs more rounds than this makes no progress.
    private static let largestRoundCount = 64

    /// Opens a file on disk.
    /// - Parameter opensOthers: whether files beside it may be opened that its datasets are stored in.
    package init(_ path: String, opensOthers: Bool = false) async throws(IDRError) {
        number = try await Self.open(opensOthers ? .mirrored(path) : .file(path))
        name = path
        source = nil
    }

    /// Opens a file elsewhere, of which only what is asked for is fetched.
    /// - Parameter beginning: its first bytes, where they are here already.
    package init(_ source: any RangedBytes, beginning: [UInt8] = []) async throws(IDRError) {
        number = try await Self.open(.pages(name: source.name, length: source.length))
        name = source.name
        self.source = source
        let whole = beginning.count == source.length ? beginning.count : beginning.count / PagedBytes.pageSize * PagedBytes.pageSize
        if whole > 0 { try await supply(Array(beginning[..<whole]), at: 0) }
    }

    // HDF5's queue closes it before it opens another.
    deinit { Task { @HDF5Actor [number] in _ = HDF5Service.shared.answer(.close(number)) } }

    /// Asks until nothing that the answer needs is missing. Between the rounds the missing parts are fetched, off HDF5's queue, which never
    /// waits for the network.
    package func ask(_ question: HDF5Question) async throws -> HDF5Answer {
        for _ in 0..<Self.largestRoundCount {
            switch await HDF5Service.shared.answer(.ask(question, of: number)) {
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
        switch await HDF5Service.shared.answer(.supply(bytes, at: offset, to: number)) {
        case .done: return
        case .failed(let error): throw error
        case .opened, .answer, .missing: throw unexpected
        }
    }

    private static func open(_ source: HDF5Source) async throws(IDRError) -> HDF5FileNumber {
        switch await HDF5Service.shared.answer(.open(source)) {
        case .opened(let number): return number
        case .failed(let error): throw error
        case .answer, .missing, .done: throw IDRError(.system, "HDF5 did not answer what it was asked")
        }
    }

    /// An answer that belongs to another question.
    package var unexpected: IDRError { IDRError(.system, "HDF5 did not answer what it was asked", at: [name]) }
}
