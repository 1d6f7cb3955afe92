import Foundation
package import IDRPlan
import Synchronization

/// The use of a reader's process for as long as this value lives: what is asked of it one after another finds what was opened before.
///
/// Nobody else's bytes are in that process meanwhile. Where it crashes, what it was asked to read is to blame: that is an error of that file, and
/// the next lease has another process.
package final class ReaderLease: Sendable {
    private struct State {
        var process: ReaderProcess?
        var failure: IDRError?
    }
    private let state = Mutex(State())

    package init() {}

    deinit {
        if let process = state.withLock({ $0.process }) { ReaderPool.shared.giveBack(process) }
    }

    /// Asks and waits, on this thread, for the answer: it takes as long as reading does, and depends on no other task.
    /// - Parameter file: what the bytes are called.
    /// - Throws: an ``IDRError``: `invalidInput` where the reader crashed, `unavailable` where it was ended or found no end, `reader` where there can
    ///   be none.
    package func ask<Reply: Decodable & Sendable>(_ service: ReaderService, _ request: some Encodable, of file: String) throws(IDRError) -> Reply {
        try state.withLock { state throws(IDRError) in
            if let failure = state.failure { throw failure }
            let isFirst = state.process == nil
            let process: ReaderProcess
            if let own = state.process { process = own } else { process = try ReaderPool.shared.take() }
            state.process = process
            do {
                do {
                    return try process.ask(service, request)
                } catch let fault as ReaderProcess.Fault where isFirst && fault.isFromOutside {
                    // Whoever ended it may have done so before it was asked, and nothing was open in it.
                    let other = try ReaderPool.shared.take()
                    state.process = other
                    return try other.ask(service, request)
                }
            } catch {
                state.process = nil
                let failure = Self.failure(error, service, file)
                state.failure = failure
                throw failure
            }
        }
    }

    /// One question and its answer.
    package static func once<Reply: Decodable & Sendable>(_ service: ReaderService, _ request: some Encodable, of file: String) throws(IDRError)
        -> Reply
    {
        try ReaderLease().ask(service, request, of: file)
    }

    private static func failure(_ error: any Error, _ service: ReaderService, _ file: String) -> IDRError {
        let reader = "the reader of \(service.what)"
        guard let fault = error as? ReaderProcess.Fault else { return IDRError(error, "\(reader) gave no answer", at: [file], otherwise: .system) }
        switch fault {
        // How far it comes in that time is the machine's and not the file's.
        case .tooLong:
            return IDRError(
                .unavailable, "\(reader) found no end with it", at: [file], because: fault.words,
                fix: "run again when less else is running; where it stays so, \(advice)")
        // Somebody ended it who was no file.
        case .ended(_, SIGTERM?): return IDRError(.reader, "\(reader) was ended (\(fault.words))", at: [file], fix: "run again")
        case .ended(ReaderLoop.noRoom?, nil):
            return IDRError(
                .reader, "\(reader) has no room for its answer", at: [file], because: "memory has run out, or what files may hold is limited",
                fix: "close other programs, or raise the limit on file sizes (ulimit -f)")
        // As the kernel does it where memory ends.
        case .ended(_, SIGKILL?):
            return IDRError(
                .unavailable, "\(reader) was ended (\(fault.words))", at: [file], because: "memory has run out, or somebody ended it",
                fix: "close other programs, or give the run more memory, and run again")
        case .ended: return IDRError(.invalidInput, "\(reader) crashed on it (\(fault.words))", at: [file], fix: advice)
        }
    }

    private static let advice = "the file is damaged: fetch it again, or ask where it comes from"
}

/// Readers that nobody uses at the moment.
final class ReaderPool: Sendable {
    static let shared = ReaderPool()

    private let idle = Mutex<[ReaderProcess]>([])
    /// More than that are not kept.
    private let kept = max(2, ProcessInfo.processInfo.activeProcessorCount)

    private init() {}

    func take() throws(IDRError) -> ReaderProcess {
        let folder = FileManager.default.currentDirectoryPath
        while let process = idle.withLock({ $0.popLast() }) {
            // One that ended with nobody's file is nobody's failure.
            if process.folder == folder, process.isReady() { return process }
        }
        return try ReaderProcess.start(in: folder)
    }

    func giveBack(_ process: ReaderProcess) {
        process.reset()
        idle.withLock { if $0.count < kept { $0.append(process) } }
    }
}
