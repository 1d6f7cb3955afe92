import Foundation
import IDRFiles
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// Whole files from servers that behave badly: each ends in success after a retry or in one clear error, and nothing unchecked gets its name.
@Suite struct DownloaderTests {
    /// 300 kB that are the same in every run.
    static let bytes: [UInt8] = {
        var random = SeededGenerator(seed: 7)
        return (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    }()

    struct Wrong: Error {}

    /// What a caller's check does: here, the bytes must be the ones that are expected.
    static func verify(_ path: String) throws {
        guard FileManager.default.contents(atPath: path) == Data(bytes) else { throw Wrong() }
    }

    static func head(_ status: Int, _ fields: [String: String]) -> [UInt8] {
        Array(("HTTP/1.1 \(status) Status\r\n" + fields.map { "\($0.key): \($0.value)\r\n" }.joined() + "\r\n").utf8)
    }

    /// The file's first `count` bytes, though all are announced; then the connection ends.
    static func cut(after count: Int, tag: String = "\"1\"", from start: Int = 0, reset: Bool = false) -> [LoopbackServer.Step] {
        let rest = bytes.count - start
        var fields = ["ETag": tag, "Content-Length": "\(rest)"]
        if start > 0 { fields["Content-Range"] = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)" }
        let sent = head(start > 0 ? 206 : 200, fields) + bytes[start..<start + count]
        return [.send(sent)] + (reset ? [.wait(seconds: 0.05), .reset] : [])
    }

    /// Fetches `/file` of `server` into a folder and says what is in that folder then.
    static func fetch(
        _ server: LoopbackServer, in folder: ScratchFolder, tally: TransferTally? = nil, limit: Int = 1 << 30,
        stall: Double = 60, verify: (String) async throws -> Void = { try verify($0) }
    ) async throws -> FetchedFile {
        try await Downloader(RemoteClient.impatient(stall: stall))
            .download(RemoteURL(server.base + "/file"), to: folder("file"), limit: limit, tally: tally, verify: verify)
    }

    private func succeeds(
        _ handler: @escaping LoopbackServer.Handler, requests: Int, ranges: [String?]? = nil, stall: Double = 60
    ) async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer(handler)
        let tally = TransferTally()
        let file = try await Self.fetch(server, in: folder, tally: tally, stall: stall)
        #expect(folder.contents == ["file"])
        #expect(try folder.bytes("file") == Self.bytes)
        #expect(try file.sha256 == SHA256.digest(of: Self.bytes) && file.bytes == Self.bytes.count && file.source == server.base + "/file")
        #expect(server.requests.count == requests && tally.counts.requests == requests && tally.counts.retries == requests - 1)
        if let ranges { #expect(server.requests.map { $0.fields["range"] } == ranges) }
    }

    private func fails(_ handler: @escaping LoopbackServer.Handler, leaves: [String] = []) async throws -> (error: IDRError?, requests: Int) {
        let folder = try ScratchFolder()
        let server = try LoopbackServer(handler)
        let error = await #expect(throws: IDRError.self) { try await Self.fetch(server, in: folder) }
        #expect(folder.contents == leaves)
        #expect(error?.subject.contains(server.base + "/file") == true && error?.reason != nil, "\(String(describing: error))")
        return (error, server.requests.count)
    }

    @Test func aGoodAnswerIsTakenAtOnce() async throws {
        try await succeeds({ LoopbackServer.file(Self.bytes, $0) }, requests: 1, ranges: [nil])
    }

    @Test func theServersNamesOfTheVersionAreKept() async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { _ in
            LoopbackServer.answer(200, ["ETag": "W/\"a\"", "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"], body: Self.bytes)
        }
        let file = try await Self.fetch(server, in: folder)
        #expect(file.etag == "W/\"a\"" && file.lastModified == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(server.requests[0].fields["accept-encoding"] == "identity" && server.requests[0].fields["authorization"] == nil)
    }

    @Test func anEmptyFileIsAFile() async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { LoopbackServer.file([], $0) }
        let file = try await Self.fetch(server, in: folder) { _ in }
        #expect(try folder.bytes("file") == [] && file.bytes == 0 && file.sha256 == SHA256.digest(of: [UInt8]()))
    }

    /// Cut at any byte, the file goes on where it stopped.
    @Test(arguments: [1, 1000, 16_384, 299_999])
    func aCutConnectionGoesOn(count: Int) async throws {
        try await succeeds(
            { $0.earlier == 0 ? Self.cut(after: count) : LoopbackServer.file(Self.bytes, $0) }, requests: 2, ranges: [nil, "bytes=\(count)-"])
    }

    /// A reset takes with it what was not read yet.
    @Test(arguments: [1000, 299_999])
    func aResetConnectionGoesOn(count: Int) async throws {
        try await succeeds({ $0.earlier == 0 ? Self.cut(after: count, reset: true) : LoopbackServer.file(Self.bytes, $0) }, requests: 2)
    }

    @Test func aFileThatIsCutManyTimesIsPutTogether() async throws {
        try await succeeds(
            { request in
                let start = request.range(of: Self.bytes.count)?.lowerBound ?? 0
                return Self.cut(after: min(50_000, Self.bytes.count - start), from: start)
            }, requests: 6, ranges: [nil] + (1..<6).map { "bytes=\($0 * 50_000)-" })
    }

    @Test func aStallIsEndedAndGoneOnWith() async throws {
        try await succeeds(
            { $0.earlier == 0 ? Self.cut(after: 1000) + [.wait(seconds: 300)] : LoopbackServer.file(Self.bytes, $0) }, requests: 2,
            ranges: [nil, "bytes=1000-"], stall: 5)
    }

    @Test func aSlowDripIsPatientlyTaken() async throws {
        try await succeeds(
            { _ in
                [.send(Self.head(200, ["Content-Length": "\(Self.bytes.count)"]))]
                    + stride(from: 0, to: Self.bytes.count, by: 10_000).flatMap { start in
                        [.wait(seconds: 0.01), .send(Array(Self.bytes[start..<start + 10_000]))]
                    }
            }, requests: 1)
    }

    @Test func aServerWithoutRangesBeginsAnew() async throws {
        try await succeeds(
            { $0.earlier == 0 ? Self.cut(after: 5000) : LoopbackServer.answer(200, ["ETag": "\"1\""], body: Self.bytes) }, requests: 2,
            ranges: [nil, "bytes=5000-"])
    }

    /// Without a strong name of the version, the beginning could be another version's.
    @Test(arguments: [nil, "W/\"1\""])
    func withoutAValidatorItBeginsAnew(tag: String?) async throws {
        try await succeeds(
            { request in
                let fields = tag.map { ["ETag": $0] } ?? [:]
                guard request.earlier == 0 else { return LoopbackServer.answer(200, fields, body: Self.bytes) }
                return [.send(Self.head(200, ["Content-Length": "\(Self.bytes.count)"].merging(fields) { $1 }) + Self.bytes[..<5000])]
            }, requests: 2, ranges: [nil, nil])
    }

    @Test func anOldDateIsAValidator() async throws {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let folder = try ScratchFolder()
        let server = try LoopbackServer { request in
            guard request.earlier > 0 else {
                return [.send(Self.head(200, ["Content-Length": "\(Self.bytes.count)", "Last-Modified": date]) + Self.bytes[..<5000])]
            }
            let range = "bytes 5000-\(Self.bytes.count - 1)/\(Self.bytes.count)"
            return LoopbackServer.answer(206, ["Content-Range": range, "Last-Modified": date], body: Array(Self.bytes[5000...]))
        }
        _ = try await Self.fetch(server, in: folder)
        #expect(server.requests.map { $0.fields["if-range"] } == [nil, date] && server.requests[1].fields["range"] == "bytes=5000-")
    }

    /// Whether the server heeds If-Range or not, no two versions are mixed.
    @Test(arguments: [true, false])
    func aVersionThatChangesMidwayIsNeverMixed(heedsIfRange: Bool) async throws {
        let old = [UInt8](repeating: 1, count: Self.bytes.count)
        try await succeeds(
            { request in
                if request.earlier == 0 {
                    return [.send(Self.head(200, ["ETag": "\"old\"", "Content-Length": "\(old.count)"]) + old[..<5000])]
                }
                if !heedsIfRange, request.earlier == 1 { return Self.cut(after: Self.bytes.count - 5000, tag: "\"new\"", from: 5000) }
                return LoopbackServer.file(Self.bytes, request, tag: "\"new\"")
            }, requests: heedsIfRange ? 2 : 3, ranges: heedsIfRange ? [nil, "bytes=5000-"] : [nil, "bytes=5000-", nil])
    }

    @Test func aFileThatNeverStopsChangingIsAnError() async throws {
        let (error, requests) = try await fails { request in
            let start = request.range(of: Self.bytes.count)?.lowerBound ?? 0
            return Self.cut(after: 5000, tag: "\"\(request.earlier)\"", from: start)
        }
        #expect(error?.reason == "the file changed" && requests == 6)
    }

    @Test(arguments: ["bytes 0-294999/300000", "bytes 5000-299999/400000", "bytes 5001-299999/300000", "garbage", ""])
    func wrongContentRangesAreNotBelieved(field: String) async throws {
        try await succeeds(
            { request in
                switch request.earlier {
                case 0: Self.cut(after: 5000)
                case 1: LoopbackServer.answer(206, ["ETag": "\"1\"", "Content-Range": field], body: [UInt8](repeating: 9, count: 295_000))
                default: LoopbackServer.file(Self.bytes, request)
                }
            }, requests: 3, ranges: [nil, "bytes=5000-", nil])
    }

    @Test func aPartThatNobodyAskedForIsRefused() async throws {
        let (error, requests) = try await fails { _ in
            LoopbackServer.answer(206, ["Content-Range": "bytes 0-9/100"], body: [UInt8](repeating: 1, count: 10))
        }
        #expect(error?.reason == "the server sends a part where the whole file was asked for" && requests == 1)
    }

    /// A legal answer may be shorter than the range that was asked for.
    @Test func aShortRangeIsGoneOnWith() async throws {
        try await succeeds(
            { request in
                guard let range = request.range(of: Self.bytes.count) else { return Self.cut(after: 100_000) }
                let end = min(range.lowerBound + 150_000, Self.bytes.count)
                let field = "bytes \(range.lowerBound)-\(end - 1)/\(Self.bytes.count)"
                return LoopbackServer.answer(206, ["ETag": "\"1\"", "Content-Range": field], body: Array(Self.bytes[range.lowerBound..<end]))
            }, requests: 3)
    }

    /// The server's file is as long as the part: it is all here. Another length: it is not our file.
    @Test(arguments: [true, false])
    func nothingLeftIsComparedWithWhatIsHere(isComplete: Bool) async throws {
        let bytes = Self.bytes
        try await succeeds(
            { request in
                // Chunks, so that the length is not known; the last one is missing.
                if request.earlier == 0 {
                    let head = Self.head(200, ["ETag": "\"1\"", "Transfer-Encoding": "chunked"])
                    return [.send(head + Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes)]
                }
                let total = isComplete ? bytes.count : bytes.count - 10
                guard request.earlier == 1 else { return LoopbackServer.file(bytes, request) }
                return LoopbackServer.answer(416, ["Content-Range": "bytes */\(total)"], body: Array("<html>".utf8))
            }, requests: isComplete ? 2 : 3, ranges: [nil, "bytes=300000-"] + (isComplete ? [] : [nil]))
    }

    /// Announces more than it sends, always: no length is agreed on.
    @Test func aLengthThatIsTooLargeIsAnError() async throws {
        let (error, requests) = try await fails { _ in [.send(Self.head(200, ["Content-Length": "400000"]) + Self.bytes)] }
        #expect(error?.code == .transfer && error?.reason?.contains("after 8 tries") == true && requests == 8)
    }

    /// Announces less than the file has: what comes is not the file, which the check says.
    @Test func aLengthThatIsTooSmallIsCaught() async throws {
        let (error, requests) = try await fails { _ in LoopbackServer.answer(200, ["Content-Length": "1000"], body: Self.bytes) }
        #expect(error?.problem == "the file is not what it should be" && requests == 2)
    }

    @Test(arguments: [408, 429, 500, 502, 503])
    func passingAnswersAreTriedAgain(status: Int) async throws {
        try await succeeds(
            { request in
                switch request.earlier {
                case 0: LoopbackServer.answer(status, body: Array("busy".utf8))
                case 1: Self.cut(after: 70_000)
                case 2: LoopbackServer.answer(status, ["Retry-After": "0"], body: Array("busy".utf8))
                default: LoopbackServer.file(Self.bytes, request)
                }
            }, requests: 4, ranges: [nil, nil, "bytes=70000-", "bytes=70000-"])
    }

    @Test(arguments: [(404, "does not have it"), (403, "refuses it"), (400, "could not be fetched")])
    func finalAnswersAreErrorsAtOnce(status: Int, problem: String) async throws {
        let (error, requests) = try await fails { _ in LoopbackServer.answer(status, body: Array("no such thing".utf8)) }
        #expect(error?.problem.contains(problem) == true && error?.reason?.contains("\(status)") == true && requests == 1)
    }

    @Test func anotherHostIsFollowedWithoutSecrets() async throws {
        let other = try LoopbackServer { LoopbackServer.file(Self.bytes, $0) }
        let target = other.base + "/elsewhere"
        try await succeeds({ _ in LoopbackServer.answer(302, ["Location": target], body: Array("<html>moved</html>".utf8)) }, requests: 1)
        #expect(other.requests.count == 1)
        for name in ["authorization", "cookie", "referer"] { #expect(other.requests.allSatisfy { $0.fields[name] == nil }) }
    }

    @Test func aPageInPlaceOfTheFileIsNotKept() async throws {
        let (error, requests) = try await fails { _ in
            LoopbackServer.answer(200, ["Content-Type": "text/html"], body: Array("<html>sorry</html>".utf8))
        }
        #expect(error?.code == .invalidInput && error?.problem == "the file is not what it should be" && requests == 2)
    }

    @Test func aDamagedFileIsFetchedOnceMore() async throws {
        try await succeeds(
            { request in
                var bytes = Self.bytes
                if request.earlier == 0 { bytes[1234] ^= 1 }
                return LoopbackServer.file(bytes, request)
            }, requests: 2, ranges: [nil, nil])
    }

    /// An encoding that nobody asked for is not undone, and a cut one does not pass for whole.
    @Test func aTruncatedGzipBodyIsCaught() async throws {
        let (error, _) = try await fails { _ in
            [.send(Self.head(200, ["Content-Encoding": "gzip", "Connection": "close"]) + [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B])]
        }
        #expect(error?.problem == "the file is not what it should be")
    }

    @Test func aGzipBodyIsKeptAsItCame() async throws {
        let folder = try ScratchFolder()
        let body: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let server = try LoopbackServer { _ in LoopbackServer.answer(200, ["Content-Encoding": "gzip"], body: body) }
        _ = try await Self.fetch(server, in: folder) { _ in }
        #expect(try folder.bytes("file") == body)
    }

    @Test(arguments: [true, false])
    func aHugeFileIsRefused(announced: Bool) async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { _ in
            [.send(Self.head(200, announced ? ["Content-Length": "300000"] : ["Connection": "close"]) + Self.bytes)]
        }
        let error = await #expect(throws: IDRError.self) { try await Self.fetch(server, in: folder, limit: 200_000) }
        #expect(error?.code == .refused && error?.problem == "the file is too large" && folder.contents.isEmpty && server.requests.count == 1)
    }

    @Test func aFileForWhichThereIsNoSpaceIsNotBegun() async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { _ in [.send(Self.head(200, ["Content-Length": "\(1 << 60)"])), .send([1])] }
        let error = await #expect(throws: IDRError.self) { try await Self.fetch(server, in: folder, limit: .max) }
        #expect(error?.problem == "there is no space for the file" && error?.advice != nil && folder.contents.isEmpty && server.requests.count == 1)
    }

    /// A child process that may write no more than 64 KiB to a file meets the same path as a disk that fills up.
    @Test func aFullDiskIsOneClearError() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let folder = try ScratchFolder()
            let server = try LoopbackServer { LoopbackServer.file(DownloaderTests.bytes, $0) }
            limitFileSize(to: 1 << 16)
            var outcome = Int32(1)
            do {
                _ = try await DownloaderTests.fetch(server, in: folder)
            } catch let error as IDRError {
                outcome = error.code == .system && error.reason == "File too large" && error.advice != nil && server.requests.count == 1 ? 0 : 2
            }
            if folder.contents.contains("file") { outcome = 3 }
            try? FileManager.default.removeItem(atPath: folder.path)
            exit(outcome)
        }
    }

    @Test func cancellingKeepsTheBeginningForTheNextTime() async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { $0.earlier == 0 ? Self.cut(after: 123_456) + [.wait(seconds: 30)] : LoopbackServer.file(Self.bytes, $0) }
        let url = try RemoteURL(server.base + "/file")
        let path = folder("file")
        let client = Downloader(RemoteClient.impatient(stall: 60))
        let task = Task { try await client.download(url, to: path) }
        try await eventually("the beginning") { (try? folder.bytes("file.part").count) == 123_456 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(folder.contents == ["file.part", "file.part.json"])
        let file = try await Self.fetch(server, in: folder)
        #expect(try file.sha256 == SHA256.digest(of: Self.bytes) && server.requests[1].fields["range"] == "bytes=123456-")
        #expect(folder.contents == ["file"])
    }

    /// A part that says nothing trustworthy of itself is not gone on with.
    @Test(arguments: ["", "{}", "not json", "other source", "longer than the file", "after a power cut"])
    func anUntrustworthyPartBeginsAnew(note: String) async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { LoopbackServer.file(Self.bytes, $0) }
        let source = note == "other source" ? "https://elsewhere/file" : server.base + "/file"
        let total = note == "longer than the file" ? 4000 : 300_000
        let text =
            note.contains(" ") && note != "not json"
            ? #"{"format":1,"source":"\#(source)","etag":"\"1\"","validator":"\"1\"","total":\#(total),"bytes":0,"boot":"another"}"# : note
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder("file.part.json")))
        try Data([UInt8](repeating: 9, count: 5000)).write(to: URL(fileURLWithPath: folder("file.part")))
        _ = try await Self.fetch(server, in: folder)
        #expect(server.requests.map { $0.fields["range"] } == [nil] && folder.contents == ["file"])
    }

    /// What a killed process wrote is all there as long as the machine runs; after a power cut only what was brought to the disk is.
    @Test(arguments: [(true, 0, 5000), (true, 9000, 5000), (false, 3000, 3000)])
    func aPartIsTrustedAsFarAsItCanBe(isSameBoot: Bool, synchronized: Int, start: Int) async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { LoopbackServer.file(Self.bytes, $0) }
        let current = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let note: [String: Any] = [
            "format": 1, "source": server.base + "/file", "etag": "\"1\"", "validator": "\"1\"", "total": Self.bytes.count, "bytes": synchronized,
            "boot": isSameBoot ? current : "another",
        ]
        try JSONSerialization.data(withJSONObject: note).write(to: URL(fileURLWithPath: folder("file.part.json")))
        try Data(Self.bytes[..<start] + [UInt8](repeating: 0, count: 5000 - start)).write(to: URL(fileURLWithPath: folder("file.part")))
        let file = try await Self.fetch(server, in: folder)
        #expect(try file.sha256 == SHA256.digest(of: Self.bytes))
        #expect(server.requests.map { $0.fields["range"] } == ["bytes=\(start)-"])
    }

    @Test func twoAtOnceDoNotWriteToOnePart() async throws {
        let folder = try ScratchFolder()
        let server = try LoopbackServer { _ in Self.cut(after: 1000) + [.wait(seconds: 0.5), .send(Array(Self.bytes[1000...]))] }
        let first = Task { try await Self.fetch(server, in: folder) }
        try await eventually("a request") { !server.requests.isEmpty }
        let error = await #expect(throws: IDRError.self) { try await Self.fetch(server, in: folder) }
        #expect(error?.problem == "another process is fetching the file")
        _ = try await first.value
        #expect(try folder.bytes("file") == Self.bytes)
    }
}
