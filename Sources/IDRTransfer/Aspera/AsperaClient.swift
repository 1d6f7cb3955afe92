import Foundation
package import IDRFiles
package import IDRPlan

/// Why Aspera did not bring a file.
package enum AsperaFailure: Error, Sendable {
    /// Nor will it bring another: there is no `ascp`, or log-in or licence are refused. To be said once; HTTPS is used from then on.
    case unavailable(IDRError)
    /// Another file may work.
    case failed(IDRError)

    package var error: IDRError {
        switch self {
        case .unavailable(let error), .failed(let error): error
        }
    }
}

/// Fetches files with Aspera's `ascp`, which a person has installed: no shell, no other rights than ours, nothing to answer to.
package struct AsperaClient: Sendable {
    private let settings: AsperaSettings
    private let environment: [String: String]
    private let clock: WaitClock

    /// - Parameter environment: a few variables of it reach the program (``AsperaCommand``).
    package init(_ settings: AsperaSettings, environment: [String: String] = ProcessInfo.processInfo.environment, clock: WaitClock = .system) {
        self.settings = settings
        self.clock = clock
        self.environment = environment
    }

    /// Fetches the remote file `path` into `part`, and leaves it there complete and checked. What a failed try leaves is gone on with.
    /// - Parameters:
    ///   - expected: the file's length, where it is known.
    ///   - verify: throws where the file at the path it is given cannot be what is wanted; it is then fetched once more from the beginning.
    /// - Throws: ``AsperaFailure``; `CancellationError`.
    package func fetch(
        _ path: String, into part: PartialFile, expected: Int? = nil, tally: TransferTally? = nil, verify: (String) async throws -> Void
    ) async throws -> FetchedFile {
        let program = try executable()
        let source = "\(settings.user)@\(settings.host):\(path)"
        // A name of its own: ascp's resumption knows nothing of a part that HTTPS left.
        let own = part.path + ".ascp"
        do {
            let command = try AsperaCommand(settings, path: path, to: own, environment: environment)
            return try await Downloader.verified(part, source, tally: tally, verify) {
                try await receive(ChildProcess(program, command, settings, watched: own), source, tally)
                let file = try await DiskQueue.run { () throws(IDRError) in
                    try Self.take(own, into: part, source: source, expected: expected)
                }
                tally?.add { $0.bytes += file.bytes }
                return file
            }
        } catch let error as IDRError {
            throw AsperaFailure.failed(error)
        }
    }

    /// Runs the program until it brings the file, as often as it is worth it.
    private func receive(_ process: ChildProcess, _ source: String, _ tally: TransferTally?) async throws {
        var process = process
        let start = ContinuousClock.now
        var repetition = 0
        while true {
            try Task.checkCancellation()
            tally?.add { $0.requests += 1 }
            process.deadline.longest = settings.longest - (ContinuousClock.now - start) / .seconds(1)
            let end = try await process.run()
            let reason: String
            switch end.reason {
            case .tooLong: throw failure(source, "it takes longer than \(Int(settings.longest)) s")
            case .stalled: reason = "nothing came for \(Int(settings.stall)) s"
            case .stopped, nil:
                let output = String(decoding: end.output, as: UTF8.self)
                let text = settings.passPhrase?.redacted(from: output) ?? output
                if end.isSuccess, !text.contains("Session Stop  (Error:") { return }
                switch AsperaReport(text) {
                case .unavailable(let why): throw Self.unavailable("Aspera is refused", at: source, why, fix: "check the key and the pass phrase")
                case .absent(let why): throw failure(source, "ascp says: \(why)", .missing)
                case .final(let why): throw failure(source, end.signal.map { "ascp ended with signal \($0)" } ?? "ascp says: \(why)")
                case .passing(let why): reason = "ascp says: \(why)"
                }
            }
            repetition += 1
            guard let wait = settings.policy.wait(before: repetition, retryAfter: nil, jitter: 1) else {
                throw failure(source, "\(reason), after \(repetition.counted("try", "tries"))")
            }
            tally?.add { $0.retries += 1 }
            try await clock.sleep(wait)
        }
    }

    /// The complete file `own` becomes the part; what `ascp` noted for resuming goes.
    private static func take(_ own: String, into part: PartialFile, source: String, expected: Int?) throws(IDRError) -> FetchedFile {
        var status = stat()
        guard lstat(own, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw IDRError(.transfer, "it could not be fetched", at: [source], because: "ascp ended well, but left no file")
        }
        unlink(own + ".aspx")
        let bytes = Int(status.st_size)
        guard expected == nil || expected == bytes else {
            unlink(own)
            throw IDRError(.transfer, "it could not be fetched", at: [source], because: "ascp left \(bytes) of \(expected ?? 0) bytes")
        }
        let sum = try SHA256.digest(ofFile: own)
        part.remove()
        guard rename(own, part.path) == 0 else { throw SystemFailure.error("\(part.path) cannot be given its name", at: part.path, errno: errno) }
        return FetchedFile(bytes: bytes, sha256: sum, source: source)
    }

    private func executable() throws -> String {
        guard let program = ChildProcess.find(settings.program, environment: environment) else {
            throw Self.unavailable(
                "Aspera cannot be used", at: settings.program, "there is no such program", fix: "install ascp, or do without Aspera")
        }
        guard access(settings.key, R_OK) == 0 else {
            throw Self.unavailable("Aspera cannot be used", at: settings.key, "the key cannot be read", fix: "check the key's path")
        }
        return program
    }

    private static func unavailable(_ problem: String, at place: String, _ reason: String, fix advice: String) -> AsperaFailure {
        .unavailable(IDRError(.transfer, problem, at: [place], because: reason, fix: advice))
    }

    private func failure(_ source: String, _ reason: String, _ code: IDRError.Code = .transfer) -> IDRError {
        IDRError(code, "it could not be fetched with Aspera", at: [source], because: reason, fix: "fetch it over HTTPS")
    }
}

extension ChildProcess {
    fileprivate init(_ program: String, _ command: AsperaCommand, _ settings: AsperaSettings, watched: String) {
        self.init(program, environment: command.environment)
        arguments = command.arguments
        output = .kept(1 << 16)
        errors = nil
        (deadline.stall, deadline.growing, deadline.grace) = (settings.stall, watched, settings.grace)
    }
}
