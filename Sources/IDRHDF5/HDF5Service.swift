import Dispatch
package import IDRFiles
import IDRPlan
import Synchronization

/// ``HDF5Service`` in the reader's process.
package final class HDF5Answers: ReaderAnswers {
    package static let service = ReaderService.hdf5

    package init() {}

    package func answer(_ request: HDF5Request) -> HDF5Reply { Self.onQueue { HDF5Service.shared.answer(request) } }

    package func reset() { Self.onQueue { HDF5Service.shared.closeAll() } }

    private static func onQueue<Value: Sendable>(_ body: @escaping @Sendable @HDF5Actor () -> Value) -> Value {
        let box = Box<Value>()
        Task { @HDF5Actor in box.fill(body()) }
        return box.wait()
    }
}

/// A value that another thread waits for.
private final class Box<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isFilled = DispatchSemaphore(value: 0)

    func fill(_ value: Value) {
        self.value.withLock { $0 = value }
        isFilled.signal()
    }

    func wait() -> Value {
        while true {
            isFilled.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}

/// Where HDF5 runs: it takes requests, one after the other, and answers each, in the reader's process. ``HDF5Reader`` asks it.
@HDF5Actor
package final class HDF5Service {
    /// This process's.
    package static let shared = HDF5Service()

    private var files: [HDF5FileNumber: OpenFile] = [:]
    private var opened = 0

    private init() {}

    /// Answers a request; what fails is an answer too.
    package func answer(_ request: HDF5Request) -> HDF5Reply {
        // The queue is served by one thread after another, and each has a setting of its own.
        HDF5Failure.silencePrinting()
        defer { HDF5Failure.clear() }
        do throws(IDRError) {
            switch request {
            case .open(let source):
                let file = try OpenFile(source)
                opened += 1
                let number = HDF5FileNumber(value: opened)
                files[number] = file
                return .opened(number)
            case .ask(let question, let number): return try file(number).answer(question)
            case .supply(let bytes, let offset, let number): try file(number).supply(bytes.values, at: offset)
            case .close(let number): files[number] = nil
            }
            return .done
        } catch {
            return .failed(error)
        }
    }

    func closeAll() { files = [:] }

    private func file(_ number: HDF5FileNumber) throws(IDRError) -> OpenFile {
        guard let file = files[number] else { throw IDRError(.system, "an HDF5 file is asked that is not open") }
        return file
    }
}

/// A file of the service, and the pages of it where it is elsewhere.
@HDF5Actor
private final class OpenFile {
    private let name: String
    private let pages: PagedBytes?
    /// nil for a file in pages that must be opened anew.
    private var file: HDF5File?

    init(_ source: HDF5Source) throws(IDRError) {
        switch source {
        case .file(let path):
            name = path
            pages = nil
            file = try HDF5File(reading: path)
        case .mirrored(let path):
            name = path
            pages = nil
            file = try HDF5File(reading: path, opensOthers: true)
        case .pages(let name, let length):
            guard length > 0 else { throw IDRError(.invalidInput, "\(name) is not an HDF5 file", because: "it is empty") }
            self.name = name
            pages = PagedBytes(length: length)
        }
    }

    func supply(_ bytes: [UInt8], at offset: Int) throws(IDRError) {
        guard let pages, pages.store(bytes, at: offset) else { throw IDRError(.system, "bytes of \(name) are not whole pages of it") }
    }

    private func opened(_ pages: PagedBytes) throws(IDRError) -> HDF5File {
        if let file { return file }
        let opened = try HDF5File(reading: pages, called: name)
        file = opened
        return opened
    }

    func answer(_ question: HDF5Question) throws(IDRError) -> HDF5Reply {
        guard let pages else {
            guard let file else { throw IDRError(.system, "\(name) is not open") }
            return .answer(try file.answer(question))
        }
        let reply: HDF5Reply
        do throws(IDRError) {
            reply = .answer(try opened(pages).answer(question))
        } catch {
            reply = .failed(error)
        }
        if pages.isMissingPages {
            // HDF5 must keep no trace of a read that failed.
            file = nil
            return .missing(pages.takeMissing())
        }
        if case .failed = reply { file = nil }
        return reply
    }
}
