import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// Models that are fetched.
@Suite struct PulledModelTests {
    private static let client: RemoteClient = {
        var policy = RetryPolicy()
        policy.firstWait = 0.001
        policy.longestBackOff = 0.01
        return RemoteClient(policy: policy, limits: ExchangeLimits())
    }()

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    private func pull(_ desk: OwnStore, _ addresses: [(String, sha256: String)]) async throws -> [ModelFile] {
        let sources = try addresses.map { try ModelSource.address(RemoteURL($0.0), sha256: #require(Digest($0.sha256))) }
        return try await desk.store.add("mine", from: sources, client: Self.client)
    }

    @Test func aModelIsFetchedAndChecked() async throws {
        let desk = try OwnStore()
        let (network, size) = (try bytes(OwnStore.network), try bytes(OwnStore.sizeModel))
        let server = try LoopbackServer { request in LoopbackServer.file(request.path.contains("npy") ? size : network, request) }
        let digests = try (SHA256.digest(of: network).hex, SHA256.digest(of: size).hex)
        let files = try await pull(
            desk,
            [("\(server.base)/a/my%20nuclei.pth?key=secret#part", digests.0), ("\(server.base)/size.npy?download=1", digests.1)])
        #expect(files.map(\.file.name) == ["my nuclei.pth", "size.npy"] && files.map(\.file.sha256.hex) == [digests.0, digests.1])
        #expect(desk.own == ["mine/MODEL_CARD.md", "mine/my nuclei.pth", "mine/size.npy"] && desk.folders == ["mine"])
        let card = String(decoding: try desk.scratch.bytes("own/mine/MODEL_CARD.md"), as: UTF8.self)
        #expect(card.contains("fetched from <\(server.base)/a/my%20nuclei.pth>") && !card.contains("secret"), "\(card)")
    }

    @Test func anotherDigestIsNotKept() async throws {
        let desk = try OwnStore()
        let network = try bytes(OwnStore.network)
        let server = try LoopbackServer { LoopbackServer.file(network, $0) }
        let wrong = String(repeating: "ab", count: 32)
        let error = await #expect(throws: IDRError.self) { try await pull(desk, [("\(server.base)/n.pth", wrong)]) }
        let text = error?.description ?? ""
        let found = try SHA256.digest(of: network).hex
        #expect(error?.code == .changed && text.contains(wrong) && text.contains(found) && text.contains("/n.pth"), "\(text)")
        // One that has it does not save another that has not.
        let second = await #expect(throws: IDRError.self) {
            try await pull(desk, [("\(server.base)/n.pth", SHA256.digest(of: network).hex), ("\(server.base)/s.npy", wrong)])
        }
        #expect(second?.code == .changed && desk.folders.isEmpty)
    }

    /// The digest says that the file is the published one, not that it can be used.
    @Test func whatIsFetchedIsTriedToo() async throws {
        let desk = try OwnStore()
        let page = Array("<!DOCTYPE html>".utf8)
        let server = try LoopbackServer { LoopbackServer.file(page, $0) }
        let error = await #expect(throws: IDRError.self) { try await pull(desk, [("\(server.base)/n.pth", SHA256.digest(of: page).hex)]) }
        #expect(error?.description.contains("\(server.base)/n.pth") == true && error?.description.contains(".partial") == false, "\(error as Any)")
        #expect(desk.folders.isEmpty)
    }

    @Test func whatDoesNotComeIsNamedAndNothingIsKept() async throws {
        let desk = try OwnStore()
        let network = try bytes(OwnStore.network)
        let digest = try SHA256.digest(of: network).hex
        let missing = try LoopbackServer { _ in LoopbackServer.answer(404) }
        await expectError(.missing, "/n.pth") { try await pull(desk, [("\(missing.base)/n.pth", digest)]) }
        // Half of it, again and again.
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(network.count)\r\nConnection: close\r\n\r\n"
        let cut = try LoopbackServer { _ in [.send(Array(head.utf8) + network.prefix(1000))] }
        await expectError(.transfer, "/n.pth") { try await pull(desk, [("\(cut.base)/n.pth", digest)]) }
        let large = try LoopbackServer { _ in LoopbackServer.answer(200, ["Content-Length": "\(1 << 40)"], body: [0]) }
        await expectError(.refused, "too large") { try await pull(desk, [("\(large.base)/n.pth", digest)]) }
        #expect(desk.folders.isEmpty)
    }

    @Test(arguments: [
        "", "..", "..%2f", "..%2fn.pth", "a%2fn.pth", "%2e%2e%2fn.pth", ".n.pth", "a%5cn.pth", "n%00.pth", "n%0a.pth", "%ff.pth", "n%E2%80%AE.pth",
    ])
    func addressesThatNameNoFileAreRefusedUnasked(last: String) async throws {
        let desk = try OwnStore()
        let server = try LoopbackServer { _ in LoopbackServer.answer(200) }
        await expectError(.refused, "a model's file cannot be called") {
            try await pull(desk, [("\(server.base)/models/\(last)", String(repeating: "0", count: 64))])
        }
        #expect(server.requests.isEmpty && desk.folders.isEmpty)
    }

    @Test(arguments: ["n", "n.zip", "download", "n.pth.gz"])
    func theEndingDecides(last: String) async throws {
        let desk = try OwnStore()
        let server = try LoopbackServer { _ in LoopbackServer.answer(200) }
        await expectError(.invalidInput, "this is no file of weights") {
            try await pull(desk, [("\(server.base)/\(last)?n.pth", String(repeating: "0", count: 64))])
        }
        #expect(server.requests.isEmpty)
    }

    @Test func aPullThatIsCancelledLeavesNothing() async throws {
        let desk = try OwnStore()
        let network = try bytes(OwnStore.network)
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(network.count)\r\n\r\n"
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let server = try LoopbackServer { _ in
            begin.yield()
            return [.send(Array(head.utf8) + network.prefix(1000)), .wait(seconds: 600)]
        }
        let address = "\(server.base)/n.pth"
        let task = Task { try await pull(desk, [(address, String(repeating: "0", count: 64))]) }
        for await _ in begun { break }
        #expect(desk.folders.count == 1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(desk.folders.isEmpty)
    }
}
