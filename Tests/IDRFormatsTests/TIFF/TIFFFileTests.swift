import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

@Suite struct TIFFFileTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func file(_ builder: TIFFBuilder) throws -> TIFFFile { try file(builder.bytes) }

    private func file(_ bytes: [UInt8]) throws -> TIFFFile {
        try Data(bytes).write(to: URL(fileURLWithPath: folder("a.tif")))
        return try TIFFFile(reading: folder("a.tif"))
    }

    @Test func aPageIsReadWithoutTheOthers() throws {
        var builder = TIFFBuilder(count: 3, description: "three pages")
        // Says deflate, and is none.
        builder.pages[1].fields[259] = 8
        let file = try file(builder)
        #expect(file.pageCount == 3)
        #expect(file.description == "three pages")
        #expect(try file.plane(page: 3) == .uint8(TIFFBuilder.plane(2)))
        #expect(try file.plane(page: 1) == .uint8(TIFFBuilder.plane(0)))
        let error = #expect(throws: IDRError.self) { try file.plane(page: 2) }
        #expect(error?.reason?.contains("page 2: its pixels are damaged") == true)
        #expect(error?.reason?.contains("libtiff says") == true)
    }

    @Test(arguments: [0, 4, -1, Int.max])
    func aPageThatIsNotThereIsNamed(page: Int) throws {
        let file = try file(TIFFBuilder(count: 3))
        let error = #expect(throws: IDRError.self) { try file.plane(page: page) }
        #expect(error?.code == .missing)
        #expect(error?.problem.contains("no page \(page)") == true)
        #expect(error?.reason == "it has 3 pages")
    }

    @Test func smallerCopiesAndMasksAreNoPages() throws {
        var builder = TIFFBuilder(count: 5)
        builder.pages[0].fields[254] = 1
        builder.pages[2].fields[254] = 4
        let file = try file(builder)
        #expect(file.pageCount == 3)
        #expect(try file.plane(page: 1) == .uint8(TIFFBuilder.plane(1)))
        #expect(try file.plane(page: 3) == .uint8(TIFFBuilder.plane(4)))
        // Where nothing is larger, they are copies of nothing.
        for index in builder.pages.indices { builder.pages[index].fields[254] = 1 }
        #expect(try self.file(builder).pageCount == 5)
        builder.pages[3].fields[257] = 2
        let error = #expect(throws: IDRError.self) { try self.file(builder) }
        #expect(error?.problem.contains("no page in full size") == true)
        for index in builder.pages.indices { builder.pages[index].fields[254] = 4 }
        #expect(throws: IDRError.self) { try self.file(builder) }
    }

    @Test(arguments: [
        ([UInt16(259): UInt32(7)], "JPEG"), ([259: 50_001], "WebP"), ([259: 60_000], "scheme 60000"), ([262: 0], "its 0 is white"),
        ([262: 3], "palette"), ([262: 2, 277: 3], "3 values a pixel"), ([262: 2, 277: 3, 284: 2], "3 values a pixel"), ([262: 8], "not a grey image"),
        ([258: 24, 339: 3], "floats of 24 bits"), ([258: 12], "unsigned numbers of 12 bits"), ([258: 1], "unsigned numbers of 1 bits"),
        ([339: 6], "complex"), ([32_997: 4], "4 planes in one"),
    ])
    func otherKindsOfImageAreNamed(fields: [UInt16: UInt32], reason: String) throws {
        var builder = TIFFBuilder(count: 1)
        builder.pages[0].fields.merge(fields) { $1 }
        // As many bytes as any of them takes.
        builder.pages[0].data = Array(repeating: 0, count: 2000)
        if fields[262] == 3 { builder.pages[0].shorts[320] = (768, 8) }
        let file = try file(builder)
        let error = #expect(throws: IDRError.self) { try file.plane(page: 1) }
        #expect(error?.reason?.contains(reason) == true, "\(error?.reason ?? "nothing")")
        #expect(error?.advice != nil)
    }

    @Test func bytesThatAreNoTIFFAreNamed() throws {
        for (bytes, reason) in [
            ("", "it is empty"), ("<!DOCTYPE html><html>", "web page"), ("II", "libtiff says"), ("%PDF-1.4 and more", "libtiff says"),
        ] {
            let error = #expect(throws: IDRError.self) { try file(Array(bytes.utf8)) }
            #expect(error?.code == .invalidInput)
            #expect(error?.reason?.contains(reason) == true, "\(error?.reason ?? "nothing")")
        }
        #expect(#expect(throws: IDRError.self) { try TIFFFile(reading: folder("none.tif")) }?.code == .missing)
        #expect(#expect(throws: IDRError.self) { try TIFFFile(reading: folder.path) }?.problem.contains("is not a file") == true)
    }

    @Test func aListOfPagesThatEndsNowhereIsAnError() throws {
        var builder = TIFFBuilder(count: 2)
        for next in [UInt32(1 << 20), 9, .max] {
            builder.next = next
            let error = #expect(throws: IDRError.self) { try file(builder) }
            #expect(error?.reason?.contains("its list of pages is cut off or damaged after page 2") == true, "\(error?.reason ?? "nothing")")
        }
        // A circle.
        builder.next = 0
        let bytes = builder.bytes
        builder.next = [4, 5, 6, 7].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) }
        #expect(throws: IDRError.self) { try file(builder) }
    }

    /// Sizes that no such file can hold are refused before memory is taken for them.
    @Test(arguments: [UInt32(1), 8, 5, 32_773])
    func claimsBeyondTheFileAreRefused(compression: UInt32) throws {
        var builder = TIFFBuilder(count: 1)
        builder.pages[0].fields.merge([256: 30_000, 257: 30_000, 278: 30_000, 259: compression]) { $1 }
        let file = try file(builder)
        let error = #expect(throws: IDRError.self) { try file.plane(page: 1) }
        #expect(error?.reason?.contains("30000 x 30000 pixels, and") == true)
        builder.pages[0].fields[256] = 1 << 24
        let huge = try self.file(builder)
        #expect(#expect(throws: IDRError.self) { try huge.plane(page: 1) }?.reason?.contains("beyond the limit") == true)
        builder.pages[0].fields[256] = 0
        #expect(throws: IDRError.self) { try self.file(builder).plane(page: 1) }
    }

    @Test func tilesOfImpossibleSizesAreRefused() throws {
        for (width, height) in [(UInt32.max, UInt32.max), (1 << 16, 1 << 16), (1 << 31, 1), (0, 16), (16, 0)] {
            var builder = TIFFBuilder(count: 1)
            builder.pages[0].fields[278] = nil
            builder.pages[0].fields[273] = 8
            builder.pages[0].fields.merge([322: width, 323: height, 324: 8, 325: 35]) { $1 }
            #expect(throws: IDRError.self) { try file(builder).plane(page: 1) }
        }
    }

    @Test func truncatedFilesAreRefused() throws {
        let bytes = TIFFBuilder(count: 3, description: "text").bytes
        #expect(try file(bytes).plane(page: 3) == .uint8(TIFFBuilder.plane(2)))
        // The last four bytes say that no page follows.
        for count in 0..<bytes.count - 4 {
            let error = #expect(throws: IDRError.self) {
                let file = try file(Array(bytes[..<count]))
                for page in 1...3 { _ = try file.plane(page: page) }
            }
            #expect(error?.reason != nil)
        }
    }
}
