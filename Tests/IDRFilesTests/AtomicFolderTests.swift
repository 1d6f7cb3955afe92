import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct AtomicFolderTests {
    private func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

    private func text(_ path: String) -> String? { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } }

    @Test func whatItReplacesIsThereUntilItIs() throws {
        let scratch = try ScratchFolder()
        let first = try AtomicFolder(scratch("place"))
        try write("one", to: "\(first.partialPath)/a.txt")
        try first.commit()
        let second = try AtomicFolder(scratch("place"), replacing: true)
        try FileManager.default.createDirectory(atPath: "\(second.partialPath)/in/it", withIntermediateDirectories: true)
        try write("two", to: "\(second.partialPath)/in/it/b.txt")
        #expect(text(scratch("place/a.txt")) == "one")
        try second.commit()
        #expect(try OnDisk.tree(below: scratch.path) == ["place", "place/in", "place/in/it", "place/in/it/b.txt"])
    }

    @Test func oneThatIsNotCommittedLeavesNothing() throws {
        let scratch = try ScratchFolder()
        do {
            let folder = try AtomicFolder(scratch("place"))
            try write("half", to: "\(folder.partialPath)/a.txt")
        }
        #expect(try OnDisk.names(in: scratch.path) == [])
    }

    @Test func whatKilledProcessesLeftGoesAndWhatIsBeingFilledStays() throws {
        let scratch = try ScratchFolder()
        for name in [".place.77-0.partial", ".place.77-0.partial.old", ".place.78-1.partial", ".other.77-0.partial", ".place.txt"] {
            try OnDisk.makeFolder(scratch(name))
        }
        let other = try AtomicFolder(scratch("place"), replacing: true)
        // The folder that was moved aside has its name again.
        #expect(try OnDisk.names(in: scratch.path) == [".other.77-0.partial", ".place.\(getpid())-0.partial", ".place.txt", "place"])
        try UnderWay.clear(scratch.path)
        #expect(try OnDisk.names(in: scratch.path) == [".place.\(getpid())-0.partial", ".place.txt", "place"])
        try write("whole", to: "\(other.partialPath)/a.txt")
        try other.commit()
        #expect(text(scratch("place/a.txt")) == "whole")
    }

    @Test func ofTwoAtOnceTheLaterIsRefusedOrReplaces() throws {
        let scratch = try ScratchFolder()
        let first = try AtomicFolder(scratch("place"))
        let second = try AtomicFolder(scratch("place"))
        for folder in [first.partialPath, second.partialPath] { try write(folder, to: "\(folder)/a.txt") }
        let kept = first.partialPath
        try first.commit()
        let error: IDRError?
        do throws(IDRError) {
            try second.commit()
            error = nil
        } catch let refusal {
            error = refusal
        }
        #expect(error?.code == .refused && error?.problem.contains("by now") == true)
        #expect(text(scratch("place/a.txt")) == kept)
        #expect(try OnDisk.names(in: scratch.path) == ["place"])
    }
}
