import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// What is there, what is not, and what cannot be known are three answers; the last comes with the system's own reason.
@Suite struct OnDiskTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// Paths that nobody can read, whoever runs the tests: a link to itself, and one below a file.
    private func unreadable() throws -> [(path: String, reason: String)] {
        try FileManager.default.createSymbolicLink(atPath: scratch("loop"), withDestinationPath: "loop")
        try Data("x".utf8).write(to: URL(fileURLWithPath: scratch("file")))
        return [(scratch("loop"), SystemFailure.reason(ELOOP)), (scratch("file/below"), SystemFailure.reason(ENOTDIR))]
    }

    @Test func namesOfAFolder() throws {
        for name in ["b", "a.json", ".hidden"] { try Data().write(to: URL(fileURLWithPath: scratch(name))) }
        try FileManager.default.createDirectory(atPath: scratch("c/d"), withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: scratch("c/d/e")))
        try FileManager.default.createSymbolicLink(atPath: scratch("c/up"), withDestinationPath: "..")
        #expect(try OnDisk.names(in: scratch.path) == [".hidden", "a.json", "b", "c"])
        #expect(try OnDisk.tree(below: scratch("c")) == ["d", "d/e", "up"])
        #expect(try OnDisk.names(in: scratch("none")) == nil && OnDisk.tree(below: scratch("none")) == nil)
    }

    @Test func whatCannotBeReadIsNoEmptyFolder() throws {
        for (path, reason) in try unreadable() {
            for ask in [{ _ = try OnDisk.names(in: path) }, { _ = try OnDisk.tree(below: path) }, { _ = try OnDisk.size(of: path) }]
                as [() throws -> Void]
            {
                let error = #expect(throws: IDRError.self) { try ask() }
                #expect(error?.code == .system && error?.reason == reason && error?.problem.contains(path) == true, "\(String(describing: error))")
            }
        }
    }

    @Test func removingSaysWhatStays() throws {
        try FileManager.default.createDirectory(atPath: scratch("a/b"), withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: scratch("a/b/c")))
        try FileManager.default.createSymbolicLink(atPath: scratch("a/link"), withDestinationPath: scratch.path)
        try OnDisk.remove(scratch("a"))
        try OnDisk.remove(scratch("a"))
        #expect(!FileManager.default.fileExists(atPath: scratch("a")) && FileManager.default.fileExists(atPath: scratch.path))
        let error = #expect(throws: IDRError.self) { try OnDisk.remove("/proc/self/status") }
        #expect(error?.problem == "/proc/self/status cannot be removed" && error?.reason != nil)
    }

    @Test func foldersAreMadeWithThoseAbove() throws {
        try OnDisk.makeFolder(scratch("x/y/z"))
        try OnDisk.makeFolder(scratch("x/y/z/"))
        #expect(try OnDisk.names(in: scratch("x/y")) == ["z"])
        try Data().write(to: URL(fileURLWithPath: scratch("file")))
        let error = #expect(throws: IDRError.self) { try OnDisk.makeFolder(scratch("file/below")) }
        #expect(error?.reason == SystemFailure.reason(ENOTDIR), "\(String(describing: error))")
        #expect(throws: IDRError.self) { try OnDisk.makeFolder(scratch("file")) }
    }
}
