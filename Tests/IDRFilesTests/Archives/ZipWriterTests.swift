import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct ZipWriterTests {
    private static let files = ["b/large": 3_000_000, "a.txt": 12, "empty": 0, "\u{fc}/B": 5, "b/a": 1]

    private func content(_ name: String) -> [UInt8] { (0..<(Self.files[name] ?? 0)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    private func write(_ names: [String], in scratch: ScratchFolder) throws -> [ZipWriter.Entry] {
        for name in names {
            let path = scratch("in/\(name)")
            try FileManager.default.createDirectory(at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content(name)).write(to: URL(fileURLWithPath: path))
        }
        return names.map { ZipWriter.Entry($0, file: scratch("in/\($0)")) }
    }

    @Test func folderOrderTimesAndModesChangeNoByte() throws {
        let (one, two) = (try ScratchFolder(), try ScratchFolder())
        let names = Self.files.keys.sorted()
        try ZipWriter.write(try write(names, in: one), to: one("a.zip"))
        let others = try write(names.reversed(), in: two)
        for name in names {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000), .posixPermissions: 0o700], ofItemAtPath: two("in/\(name)"))
        }
        try ZipWriter.write(others, to: two("other name.zip"))
        #expect(try one.bytes("a.zip") == two.bytes("other name.zip"))
        // From memory or from a file: the same.
        try ZipWriter.write(names.map { ZipWriter.Entry($0, bytes: content($0)) }, to: two("memory.zip"))
        #expect(try one.bytes("a.zip") == two.bytes("memory.zip"))
        #expect(one.contents == ["a.zip", "in"] && two.contents == ["in", "memory.zip", "other name.zip"])
    }

    /// A change of these bytes is a change of format: bundles of two versions would no longer be equal.
    @Test func theBytesAreFixed() throws {
        let scratch = try ScratchFolder()
        try ZipWriter.write([ZipWriter.Entry("b", bytes: [1, 2, 3]), ZipWriter.Entry("a/\u{e9}", bytes: [])], to: scratch("a.zip"))
        let digest = try SHA256.digest(ofFile: scratch("a.zip")).hex
        #expect(digest == "dd8244dee78abf73a9753cf4efe7bdec8e3ba4be10d2a3715f04f346ab879d8c")
    }

    @Test func whatIsWrittenIsReadAndUnpacked() throws {
        let scratch = try ScratchFolder()
        try ZipWriter.write(try write(Array(Self.files.keys), in: scratch), to: scratch("a.zip"))
        let reader = try ZipReader(reading: scratch("a.zip"))
        #expect(reader.entries.map(\.name) == ["a.txt", "b/a", "b/large", "empty", "\u{fc}/B"])
        #expect(reader.entries.allSatisfy { $0.size == $0.storedSize })
        try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("out"))
        for name in Self.files.keys { #expect(try scratch.bytes("out/\(name)") == content(name)) }
    }

    @Test(.enabled(if: TestPython.isAvailable, Comment(rawValue: TestPython.reason))) func pythonReadsIt() throws {
        let scratch = try ScratchFolder()
        try ZipWriter.write(try write(Array(Self.files.keys), in: scratch), to: scratch("a.zip"))
        let program = """
            import sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            assert archive.testzip() is None
            for entry in archive.infolist():
                print(entry.filename, entry.date_time == (1980, 1, 1, 0, 0, 0), entry.compress_type, oct(entry.external_attr >> 16), entry.file_size)
            """
        let lines = try TestPython.output(of: program, scratch("a.zip")).split(separator: "\n").map(String.init)
        #expect(lines == Self.files.sorted { $0.key < $1.key }.map { "\($0.key) True 0 0o100644 \($0.value)" })
    }

    @Test func refusesWhatItWouldNotUnpack() throws {
        let scratch = try ScratchFolder()
        for names in [[], ["../x"], ["/x"], ["x", "X"], ["a", "a/b"], ["a\nb"]] as [[String]] {
            #expect(throws: IDRError.self) { try ZipWriter.write(names.map { ZipWriter.Entry($0, bytes: []) }, to: scratch("a.zip")) }
        }
        let error = #expect(throws: IDRError.self) { try ZipWriter.write([ZipWriter.Entry("x", file: scratch("gone"))], to: scratch("a.zip")) }
        #expect(error?.description.contains("gone") == true)
        #expect(throws: IDRError.self) { try ZipWriter.write([ZipWriter.Entry("x", bytes: [])], to: scratch("no/folder/a.zip")) }
        #expect(scratch.contents.isEmpty)
    }

    @Test func replacesAnOlderArchive() throws {
        let scratch = try ScratchFolder()
        for bytes in [[1], [2, 3]] as [[UInt8]] { try ZipWriter.write([ZipWriter.Entry("x", bytes: bytes)], to: scratch("a.zip")) }
        #expect(try ZipReader(reading: scratch("a.zip")).read("x", limit: 10) == [2, 3])
        #expect(scratch.contents == ["a.zip"])
    }
}
