import Foundation
import IDRFiles
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// A store that holds given objects. A new kind of store is an entry of ``all``.
struct StoreCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// - Parameter folder: for a store that needs one; beside it lies a file `secret` that is no object.
    let make: @Sendable (_ objects: [String: [UInt8]], _ folder: ScratchFolder) throws -> (store: any ObjectStore, server: LoopbackServer?)

    var testDescription: String { name }

    static let all: [StoreCase] = [
        StoreCase(name: "folder") { objects, folder in
            for (key, bytes) in objects {
                let url = URL(fileURLWithPath: folder("root/" + key))
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: url)
            }
            return (FolderStore(folder("root")), nil)
        },
        StoreCase(name: "server") { objects, folder in
            let server = try LoopbackServer { request in
                let path = request.path.removingPercentEncoding ?? ""
                // It would give away what lies above.
                if path.split(separator: "/").contains("..") { return LoopbackServer.file(ObjectStoreContractTests.secret, request) }
                guard path.hasPrefix("/root/"), let bytes = objects[String(path.dropFirst("/root/".count))] else { return LoopbackServer.answer(404) }
                return LoopbackServer.file(bytes, request)
            }
            return (RemoteStore(base: try RemoteURL(server.base + "/root"), client: RemoteClient.impatient(), tally: TransferTally()), server)
        },
        StoreCase(name: "archive") { objects, folder in
            let entries = objects.sorted { $0.key < $1.key }.map { ZipWriter.Entry("P.ome.zarr/" + $0.key, bytes: $0.value) }
            try ZipWriter.write(entries + [ZipWriter.Entry("secret", bytes: ObjectStoreContractTests.secret)], to: folder("root.zip"))
            return (try ZipStore(reading: folder("root.zip"), below: [".zattrs", "zarr.json"]), nil)
        },
        StoreCase(name: "memory") { objects, _ in (MemoryStore(objects), nil) },
    ]
}

/// What every ``ObjectStore`` must do; those who read Zarr do not ask which one they have.
@Suite struct ObjectStoreContractTests {
    static let secret = Array("secret".utf8)
    private static let bytes = (0..<1000).map { UInt8($0 % 251) }
    private static let objects: [String: [UInt8]] = ["a": bytes, "deep/er/0.0": Array(bytes.prefix(10)), "empty": [], ".zattrs": Array("{}".utf8)]
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: folder("root"), withIntermediateDirectories: false)
        try Data(Self.secret).write(to: URL(fileURLWithPath: folder("secret")))
    }

    /// The server, where there is one, has to live as long as the store is used.
    private func with(_ made: StoreCase, _ body: (any ObjectStore) async throws -> Void) async throws {
        let (store, server) = try made.make(Self.objects, folder)
        #expect(!store.name.isEmpty)
        try await body(store)
        withExtendedLifetime(server) {}
    }

    @Test(arguments: StoreCase.all) func wholeObjects(made: StoreCase) async throws {
        try await with(made) { store in
            for (key, bytes) in Self.objects {
                let got = try await store.bytes(of: key, .all, limit: 1000)
                #expect(got == bytes, "\(key)")
            }
        }
    }

    @Test(arguments: StoreCase.all) func ranges(made: StoreCase) async throws {
        try await with(made) { store in
            for range in [0..<1, 0..<1000, 999..<1000, 250..<260] {
                let got = try await store.bytes(of: "a", .range(range), limit: 1000)
                #expect(got == Array(Self.bytes[range]), "\(range)")
            }
            for range in [0..<1001, 999..<1001, 1000..<1001, 5000..<5010] {
                await #expect(throws: IDRError.self, "\(range)") { try await store.bytes(of: "a", .range(range), limit: 10_000) }
            }
        }
    }

    /// Of an object that is shorter, all of it.
    @Test(arguments: StoreCase.all) func ends(made: StoreCase) async throws {
        try await with(made) { store in
            for count in [1, 16, 999, 1000, 1001, 5000] {
                let got = try await store.bytes(of: "a", .suffix(count), limit: 10_000)
                #expect(got == Array(Self.bytes.suffix(count)), "\(count)")
            }
        }
    }

    /// That there is no object is an answer, whatever part of it is asked for.
    @Test(arguments: StoreCase.all) func missingObjects(made: StoreCase) async throws {
        try await with(made) { store in
            for key in ["b", "deep/er/0.1", "deep/none/0", "none/at/all", "a/b", "A"] {
                for part in [ObjectPart.all, .range(0..<4), .suffix(4)] {
                    let got = try await store.bytes(of: key, part, limit: 1000)
                    #expect(got == nil, "\(key) \(part)")
                }
            }
        }
    }

    @Test(arguments: StoreCase.all) func moreThanTheLimitIsRefused(made: StoreCase) async throws {
        try await with(made) { store in
            for part in [ObjectPart.all, .range(0..<1000), .suffix(1000)] {
                let error = await #expect(throws: IDRError.self, "\(part)") { try await store.bytes(of: "a", part, limit: 999) }
                #expect(error?.code == .refused, "\(String(describing: error))")
                let got = try await store.bytes(of: "a", part, limit: 1000)
                #expect(got == Self.bytes)
            }
            let got = try await store.bytes(of: "a", .range(0..<10), limit: 10)
            #expect(got == Array(Self.bytes.prefix(10)))
        }
    }

    /// Names in metadata are foreign: none leads out of the store. It is refused, or no object.
    @Test(
        arguments: StoreCase.all,
        [
            "../secret", "deep/../../secret", "..", ".", "a/..", "deep/./../../secret", "..\\secret", "%2e%2e/secret", "a\u{0}", "a\nb",
            "x\u{0}/../../secret",
        ]
    ) func hostileKeys(made: StoreCase, key: String) async throws {
        try await with(made) { store in
            for part in [ObjectPart.all, .range(0..<2), .suffix(2)] {
                do {
                    let got = try await store.bytes(of: key, part, limit: 1000)
                    #expect(got == nil)
                } catch {
                    #expect((error as? IDRError)?.code == .refused, "\(error)")
                }
            }
        }
    }

    @Test(arguments: StoreCase.all) func manyAtOnce(made: StoreCase) async throws {
        try await with(made) { store in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<50 {
                    group.addTask { try await store.bytes(of: "a", .range(index..<index + 20), limit: 20) == Array(Self.bytes[index..<index + 20]) }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    /// Whoever gives up gets bytes or his own cancellation.
    @Test(arguments: StoreCase.all) func cancellationStaysCancellation(made: StoreCase) async throws {
        try await with(made) { store in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await store.bytes(of: "a", .all, limit: 1000)
            }
            do {
                let got = try await task.value
                #expect(got == Self.bytes)
            } catch {
                #expect(error is CancellationError, "\(error)")
            }
        }
    }
}
