import Foundation
import IDRFiles
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// Downloads from the servers that are in use: nginx and vsftpd.
@Suite struct RealServerTests {
    private static let downloader = Downloader(RemoteClient.impatient(stall: 5))

    private static func noise(_ count: Int, seed: UInt64 = 3) -> Data {
        var random = SeededGenerator(seed: seed)
        return Data((0..<count / 8).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } })
    }

    private func folders(_ data: Data, name: String = "a file [1].bin") throws -> (served: ScratchFolder, here: ScratchFolder, source: String) {
        let served = try ScratchFolder()
        try data.write(to: URL(fileURLWithPath: served(name)))
        return (served, try ScratchFolder(), name)
    }

    @Test(.enabled(if: NginxServer.isAvailable)) func nginxGivesAFileAndItsRest() async throws {
        let data = Self.noise(3_000_000)
        let (served, here, name) = try folders(data)
        let server = try NginxServer(serving: served.path)
        try await check(RemoteURL(server.base).appending(name), data, here, of: served(name))
    }

    @Test(.enabled(if: FTPServer.isAvailable)) func ftpGivesAFileAndItsRest() async throws {
        let data = Self.noise(3_000_000)
        let (served, here, name) = try folders(data)
        let server = try FTPServer(serving: served.path)
        try await check(RemoteURL(server.base).appending(name), data, here, of: served(name))
    }

    /// Whole; from the middle; with nothing left; of another version; with a part that is longer than the file.
    private func check(_ url: RemoteURL, _ data: Data, _ here: ScratchFolder, of original: String) async throws {
        let sum = try SHA256.digest(of: Array(data))
        let file = try await Self.downloader.download(url, to: here("whole"))
        #expect(file.sha256 == sum && file.bytes == data.count && file.lastModified != nil)
        #expect(try here.bytes("whole") == Array(data))
        let validator = url.scheme == "ftp" ? file.lastModified : file.etag
        for count in [1, 1_500_000, data.count - 1, data.count] {
            try part(data.prefix(count), of: url, file, validator, in: here)
            let tally = TransferTally()
            let resumed = try await Self.downloader.download(url, to: here("rest"), tally: tally)
            #expect(resumed.sha256 == sum && tally.counts.bytes == data.count - count && tally.counts.requests == 1, "\(count): \(tally.counts)")
            #expect(try here.bytes("rest") == Array(data))
        }
        // A part of another version, and one that is longer than the file has become.
        for length in [data.count, 1000] {
            let changed = Self.noise(length, seed: 9)
            try changed.write(to: URL(fileURLWithPath: original))
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: original)
            try part(data.prefix(2_000_000), of: url, file, validator, in: here)
            _ = try await Self.downloader.download(url, to: here("rest"))
            #expect(try here.bytes("rest") == Array(changed))
        }
    }

    /// What an interrupted download leaves.
    private func part(_ bytes: Data, of url: RemoteURL, _ file: FetchedFile, _ validator: String?, in folder: ScratchFolder) throws {
        try bytes.write(to: URL(fileURLWithPath: folder("rest.part")))
        let note: [String: Any?] = [
            "format": 1, "source": url.description, "etag": file.etag, "lastModified": file.lastModified, "validator": validator, "total": file.bytes,
            "bytes": bytes.count,
        ]
        try JSONSerialization.data(withJSONObject: note.compactMapValues { $0 }).write(to: URL(fileURLWithPath: folder("rest.part.json")))
    }

    @Test(.enabled(if: FTPServer.isAvailable)) func ftpSaysWhatItDoesNotHave() async throws {
        let (served, here, _) = try folders(Data([1]))
        let server = try FTPServer(serving: served.path)
        let url = try RemoteURL(server.base + "/none/x.ch5")
        let error = await #expect(throws: IDRError.self) { try await Self.downloader.download(url, to: here("x")) }
        #expect(error?.subject == [url.description] && [.missing, .refused].contains(error?.code), "\(String(describing: error))")
        let absent = try RemoteURL(server.base + "/x.ch5")
        let second = await #expect(throws: IDRError.self) { try await Self.downloader.download(absent, to: here("x")) }
        #expect(second?.code == .missing && here.contents.isEmpty, "\(String(describing: second))")
    }
}
