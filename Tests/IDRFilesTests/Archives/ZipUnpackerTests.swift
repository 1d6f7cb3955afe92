import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// Archives from elsewhere: what is refused, that nothing is left of it, and what is not refused.
@Suite struct ZipUnpackerTests {
    private typealias Entry = ArchiveBytes.Entry

    private func unpack(_ entries: [Entry], _ unpacker: ZipUnpacker = ZipUnpacker()) throws -> ScratchFolder {
        try unpack(ArchiveBytes.make(entries), unpacker)
    }

    private func unpack(_ bytes: [UInt8], _ unpacker: ZipUnpacker = ZipUnpacker()) throws -> ScratchFolder {
        let scratch = try ScratchFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: scratch("a.zip")))
        try unpacker.unpack(scratch("a.zip"), to: scratch("out"))
        return scratch
    }

    /// Expects that the archive is refused for `reason`, and that nothing appears: not even hidden, not even outside.
    private func refuses(_ bytes: [UInt8], _ reason: String, _ unpacker: ZipUnpacker = ZipUnpacker(), place: SourceLocation = #_sourceLocation) throws
    {
        let scratch = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: scratch("in"), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: scratch("in/a.zip")))
        let error = #expect(throws: IDRError.self, sourceLocation: place) { try unpacker.unpack(scratch("in/a.zip"), to: scratch("in/new/out")) }
        // Foundation finds no empty text in any text.
        let isSaid = reason.isEmpty || error?.description.contains(reason) == true
        #expect(isSaid, "\(error?.description ?? "no error")", sourceLocation: place)
        #expect(scratch.contents == ["in"], sourceLocation: place)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("in")) == ["a.zip"], sourceLocation: place)
    }

    private func refuses(_ entries: Entry..., for reason: String, place: SourceLocation = #_sourceLocation) throws {
        try refuses(ArchiveBytes.make(entries), reason, place: place)
    }

    @Test(arguments: [
        ("/etc/passwd", "absolute"), ("//x", "absolute"), ("../x", "out of its folder"), ("a/../../x", "out of its folder"),
        ("a/..", "out of its folder"), ("./a", "out of its folder"), ("a/./b", "out of its folder"), ("a//b", "empty"), ("a/b//", "empty"),
        ("C:/x", "drive"), ("c:x", "drive"), ("a\\b", "separator"), ("..\\x", "out of its folder"), ("a\u{7}b", "control"), ("a\nb", "control"),
        ("a\u{1b}[2Jb", "control"), (String(repeating: "n", count: 256), "200 bytes"),
        (Array(repeating: "folder", count: 150).joined(separator: "/"), "1000 bytes"),
    ])
    func refusesNamesThatLeadElsewhereOrDoNotFit(name: String, reason: String) throws {
        try refuses(Entry("fine", "fine"), Entry(name, "x"), for: reason)
    }

    @Test func refusesNamesThatAreNotUTF8OrEmpty() throws {
        try refuses(Entry(bytes: [0x61, 0xff, 0x62]), for: "not UTF-8")
        try refuses(Entry(bytes: [0xc0, 0xae, 0xc0, 0xae, 0x2f, 0x78]), for: "not UTF-8")
        try refuses(Entry(bytes: []), for: "")
    }

    @Test(arguments: [
        ["x", "x"], ["x", "X"], ["a/x", "A/x"], ["caf\u{e9}", "cafe\u{301}"], ["stra\u{df}e", "STRASSE"], ["A/x", "a/y"],
    ])
    func refusesTwoFilesOfOneName(names: [String]) throws {
        // Of names that are equal byte by byte, libzip says so itself.
        let reason = names[0].utf8.elementsEqual(names[1].utf8) ? "already exists" : "two of one name"
        try refuses(ArchiveBytes.make(names.map { Entry($0) }), reason)
    }

    @Test(arguments: [["a", "a/b"], ["a/b", "a"], ["a/b/c", "a/B"], ["a", "a/"]]) func refusesAFileWhereAFolderMustBe(names: [String]) throws {
        try refuses(ArchiveBytes.make(names.map { Entry($0) }), "a file and a folder")
    }

    @Test(arguments: [0o120777, 0o010644, 0o020666, 0o060660, 0o140755, 0o040755] as [UInt32], [0, 3] as [UInt16])
    func refusesLinksAndSpecialFiles(mode: UInt32, system: UInt16) throws {
        var entry = Entry("x", "/etc/passwd")
        (entry.mode, entry.system) = (mode, system)
        try refuses(Entry("fine"), entry, for: "a link or a special file")
    }

    @Test func refusesALinkThatCallsItselfAFolder() throws {
        var entry = Entry("x/")
        entry.mode = 0o120777
        try refuses(entry, Entry("x/y", "y"), for: "a link or a special file")
        try refuses(Entry("x/", "content"), for: "has content")
    }

    @Test func refusesEncryptedEntriesAndUnknownCompression() throws {
        var (secret, other) = (Entry("secret", "123456789012"), Entry("other", "123"))
        (secret.flags, other.method) = (1, 14)
        try refuses(secret, for: "encrypted")
        try refuses(other, for: "method 14")
    }

    @Test func refusesBombs() throws {
        try refuses(ArchiveBytes.deflated("zeros", [UInt8](repeating: 0, count: 2 << 20)), for: "more than 200 times")
        // None is large by itself.
        let zeros = [UInt8](repeating: 0, count: 1_000_000)
        try refuses(ArchiveBytes.make((0..<10).map { ArchiveBytes.deflated("zeros\($0)", zeros) }), "more than 200 times")
        // Small files may be as empty as they like.
        let scratch = try unpack([ArchiveBytes.deflated("zeros", [UInt8](repeating: 0, count: 100_000))])
        #expect(try scratch.bytes("out/zeros").count == 100_000)
    }

    @Test func refusesMoreThanItsLimits() throws {
        var unpacker = ZipUnpacker()
        unpacker.maximumBytes = 10
        try refuses(ArchiveBytes.make([Entry("a", "123456"), Entry("b", "12345")]), "more than 10 bytes", unpacker)
        #expect(try unpack([Entry("a", "123456"), Entry("b", "1234")], unpacker).files(below: "out") == ["a", "b"])
        unpacker.maximumEntries = 2
        try refuses(ArchiveBytes.make([Entry("a"), Entry("b"), Entry("c")]), "3 entries", unpacker)
    }

    @Test(arguments: [0, 5, 11, 13, 4000], [false, true]) func refusesContentThatIsNotAsLongAsDeclared(declared: Int, deflated: Bool) throws {
        var entry = deflated ? ArchiveBytes.deflated("x", Array("hello, hello".utf8)) : Entry("x", "hello, hello")
        entry.declared = declared
        try refuses(ArchiveBytes.make([Entry("fine"), entry]), "")
    }

    @Test func refusesDamage() throws {
        var wrong = Entry("x", "hello")
        wrong.checksum = 17
        try refuses(wrong, for: "CRC")
        var other = Entry("x", "hello")
        other.localName = Array("y".utf8)
        try refuses(other, for: "")
        try refuses(Array("no archive".utf8), "ZIP archive")
        let whole = ArchiveBytes.make([Entry("x", "hello"), Entry("y", "world")])
        for length in stride(from: 0, to: whole.count, by: 7) { try refuses(Array(whole[..<length]), "") }
    }

    @Test func aHundredThousandFilesAreUnpacked() throws {
        let names = (0..<100_000).map { "folder\($0 % 100)/file\($0)" }
        let program = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w") as archive:
                for number in range(100000): archive.writestr(f"folder{number % 100}/file{number}", b"x")
            """
        guard TestPython.isAvailable else { return }
        let scratch = try ScratchFolder()
        _ = try TestPython.output(of: program, scratch("a.zip"))
        try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("out"))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch("out")).count == names.count + 100)
    }

    @Test func unpacksWhatOtherProgramsWrite() throws {
        var folder = Entry("folder/")
        folder.mode = 0o040755
        var program = Entry("folder/program", "content")
        program.mode = 0o100755
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        let scratch = try unpack([folder, program, ArchiveBytes.deflated("deep/er/large", large), Entry("\u{fc}", "umlaut"), Entry("empty")])
        #expect(scratch.files(below: "out") == ["deep/er/large", "empty", "folder/program", "\u{fc}"])
        #expect(try scratch.bytes("out/deep/er/large") == large)
        #expect(try scratch.bytes("out/folder/program") == Array("content".utf8))
        // Whatever the archive says, nothing that is unpacked can be started.
        let mode = try FileManager.default.attributesOfItem(atPath: scratch("out/folder/program"))[.posixPermissions] as? NSNumber
        #expect((mode?.intValue ?? 0o777) & 0o111 == 0)
        #expect(scratch.contents == ["a.zip", "out"])
    }

    @Test(.enabled(if: TestPython.isAvailable, Comment(rawValue: TestPython.reason))) func unpacksWhatPythonStreams() throws {
        // Sizes come after the contents, as in archives that are written to a pipe.
        let program = """
            import io, sys, zipfile
            class Pipe(io.RawIOBase):
                def __init__(self, file): self.file = file
                def writable(self): return True
                def write(self, data): return self.file.write(data)
            with open(sys.argv[1], "wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("a/b.txt", "hello " * 100)
                archive.writestr("c.txt", "world")
            """
        let scratch = try ScratchFolder()
        _ = try TestPython.output(of: program, scratch("a.zip"))
        try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("out"))
        #expect(try scratch.bytes("out/a/b.txt").count == 600 && scratch.bytes("out/c.txt") == Array("world".utf8))
    }

    @Test func leavesOtherFoldersAlone() throws {
        let scratch = try ScratchFolder()
        try Data(ArchiveBytes.make([Entry("x", "new"), Entry(".hidden"), Entry("y/.z")])).write(to: URL(fileURLWithPath: scratch("a.zip")))
        try FileManager.default.createDirectory(atPath: scratch("full"), withIntermediateDirectories: true)
        try Data("old".utf8).write(to: URL(fileURLWithPath: scratch("full/x")))
        let error = #expect(throws: IDRError.self) { try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("full")) }
        #expect(error?.code == .refused && error?.problem.contains("already there") == true)
        #expect(throws: IDRError.self) {
            try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("other"), check: { _ in throw IDRError(.changed, "looked at") })
        }
        #expect(scratch.contents == ["a.zip", "full"] && scratch.files(below: "full") == ["x"])
        #expect(try scratch.bytes("full/x") == Array("old".utf8))
        try FileManager.default.createDirectory(atPath: scratch("empty"), withIntermediateDirectories: true)
        try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("empty/"), leavingOut: { $0.contains(".") })
        #expect(scratch.files(below: "empty") == ["x"] && scratch.contents == ["a.zip", "empty", "full"])
    }
}
