import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct FileLockTests {
    @Test func oneHolderOrManyReaders() throws {
        let folder = try ScratchFolder()
        let place = folder("made/for")
        #expect(throws: IDRError.self) { try FileLock.attempt(.exclusive, folder: place) }
        let first = try #require(try FileLock.attempt(.exclusive, folder: folder("made")))
        #expect(try FileLock.attempt(.shared, folder: folder("made")) == nil && FileLock.attempt(.exclusive, folder: folder("made")) == nil)
        #expect(first.share())
        let second = try #require(try FileLock.attempt(.shared, folder: folder("made")))
        #expect(try FileLock.attempt(.exclusive, folder: folder("made")) == nil)
        first.release()
        #expect(try FileLock.attempt(.exclusive, folder: folder("made")) == nil)
        second.release()
        #expect(try FileLock.attempt(.exclusive, folder: folder("made")) != nil)
    }

    @Test func aLockEndsWithItsValue() throws {
        let folder = try ScratchFolder()
        do {
            let lock = try #require(try FileLock.attempt(.exclusive, file: folder(".lock")))
            #expect(try FileLock.attempt(.exclusive, file: folder(".lock")) == nil)
            withExtendedLifetime(lock) {}
        }
        #expect(try FileLock.attempt(.exclusive, file: folder(".lock")) != nil)
        #expect(folder.contents == [".lock"])
    }

    @Test func aLockOfAFileThatIsGoneKeepsNobodyOut() throws {
        let folder = try ScratchFolder()
        let old = try #require(try FileLock.attempt(.exclusive, folder: folder("a")))
        try FileManager.default.removeItem(atPath: folder("a"))
        #expect(try FileLock.attempt(.exclusive, folder: folder("a")) != nil)
        withExtendedLifetime(old) {}
    }

    /// A link could lead a lock, or what is written to the locked file, to somewhere else.
    @Test func linksAreNotFollowed() throws {
        let folder = try ScratchFolder()
        try FileManager.default.createSymbolicLink(atPath: folder(".lock"), withDestinationPath: folder("elsewhere"))
        let error = #expect(throws: IDRError.self) { try FileLock.attempt(.exclusive, file: folder(".lock")) }
        #expect(error?.problem == "\(folder(".lock")) cannot be created" && folder.contents == [".lock"])
    }

    @Test func waitingEndsWithTheTask() async throws {
        let folder = try ScratchFolder()
        let lock = try #require(try FileLock.attempt(.exclusive, folder: folder.path))
        let waiting = Task { [path = folder.path] in _ = try await FileLock.acquire(.exclusive, folder: path) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        lock.release()
        _ = try await FileLock.acquire(.exclusive, folder: folder.path)
    }
}

/// File systems without locks: what is said of them.
@Suite struct LocklessFileSystemTests {
    @Test(arguments: [ENOLCK, ENOSYS, EOPNOTSUPP]) func theyAreNamedWithAWayOn(code: Int32) {
        let error = FileLock.failure("/net/x/.lock cannot be locked", at: "/net/x/.lock", errno: code)
        #expect(error.code == .system && error.reason?.contains("has no locks (flock)") == true, "\(error)")
        #expect(error.advice?.contains("--output") == true && error.advice?.contains("XDG_CACHE_HOME") == true)
    }

    @Test func otherFailuresAreWhatTheyAre() {
        #expect(FileLock.failure("p", at: "p", errno: EACCES) == SystemFailure.error("p", at: "p", errno: EACCES))
    }
}
