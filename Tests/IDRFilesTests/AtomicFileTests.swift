import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func appearsOnlyWhenCommitted() throws {
        let folder = try ScratchFolder()
        var file = try AtomicFile(folder("table.csv"))
        try file.append(Array("a,b\n".utf8))
        #expect(!folder.contents.contains("table.csv"))
        try file.append(Array("1,2\n".utf8))
        try file.commit()
        #expect(folder.contents == ["table.csv"])
        #expect(try folder.bytes("table.csv") == Array("a,b\n1,2\n".utf8))
    }

    @Test func leavesNothingUncommitted() throws {
        let folder = try ScratchFolder()
        do {
            var file = try AtomicFile(folder("table.csv"))
            try file.append([1, 2, 3])
            #expect(folder.contents.count == 1)
            #expect(folder.contents.allSatisfy { $0.hasSuffix(UnderWay.suffix) })
        }
        #expect(folder.contents.isEmpty)
    }

    @Test func replacesAndKeepsTheOldOneUntilThen() throws {
        let folder = try ScratchFolder()
        try AtomicFile.write([1], to: folder("x"))
        var file = try AtomicFile(folder("x"))
        try file.append([2, 2])
        #expect(try folder.bytes("x") == [1])
        try file.commit()
        #expect(try folder.bytes("x") == [2, 2])
    }

    @Test func twoWritersOfOneNameDoNotMeet() throws {
        let folder = try ScratchFolder()
        var first = try AtomicFile(folder("x"))
        var second = try AtomicFile(folder("x"))
        try first.append([1])
        try second.append([2])
        try first.commit()
        #expect(try folder.bytes("x") == [1])
        try second.commit()
        #expect(try folder.bytes("x") == [2])
        #expect(folder.contents == ["x"])
    }

    @Test func relativePathsAreOfTheWorkingFolder() throws {
        let name = "idrkit-\(UUID().uuidString)"
        defer { unlink(name) }
        try AtomicFile.write([7], to: name)
        #expect(FileManager.default.contents(atPath: name) == Data([7]))
    }

    @Test func missingFolderIsNamed() throws {
        let folder = try ScratchFolder()
        let path = folder("none/x")
        let error = #expect(throws: IDRError.self) { try AtomicFile.write([1], to: path) }
        #expect(error?.code == .system)
        #expect(error?.problem.contains(path) == true)
        #expect(error?.reason == "No such file or directory")
        #expect(error?.advice != nil)
    }

    @Test func fileInPlaceOfAFolderIsRefused() throws {
        let folder = try ScratchFolder()
        try AtomicFile.write([1], to: folder("file"))
        let error = #expect(throws: IDRError.self) { try AtomicFile.write([1], to: folder("file/x")) }
        #expect(error?.reason == "Not a directory")
    }

    @Test func folderOfThatNameIsKeptAndNothingIsLeft() throws {
        let folder = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: folder("x"), withIntermediateDirectories: false)
        let error = #expect(throws: IDRError.self) { try AtomicFile.write([1], to: folder("x")) }
        #expect(error?.code == .system)
        #expect(folder.contents == ["x"])
    }

    /// A child process that may write no more than 64 KiB to a file meets the same path as a full disk: a short write, then an error.
    @Test func fullDiskLeavesNothing() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let folder = try ScratchFolder()
            limitFileSize(to: 1 << 16)
            var outcome = Int32(1)
            do {
                try AtomicFile.write([UInt8](repeating: 1, count: 1 << 20), to: folder("x"))
            } catch let error as IDRError {
                outcome = error.reason == "File too large" && error.advice != nil && error.code == .system && folder.contents.isEmpty ? 0 : 2
            }
            try? FileManager.default.removeItem(atPath: folder.path)
            exit(outcome)
        }
    }

    @Test func fullDiskLeavesNoGzipFile() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let folder = try ScratchFolder()
            var random = SeededGenerator(seed: 1)
            let noise = (0..<1 << 18).map { _ in UInt8.random(in: 0...255, using: &random) }
            limitFileSize(to: 1 << 16)
            var outcome = Int32(1)
            do {
                var file = try GzipFile(folder("x.gz"))
                try noise.withUnsafeBytes { try file.append($0) }
                try file.commit()
            } catch let error as IDRError {
                outcome = error.reason == "File too large" && folder.contents.isEmpty ? 0 : 2
            }
            try? FileManager.default.removeItem(atPath: folder.path)
            exit(outcome)
        }
    }
}
