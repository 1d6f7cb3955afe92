import IDRFiles
import IDRPlan
import Testing

@Suite struct ZipReaderTests {
    @discardableResult
    private func withArchive<T>(_ build: (inout ZipWriter) -> Void, _ body: (String) async throws -> T) async throws -> T {
        var zip = ZipWriter()
        build(&zip)
        return try await ImportSupport.withTemporaryFile(zip.finish(), body)
    }

    @Test func listsAndReadsStoredAndDeflatedEntries() async throws {
        let text = Array("hello, hello".utf8)
        try await withArchive {
            $0.add("a/stored", text)
            $0.add("a/", [])
            $0.add("a/deflated", ZipWriter.deflateStored(text), method: 8, unpacked: text)
            $0.add("empty", [])
        } _: { path in
            let zip = try ZipReader(reading: path)
            #expect(zip.entries.map(\.name) == ["a/stored", "a/deflated", "empty"])
            #expect(zip.entries.map(\.size) == [12, 12, 0])
            #expect(zip.entry("a/deflated")?.storedSize == 17)
            #expect(try zip.read("a/stored", limit: 12) == text)
            #expect(try zip.read("a/deflated", limit: 100) == text)
            #expect(try zip.read("empty", limit: 0) == [])
            await expectError(.missing, "no entry b") { try ZipReader(reading: path).read("b", limit: 100) }
            await expectError(.refused, "at most 11") { try ZipReader(reading: path).read("a/stored", limit: 11) }
        }
    }

    @Test(arguments: [5, 11, 13, 4000]) func refusesAnEntryThatLiesAboutItsSize(declared: Int) async throws {
        let text = Array("hello, hello".utf8)
        for method in [UInt16(0), 8] {
            try await withArchive {
                $0.add("x", method == 0 ? text : ZipWriter.deflateStored(text), method: method, unpacked: text, declared: declared)
            } _: { path in
                #expect(throws: IDRError.self) { try ZipReader(reading: path).read("x", limit: 1 << 20) }
            }
        }
    }

    @Test func refusesEncryptedAndUnknownEntries() async throws {
        try await withArchive {
            $0.add("secret", [1, 2, 3], flags: 1)
            $0.add("lzma", [1, 2, 3], method: 14)
        } _: { path in
            await expectError(.refused, "encrypted") { try ZipReader(reading: path).read("secret", limit: 10) }
            await expectError(.refused, "method 14") { try ZipReader(reading: path).read("lzma", limit: 10) }
        }
    }

    @Test(arguments: ["/etc/passwd", "../x", "a/../../x", "a/.."]) func refusesNamesThatLeaveTheFolder(name: String) async throws {
        try await withArchive {
            $0.add(name, [])
        } _: { path in
            await expectError(.refused, name) { _ = try ZipReader(reading: path) }
        }
    }

    @Test func refusesTwoEntriesOfOneName() async throws {
        try await withArchive {
            $0.add("x", [1])
            $0.add("x", [2])
        } _: { path in
            await expectError(.refused, "two entries") { _ = try ZipReader(reading: path) }
        }
    }

    @Test func noticesChangedContent() async throws {
        var zip = ZipWriter()
        zip.add("x", Array("hello, hello".utf8))
        var bytes = zip.finish()
        bytes[31 + 3] ^= 1
        try await ImportSupport.withTemporaryFile(bytes) { path in
            await expectError(.invalidInput, "CRC") { try ZipReader(reading: path).read("x", limit: 100) }
        }
    }

    @Test func saysWhatIsNoArchive() async throws {
        await expectError(.missing) { _ = try ZipReader(reading: "/no/such/file.zip") }
        try await ImportSupport.withTemporaryFile(Array("something else".utf8)) { path in
            await expectError(.invalidInput, path) { _ = try ZipReader(reading: path) }
        }
    }
}
