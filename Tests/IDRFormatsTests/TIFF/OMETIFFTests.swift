import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// OME-TIFF without Python; ``TIFFMatrixTests`` reads what tifffile writes.
@Suite struct OMETIFFTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    static func image(
        _ number: Int = 0, order: String = "XYZCT", type: String = "uint8", z: String = "2", c: String = "3", t: String = "2",
        inside: String = "<TiffData/>"
    ) -> String {
        """
        <Image ID="Image:\(number)"><Pixels DimensionOrder="\(order)" Type="\(type)" SizeX="7" SizeY="5" SizeZ="\(z)" SizeC="\(c)" SizeT="\(t)">\
        <Channel Name="DNA"/><Channel/><Channel Name="actin &amp; µ"/>\(inside)</Pixels></Image>
        """
    }

    static func document(_ inside: String, uuid: String = "urn:uuid:0") -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- a comment --><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"\(uuid)\">\(inside)</OME>"
    }

    @discardableResult
    private func write(_ text: String, to name: String = "a.ome.tif", pages: Int = 12, first: Int = 0) throws -> String {
        try Data(TIFFBuilder(count: pages, description: text).filled(first).bytes).write(to: URL(fileURLWithPath: folder(name)))
        return folder(name)
    }

    private func grey(_ number: Int) -> PixelPlane { .uint8(TIFFBuilder.plane(number)) }

    /// The planes of a well, `[frame][channel][z]`, as the number that each is filled with.
    private func numbers(_ well: TIFFWell, field: Int = 1) async throws -> [Int] {
        var numbers: [Int] = []
        for frame in 1...well.extent.frames {
            for channel in 1...well.extent.channels {
                for z in 1...well.extent.slices {
                    guard case .uint8(let plane) = try await well.plane(PlaneIndex(field: field, frame: frame, channel: channel, z: z)) else {
                        return []
                    }
                    numbers.append(Int(plane[0, 0]))
                }
            }
        }
        return numbers
    }

    @Test(arguments: [
        ("XYZCT", Array(0..<12)), ("XYCZT", [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]), ("XYZTC", [0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11]),
        ("XYTZC", [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]), ("XYCTZ", [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]),
        ("XYTCZ", [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]),
    ])
    func planesFollowTheOrder(order: String, expected: [Int]) async throws {
        for inside in ["<TiffData/>", "", "<TiffData IFD=\"0\" PlaneCount=\"12\"/>"] {
            let well = try TIFFWell(reading: write(Self.document(Self.image(order: order, inside: inside))))
            #expect(well.extent == PlaneExtent(frames: 2, channels: 3, slices: 2, height: 5, width: 7))
            #expect(well.channelNames == ["DNA", "channel 2", "actin & µ"])
            #expect(try await numbers(well) == expected)
        }
    }

    @Test func eachPlaneMayBeNamedByItself() async throws {
        let blocks = (0..<12).map { "<TiffData IFD=\"\(11 - $0)\" FirstZ=\"\($0 % 2)\" FirstC=\"\($0 / 2 % 3)\" FirstT=\"\($0 / 6)\"/>" }
        let well = try TIFFWell(reading: write(Self.document(Self.image(order: "XYTZC", inside: blocks.shuffled().joined()))))
        #expect(try await numbers(well) == (0..<12).reversed())
    }

    @Test func severalFilesAndImages() async throws {
        func block(_ c: Int, _ name: String, _ uuid: String, ifd: Int) -> String {
            "<TiffData FirstC=\"\(c)\" IFD=\"\(ifd)\" PlaneCount=\"2\"><UUID FileName=\"\(name)\">urn:uuid:\(uuid)</UUID></TiffData>"
        }
        let images = (0..<2).map { image in
            // The first file was renamed; its own UUID says that it is meant.
            Self.image(image, c: "2", t: "1", inside: block(0, "before.ome.tif", "1", ifd: 2 * image) + block(1, "b.ome.tif", "2", ifd: 2 * image))
        }
        let path = try write(Self.document(images.joined(), uuid: "urn:uuid:1"), pages: 4)
        let alone = try TIFFWell(reading: path)
        #expect(try await alone.plane(PlaneIndex(field: 2, frame: 1, z: 2)) == grey(3))
        let error = await #expect(throws: IDRError.self) { try await alone.plane(PlaneIndex(frame: 1, channel: 2)) }
        #expect(error?.code == .missing)
        #expect(error?.problem.contains("b.ome.tif") == true)
        try write("", to: "b.ome.tif", pages: 4, first: 100)
        let well = try TIFFWell(reading: path)
        #expect(well.extent == PlaneExtent(fields: 2, frames: 1, channels: 2, slices: 2, height: 5, width: 7))
        #expect(try await numbers(well) == [0, 1, 100, 101])
        #expect(try await numbers(well, field: 2) == [2, 3, 102, 103])
    }

    @Test func aCompanionKnowsTheWells() async throws {
        let images = (0..<4).map {
            Self.image($0, c: "1", t: "1", inside: "<TiffData IFD=\"0\" PlaneCount=\"2\"><UUID FileName=\"\($0).tif\"/></TiffData>")
        }
        let wells = """
            <Plate ID="Plate:0" Name="P"><Well Row="0" Column="0"><WellSample Index="0"><ImageRef ID="Image:3"/></WellSample></Well>\
            <Well Row="1" Column="2"><WellSample Index="1"><ImageRef ID="Image:1"/></WellSample><WellSample Index="0"><ImageRef ID="Image:2"/></WellSample></Well></Plate>
            """
        try Data(Self.document(images.joined() + wells).utf8).write(to: URL(fileURLWithPath: folder("p.companion.ome")))
        for number in 0..<4 {
            let text = Self.document("<BinaryOnly MetadataFile=\"p.companion.ome\" UUID=\"urn:uuid:0\"/>")
            try write(text, to: "\(number).tif", pages: 2, first: number * 10)
        }
        let well = try TIFFWell(reading: folder("p.companion.ome"), well: WellName("B3"))
        #expect(well.extent.fields == 2)
        #expect(try await numbers(well) == [20, 21])
        #expect(try await numbers(well, field: 2) == [10, 11])
        #expect(try TIFFWell(reading: folder("p.companion.ome")).extent.fields == 4)
        #expect(try await numbers(TIFFWell(reading: folder("3.tif"))) == [30, 31])
        let error = #expect(throws: IDRError.self) { try TIFFWell(reading: folder("p.companion.ome"), well: WellName("H12")) }
        #expect(error?.problem.contains("well H12") == true)
        try FileManager.default.removeItem(atPath: folder("p.companion.ome"))
        #expect(#expect(throws: IDRError.self) { try TIFFWell(reading: folder("3.tif")) }?.problem.contains("p.companion.ome") == true)
    }

    @Test(arguments: ["../secret.tif", "/etc/passwd", "a/b.tif", "..", "", "c:\\b.tif"]) func namesNeverLeadOutOfTheFolder(name: String) async throws
    {
        // The folder that a file was written in does not matter: it is looked for beside the document.
        let block = "<TiffData><UUID FileName=\"\(name)\">urn:uuid:9</UUID></TiffData>"
        let error = #expect(throws: IDRError.self) { try TIFFWell(reading: write(Self.document(Self.image(inside: block)))) }
        #expect(error?.code == .refused || error?.reason?.contains("no planes of") == true)
        try Data(Self.document(Self.image(inside: block)).utf8).write(to: URL(fileURLWithPath: folder("x.companion.ome")))
        let elsewhere = await #expect(throws: IDRError.self) { try await TIFFWell(reading: folder("x.companion.ome")).plane(PlaneIndex(frame: 1)) }
        #expect(elsewhere?.code == .refused || elsewhere?.problem.contains("there is no file \(folder.path)/") == true, "\(elsewhere?.problem ?? "")")
        let other = #expect(throws: IDRError.self) { try TIFFWell(reading: write(Self.document("<BinaryOnly MetadataFile=\"\(name)\"/>"))) }
        #expect(other?.code == .refused || other?.problem.contains("there is no file \(folder.path)/") == true, "\(other?.problem ?? "nothing")")
    }

    @Test(arguments: [
        ("<OME>", "well-formed"), ("<OME", "well-formed"), ("<OMEX/>", "\"OMEX\" and not OME"), ("<OME/>", "no planes"),
        ("<OME><a></OME>", "well-formed"),
        ("<!DOCTYPE OME [<!ENTITY a \"b\">]><OME>&a;</OME>", "document type"), ("<OME>&a;</OME>", "well-formed"),
        (String(repeating: "<OME>", count: 100), "64 deep"), (document(image(order: "XYZC")), "DimensionOrder"),
        (document(image(order: "XYZZT")), "DimensionOrder"),
        (document(image(order: "YXZCT")), "DimensionOrder"),
        (document(image(z: "0")), "7 x 5 x 0 x 3 x 2"),
        (document(image(z: "-1")), "\"-1\""), (document(image(z: "99999999999999999999")), "not a whole number"),
        (document(image(z: "2147483647", c: "2147483647", t: "2147483647")), "2147483647"),
        (document(image(inside: "<TiffData PlaneCount=\"13\"/>")), "13 planes"),
        (document(image(inside: "<TiffData FirstZ=\"2\"/>")), "beyond the image's sizes"),
        (document(image(inside: "<TiffData/><TiffData/>")), "same plane"),
        (document(image(inside: "<TiffData><UUID>urn:uuid:7</UUID></TiffData>")), "without a FileName"),
        (document(image(inside: "<Channel SamplesPerPixel=\"3\"/><TiffData/>")), "3 values a pixel"),
        (document("<Image ID=\"Image:0\"/>"), "no Pixels"),
        (document("<Image><Pixels SizeX=\"7\"/></Image>"), "no DimensionOrder"),
    ])
    func documentsThatCannotBeUsedSayWhy(text: String, reason: String) throws {
        let error = #expect(throws: IDRError.self) { try TIFFWell(reading: write(text)) }
        #expect(error?.problem.contains("the OME-XML of") == true, "\(error?.description ?? "nothing")")
        #expect(error?.reason?.contains(reason) == true, "\(error?.reason ?? "nothing")")
    }

    /// Foundation's parser ends the program at an instruction without content.
    @Test(arguments: ["<?x?>", "<?x ?>", "<?x y='>'?>", "<?x?>\u{338}", "<?x??>", "<<??>?x?>", "<?>", "<?x"]) func instructionsMeanNothing(
        text: String
    ) throws {
        let isWhole = ["<?x?>", "<?x ?>", "<?x y='>'?>", "<?x??>"].contains(text)
        for document in [text + Self.document(Self.image()), Self.document(text + Self.image())] {
            if isWhole {
                #expect(try TIFFWell(reading: write(document)).extent.channels == 3)
            } else {
                _ = try? TIFFWell(reading: write(document))
            }
        }
    }

    @Test func whatTheDocumentSaysMustBeInThePages() async throws {
        let short = try TIFFWell(reading: write(Self.document(Self.image()), pages: 11))
        let error = await #expect(throws: IDRError.self) { try await short.plane(PlaneIndex(frame: 2, channel: 3, z: 2)) }
        #expect(error?.problem.contains("has no page 12") == true)
        // What a page is says the page itself.
        let typed = try TIFFWell(reading: write(Self.document(Self.image(type: "uint16"))))
        #expect(try await typed.plane(PlaneIndex(frame: 1)) == grey(0) && typed.pixelType == .uint8)
        let sparse = try TIFFWell(reading: write(Self.document(Self.image(inside: "<TiffData IFD=\"3\"/>"))))
        #expect(try await sparse.plane(PlaneIndex(frame: 1)) == grey(3))
        #expect(await #expect(throws: IDRError.self) { try await sparse.plane(PlaneIndex(frame: 2)) }?.reason?.contains("names no file") == true)
        let other = "<TiffData><UUID FileName=\"b.tif\">urn:uuid:9</UUID></TiffData>"
        #expect(
            #expect(throws: IDRError.self) { try TIFFWell(reading: write(Self.document(Self.image(inside: other)))) }?.reason?.contains(
                "no planes of") == true)
    }

    @Test(arguments: [(1, 1, 1), (0, 1, 1), (1, 0, 0), (0, 0, 1)]) func indicesMayCountFromOne(z: Int, c: Int, t: Int) async throws {
        let blocks = (0..<12).map {
            "<TiffData IFD=\"\($0)\" FirstZ=\"\($0 % 2 + z)\" FirstC=\"\($0 / 2 % 3 + c)\" FirstT=\"\($0 / 6 + t)\" PlaneCount=\"1\"/>"
        }
        #expect(try await numbers(TIFFWell(reading: write(Self.document(Self.image(inside: blocks.joined()))))) == Array(0..<12))
    }

    /// An element without PlaneCount ends where another one begins, whatever the axis is that the files count.
    @Test(arguments: [("XYZTC", "FirstC", 3, 4), ("XYZCT", "FirstT", 2, 6), ("XYCTZ", "FirstZ", 2, 6)])
    func elementsWithoutCountsEndWhereOthersBegin(order: String, attribute: String, files: Int, pages: Int) async throws {
        let blocks = (0..<files).map {
            "<TiffData \(attribute)=\"\($0)\"><UUID FileName=\"/old/place/f\($0).ome.tif\">urn:uuid:\($0)</UUID></TiffData>"
        }
        for file in 0..<files {
            let text = Self.document(Self.image(order: order, inside: blocks.shuffled().joined()), uuid: "urn:uuid:\(file)")
            try write(text, to: "f\(file).ome.tif", pages: pages, first: pages * file)
        }
        let read = try await numbers(TIFFWell(reading: folder("f0.ome.tif")))
        #expect(read.sorted() == Array(0..<12))
        #expect(try await numbers(TIFFWell(reading: folder("f1.ome.tif"))) == read)
    }

    /// A document that knows of one file is of the file that it is in, whatever that is called.
    @Test(arguments: ["before.ome.tif", "C:\\data\\before.ome.tif", "/data/before.ome.tif"]) func aRenamedFileKnowsItself(name: String) async throws {
        let block = "<TiffData IFD=\"0\" PlaneCount=\"12\"><UUID FileName=\"\(name)\">urn:uuid:4</UUID></TiffData>"
        let text = Self.document(Self.image(inside: block)).replacingOccurrences(of: " UUID=\"urn:uuid:0\"", with: "")
        #expect(try await numbers(TIFFWell(reading: write(text))) == Array(0..<12))
        let bare = "<TiffData><UUID FileName=\"\(name)\"/></TiffData>"
        #expect(try await numbers(TIFFWell(reading: write(Self.document(Self.image(inside: bare))))) == Array(0..<12))
    }

    @Test func fieldsWithoutAnImageAreCountedOff() async throws {
        let images = (0..<3).map { Self.image($0, c: "1", t: "1", inside: "<TiffData IFD=\"\(2 * $0)\" PlaneCount=\"2\"/>") }
        let plate = { (samples: [Int]) in
            "<Plate>"
                + samples.enumerated().map { "<Well Row=\"0\" Column=\"\($0)\">" + String(repeating: "<WellSample/>", count: $1) + "</Well>" }
                .joined()
                + "</Plate>"
        }
        let path = try write(Self.document(plate([1, 2]) + images.joined()), pages: 6)
        #expect(try await numbers(TIFFWell(reading: path, well: WellName("A1"))) == [0, 1])
        let second = try TIFFWell(reading: path, well: WellName("A2"))
        #expect(second.extent.fields == 2)
        #expect(try await numbers(second, field: 2) == [4, 5])
        // Three images for two fields: nobody knows which.
        let other = try write(Self.document(plate([1, 1]) + images.joined()), to: "b.ome.tif", pages: 6)
        #expect(#expect(throws: IDRError.self) { try TIFFWell(reading: other, well: WellName("A1")) }?.code == .missing)
    }

    /// Random changes of the document and of the file around it end in an error or in planes, and never in a trap.
    @Test func changedBytesNeverTrap() async throws {
        let (read, refused) = try await damage(times: 3000, seed: 11)
        #expect(refused > 1000 && read > 100)
    }

    /// Neither libtiff nor libxml2 may speak past the program.
    @Test func changedBytesPrintNothing() async throws {
        let printed = try await StandardError.captured { _ = try await damage(times: 500, seed: 12) }
        for words in ["Warning, ", "damaged.tif", "parser error", "namespace error"] { #expect(!printed.contains(words), "\(printed.prefix(300))") }
    }

    private func damage(times: Int, seed: UInt64) async throws -> (read: Int, refused: Int) {
        let wells = "<Plate Name=\"P\"><Well Row=\"0\" Column=\"3\"><WellSample><ImageRef ID=\"Image:0\"/></WellSample></Well></Plate>"
        let bytes = TIFFBuilder(count: 12, description: Self.document(Self.image() + wells)).bytes
        var random = SeededGenerator(seed: seed)
        let interesting: [UInt8] = Array("<>&\"'/=:;!?[]-#xO09".utf8) + [0, 1, 0x7F, 0x80, 0xC3, 0xFF]
        var (read, refused) = (0, 0)
        for _ in 0..<times {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let value = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : interesting.randomElement(using: &random) ?? 0
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = value
            }
            try Data(damaged).write(to: URL(fileURLWithPath: folder("damaged.tif")))
            do {
                let well = try TIFFWell(reading: folder("damaged.tif"), well: WellName("A4"))
                let extent = well.extent
                _ = try await well.plane(PlaneIndex(frame: 1))
                _ = try await well.plane(PlaneIndex(field: extent.fields, frame: extent.frames, channel: extent.channels, z: extent.slices))
                read += 1
            } catch {
                refused += 1
            }
        }
        return (read, refused)
    }
}

/// What is printed to the standard error stream while something runs, by the program's tests and by its C libraries.
enum StandardError {
    static func captured(_ body: () async throws -> Void) async throws -> String {
        let folder = try ScratchFolder()
        let file = open(folder("stderr"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let own = dup(STDERR_FILENO)
        dup2(file, STDERR_FILENO)
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        dup2(own, STDERR_FILENO)
        close(own)
        close(file)
        let text = try folder.bytes("stderr")
        // Other tests run meanwhile: their words are passed on.
        FileHandle.standardError.write(Data(text))
        try result.get()
        return String(decoding: text, as: UTF8.self)
    }
}
