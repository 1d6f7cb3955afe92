import Foundation
import IDRFiles
import IDRPlan
import Synchronization
import TestSupport
import Testing

/// Files by key in a folder that tasks and processes share.
@Suite struct FileCacheTests {
    private let scratch: ScratchFolder
    private let cache: FileCache

    init() throws {
        scratch = try ScratchFolder()
        cache = try FileCache(folder: scratch("cache"), limit: 1000)
    }

    /// A fetch that leaves `bytes`, and counts.
    final class Source: Sendable {
        let bytes: [UInt8]
        private let count = Atomic(0)
        var calls: Int { count.load(ordering: .relaxed) }

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func fetch(_ part: PartialFile) throws -> FetchedFile {
            count.add(1, ordering: .relaxed)
            try AtomicFile.write(bytes, to: part.path)
            return FetchedFile(
                bytes: bytes.count, sha256: try SHA256.digest(of: bytes), etag: "\"e\"", lastModified: "then", source: "https://host/x")
        }
    }

    private func folder(_ key: String) throws -> String { scratch("cache") + "/" + (try SHA256.digest(of: key).hex) }

    private func names(_ key: String) throws -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder(key))) ?? []).sorted()
    }

    /// For all that is in the cache: when something was last used is told by the stamps of the files beside it.
    private func aSecondPasses(in folder: String) throws {
        for name in scratch.files(below: folder) where !name.hasSuffix("/data") {
            let path = scratch("\(folder)/\(name)")
            let used = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            try FileManager.default.setAttributes([.modificationDate: try #require(used) - 1], ofItemAtPath: path)
        }
    }

    @Test func whatIsMissingIsFetchedOnce() async throws {
        let source = Source([1, 2, 3])
        let began = Date().timeIntervalSince1970
        for _ in 0..<3 {
            let file = try await cache.lease("../../etc/passwd", fetch: source.fetch)
            #expect(try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)) } == Data([1, 2, 3]))
            let entry = file.entry
            #expect(entry.key == "../../etc/passwd" && entry.file.bytes == 3 && entry.file.etag == "\"e\"" && entry.file.lastModified == "then")
            #expect(entry.file.source == "https://host/x" && (began - 1...Date().timeIntervalSince1970 + 1).contains(Double(entry.fetchedAt)))
            #expect(try entry.file.sha256 == SHA256.digest(of: [UInt8]([1, 2, 3])))
        }
        #expect(source.calls == 1)
        // The key is no path: all of it is in one folder that its digest names.
        #expect(try scratch.contents == ["cache"] && names("../../etc/passwd") == ["data", "entry.json", "lock"])
        #expect(cache.entries().map(\.key) == ["../../etc/passwd"])
    }

    @Test func theUsersCacheFolderIsTheDefault() {
        #expect(FileCache.defaultFolder(["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/idrkit/downloads")
        #expect(FileCache.defaultFolder(["HOME": "/h"]) == "/h/.cache/idrkit/downloads")
        #expect(FileCache.defaultFolder(["XDG_CACHE_HOME": "relative", "HOME": "/h"]) == "/h/.cache/idrkit/downloads")
    }

    /// Two caches over one folder have no memory in common, as two processes have none: locks are of open files.
    @Test func manyWhoWantOneFileFetchItOnce() async throws {
        let source = Source([UInt8](repeating: 5, count: 100))
        let caches = try (0..<2).map { _ in try FileCache(folder: scratch("cache"), limit: 1000) }
        let wanting = Count()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<12 {
                group.addTask {
                    wanting.add()
                    let file = try await caches[index % 2].lease("k") { part in
                        try await eventually("all want it") { wanting.now == 12 }
                        return try source.fetch(part)
                    }
                    return try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
                }
            }
            for try await count in group { #expect(count == 100) }
        }
        #expect(source.calls == 1)
    }

    @Test func whoWaitsTakesOverWhereTheFirstFails() async throws {
        struct Broken: Error {}
        let source = Source([7])
        let (cache, started, wanting) = (cache, Source([]), Count())
        let first = Task {
            try await cache.lease("k") { part in
                _ = try started.fetch(part)
                try await eventually("another wants it") { wanting.now > 0 }
                throw Broken()
            }
        }
        try await eventually("the first fetch") { started.calls > 0 }
        wanting.add()
        let second = try await cache.lease("k", fetch: source.fetch)
        await #expect(throws: Broken.self) { try await first.value }
        #expect(second.entry.file.bytes == 1 && source.calls == 1)
    }

    @Test func whoWaitsCanBeCancelled() async throws {
        let cache = cache
        let first = Task {
            try await cache.lease("k") { _ in
                try await Task.sleep(for: .seconds(3600)); throw CancellationError()
            }
        }
        try await eventually("the first fetch") { try !names("k").isEmpty }
        let second = Task { try await cache.lease("k", fetch: Source([1]).fetch) }
        try await Task.sleep(for: .milliseconds(20))
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try !FileManager.default.fileExists(atPath: folder("k")))
    }

    @Test func aFetchThatFailsLeavesItsBeginningAndNoFile() async throws {
        struct Broken: Error {}
        await #expect(throws: Broken.self) {
            try await cache.lease("k") { part in
                try AtomicFile.write([1, 2], to: part.path)
                throw Broken()
            }
        }
        #expect(try names("k") == ["data.part", "lock"] && cache.entries().isEmpty)
        let file = try await cache.lease("k") { part in
            #expect(FileManager.default.contents(atPath: part.path) == Data([1, 2]))
            return try Source([1, 2, 3]).fetch(part)
        }
        #expect(file.entry.file.bytes == 3)
    }

    @Test func aFetchThatLeavesSomethingElseIsAnError() async throws {
        let error = await #expect(throws: IDRError.self) {
            try await cache.lease("k") { part in
                try AtomicFile.write([1, 2], to: part.path)
                return FetchedFile(bytes: 3, sha256: Digest(filledWith: 0), source: "s")
            }
        }
        #expect(error?.code == .transfer && cache.entries().isEmpty)
    }

    @Test(arguments: ["cut data", "no data", "no entry", "damaged entry", "another key", "another format", "data is a link", "another byte"])
    func whatIsDamagedIsFetchedAgain(damage: String) async throws {
        let source = Source([1, 2, 3])
        _ = try await cache.lease("k", fetch: source.fetch)
        let (data, entry) = (try folder("k") + "/data", try folder("k") + "/entry.json")
        let text = try String(contentsOfFile: entry, encoding: .utf8)
        switch damage {
        case "cut data": truncate(data, 2)
        case "no data": unlink(data)
        case "another byte": try Data([1, 9, 3]).write(to: URL(fileURLWithPath: data))
        case "no entry": unlink(entry)
        case "damaged entry": try text.dropLast(5).write(toFile: entry, atomically: false, encoding: .utf8)
        case "another key": try text.replacing("\"k\"", with: "\"l\"").write(toFile: entry, atomically: false, encoding: .utf8)
        case "another format": try text.replacing("\"format\":1", with: "\"format\":2").write(toFile: entry, atomically: false, encoding: .utf8)
        default:
            unlink(data)
            symlink("/etc/hostname", data)
        }
        let file = try await cache.lease("k", fetch: source.fetch)
        #expect(source.calls == 2)
        #expect(try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)) } == Data([1, 2, 3]))
    }

    /// In place, by a byte, and with the stamps that it had: who has read it learns that its digest is not that of what was read.
    @Test func aFileThatChangesWhileItIsReadIsNoticed() async throws {
        let source = Source([1, 2, 3])
        for _ in 0..<2 {
            let file = try await cache.lease("k", fetch: source.fetch)
            try file.check()
            let data = try folder("k") + "/data"
            var times = stat()
            stat(data, &times)
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: data))
            try handle.write(contentsOf: Data([9]))
            try handle.close()
            var stamps = [times.st_atim, times.st_mtim]
            utimensat(AT_FDCWD, data, &stamps, 0)
            let error = #expect(throws: IDRError.self) { try file.check() }
            #expect(error?.problem == "the file changed while it was read" && error?.subject == ["https://host/x"])
        }
        #expect(source.calls == 2)
    }

    @Test func whatIsOfNoUseIsFetchedAgain() async throws {
        let source = Source([1, 2, 3])
        do {
            let file = try await cache.lease("k", fetch: source.fetch)
            file.discard()
            // Whoever reads it still can.
            #expect(try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)).count } == 3)
        }
        _ = try await cache.lease("k", fetch: source.fetch)
        #expect(source.calls == 2)
    }

    /// The least recently used go first, and what is in use stays.
    @Test func theLimitIsKept() async throws {
        let sources = (0..<6).map { Source([UInt8](repeating: UInt8($0), count: 150)) }
        _ = try await cache.lease("0", fetch: sources[0].fetch)
        let cache = try FileCache(folder: scratch("small"), limit: 3 * cache.totalBytes() + 10)
        let held = try await cache.lease("0", fetch: sources[0].fetch)
        for index in 1..<6 {
            try aSecondPasses(in: "small")
            _ = try await cache.lease("\(index)", fetch: sources[index].fetch)
            if index == 2 {
                try aSecondPasses(in: "small")
                _ = try await cache.lease("1", fetch: sources[1].fetch)
            }
        }
        #expect(cache.totalBytes() <= cache.limit)
        let kept = cache.entries().map(\.key)
        #expect(kept.contains("0") && kept.contains("5") && !kept.contains("2") && !kept.contains("3"), "\(kept), \(cache.totalBytes())")
        #expect(try await held.use { try Data(contentsOf: URL(fileURLWithPath: $0)) } == Data(sources[0].bytes))
    }

    @Test func whatWasUsedLastStaysLongest() async throws {
        for key in ["a", "b", "c"] {
            try await cache.put(key, [UInt8](repeating: 1, count: 10), source: "s")
            try aSecondPasses(in: "cache")
        }
        #expect(try await cache.get("a") != nil)
        let small = try FileCache(folder: scratch("cache"), limit: 250)
        try await small.sweep()
        #expect(small.entries().map(\.key) == ["a"], "\(small.entries()), \(small.totalBytes())")
    }

    @Test func aFileLargerThanTheLimitServesWhileItIsInUse() async throws {
        let source = Source([UInt8](repeating: 1, count: 5000))
        do {
            let file = try await cache.lease("large", fetch: source.fetch)
            #expect(try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)).count } == 5000)
            try await cache.put("small", [1], source: "s")
            #expect(try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)).count } == 5000)
        }
        try await cache.sweep()
        #expect(cache.entries().map(\.key) == ["small"])
    }

    @Test func beginningsThatNobodyGoesOnWithAreRemoved() async throws {
        struct Broken: Error {}
        for key in ["old", "new"] {
            _ = try? await cache.lease(key) { part in
                try AtomicFile.write([1], to: part.path)
                throw Broken()
            }
        }
        let old = Date(timeIntervalSinceNow: -8 * 24 * 3600)
        for name in try names("old") { try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: folder("old") + "/" + name) }
        try await cache.sweep()
        #expect(try names("old") == [] && names("new") == ["data.part", "lock"])
    }

    /// What a process left that was killed between any two of its steps goes with the next use: of the same file, or of another.
    @Test(arguments: [true, false]) func leftoversGo(sameFile: Bool) async throws {
        _ = try await cache.lease("whole", fetch: Source([1, 2, 3]).fetch)
        for key in ["unnamed", "torn", "empty", "begun"] {
            _ = try await cache.lease(key, fetch: Source([4]).fetch)
            for name in try names(key) where name != "lock" { unlink(try folder(key) + "/" + name) }
        }
        try AtomicFile.write([4], to: folder("unnamed") + "/data")
        for (key, name) in [("torn", ".entry.json.123-0.partial"), ("whole", ".data.1-0.partial"), ("torn", "part.json"), ("whole", "part.json.new")]
        {
            try AtomicFile.write([4], to: folder(key) + "/" + name)
        }
        for name in ["data.part", "data.part.aspx"] { try AtomicFile.write([4], to: folder("begun") + "/" + name) }
        let next = try FileCache(folder: scratch("cache"), limit: 1000)
        if sameFile { for key in ["unnamed", "torn", "empty"] { _ = try await next.lease(key, fetch: Source([5]).fetch) } }
        try await next.put("other", [7], source: "s")
        for key in ["unnamed", "torn", "empty"] { #expect(try names(key) == (sameFile ? ["data", "entry.json", "lock"] : [])) }
        #expect(try names("whole") == ["data", "entry.json", "lock"] && names("begun") == ["data.part", "data.part.aspx", "lock"])
    }

    @Test func whatIsNotTheCachesIsNotTouched() async throws {
        let cache = try FileCache(folder: scratch("cache"), limit: 0)
        try AtomicFile.write([UInt8](repeating: 1, count: 100), to: scratch("cache/notes.txt"))
        try FileManager.default.createDirectory(atPath: scratch("cache/\(String(repeating: "A", count: 64))"), withIntermediateDirectories: false)
        try await cache.sweep()
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("cache")).count == 2)
    }

    @Test func smallThingsArePutAndGot() async throws {
        #expect(try await cache.get("k") == nil)
        #expect(cache.entries().isEmpty && scratch.files().isEmpty)
        try await cache.put("k", Array("{}".utf8), source: "https://host/api", etag: "\"1\"")
        let got = try #require(try await cache.get("k"))
        #expect(got.bytes == Array("{}".utf8) && got.entry.file.etag == "\"1\"" && got.entry.file.source == "https://host/api")
        try await cache.put("k", [1, 2, 3], source: "s")
        #expect(try await cache.get("k")?.bytes == [1, 2, 3])
        #expect(try await cache.get("k", limit: 2) == nil)
        try await cache.put("large", [UInt8](repeating: 0, count: 1001), source: "s")
        #expect(try await cache.get("large") == nil && cache.entries().map(\.key) == ["k"])
    }

    /// A changed byte is not noticed by its length.
    @Test func smallThingsAreComparedWithTheirDigest() async throws {
        try await cache.put("k", [1, 2, 3], source: "s")
        try Data([1, 9, 3]).write(to: URL(fileURLWithPath: folder("k") + "/data"))
        #expect(try await cache.get("k") == nil)
        try await cache.put("k", [4], source: "s")
        #expect(try await cache.get("k")?.bytes == [4])
    }

    /// Tasks of two caches that store, use and sweep at the same time, over a limit that is far too small.
    @Test func aCrowdNeverSeesAnythingWrong() async throws {
        let caches = try (0..<2).map { _ in try FileCache(folder: scratch("crowd"), limit: 1500) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<6 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(task))
                    for _ in 0..<25 {
                        let key = Int.random(in: 0..<5, using: &random)
                        let bytes = [UInt8](repeating: UInt8(key), count: 100 + key * 150)
                        let cache = caches[Int.random(in: 0..<2, using: &random)]
                        switch Int.random(in: 0..<4, using: &random) {
                        case 0: try await cache.put("p\(key)", bytes, source: "s")
                        case 1:
                            if let got = try await cache.get("p\(key)") { #expect(got.bytes == bytes) }
                        default:
                            let file = try await cache.lease("\(key)", fetch: Source(bytes).fetch)
                            #expect(try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)) } == Data(bytes))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await caches[0].sweep()
        #expect(caches[0].totalBytes() <= 1500)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        try AtomicFile.write([1], to: scratch("file"))
        let error = #expect(throws: IDRError.self) { try FileCache(folder: scratch("file/cache"), limit: 1) }
        #expect(error?.code == .system && error?.subject == [scratch("file/cache")] && error?.advice?.contains("XDG_CACHE_HOME") == true)
    }
}
