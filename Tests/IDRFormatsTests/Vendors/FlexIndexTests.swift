import IDRPlan
import TestSupport
import Testing

import IDRFormats
import IDRImaging

/// Plates of `.flex` files: each page of 5 x 7 pixels is filled with its number, from 0.
@Suite struct FlexIndexTests {
    /// A page as the XML has it.
    private struct Page {
        var name = "Exp1Cam1"
        var factor: String? = "1"
        /// The field.
        var sublayout: Int?
        /// The slice.
        var stack: Int?
    }

    /// - Parameters:
    ///   - fields: of the layout.
    ///   - planes: of the stack.
    private static func xml(_ pages: [Page], fields: Int = 0, planes: Int = 0) -> String {
        let arrays = pages.map { page in "<Array Name=\"\(page.name)\" \(page.factor.map { "Factor=\"\($0)\"" } ?? "") Width=\"7\" Height=\"5\"/>" }
        let images = pages.enumerated().compactMap { number, page -> String? in
            guard page.sublayout != nil || page.stack != nil else { return nil }
            let parts = [page.stack.map { "<Stack>\($0)</Stack>" }, page.sublayout.map { "<Sublayout>\($0)</Sublayout>" }]
            return "<Image BufferNo=\"\(number)\">\(parts.compactMap(\.self).joined())</Image>"
        }
        func list(_ name: String, _ count: Int) -> String { (0..<count).map { "<\(name) No=\"\($0 + 1)\"/>" }.joined() }
        return """
            <Root><Arrays>\(arrays.joined())</Arrays><FLEX><Sublayouts><Sublayout ID="1">\(list("Field", fields))</Sublayout></Sublayouts>
            <Stacks><Stack ID="1">\(list("Plane", planes))</Stack></Stacks><Well><WellCoordinate Row="1" Col="1"/>
            <Images>\(images.joined())</Images></Well></FLEX></Root>
            """
    }

    private static func file(_ xml: String?, pages count: Int, bits: UInt32 = 8) -> [UInt8] {
        var builder = TIFFBuilder(count: count)
        for page in builder.pages.indices where bits == 16 {
            builder.pages[page].fields[258] = 16
            builder.pages[page].data = builder.pages[page].data.flatMap { [$0, 0] }
        }
        if let xml { builder.pages[0].texts[65200] = Array(xml.utf8) + [0] }
        return builder.bytes
    }

    /// A well, and the folder that its file is in as long as somebody holds it.
    private struct OneWell {
        let folder: IndexFolder
        let well: TIFFWell

        init(_ pages: [Page], fields: Int = 0, planes: Int = 0) async throws {
            folder = try IndexFolder([:])
            try folder.add("001001000.flex", FlexIndexTests.file(FlexIndexTests.xml(pages, fields: fields, planes: planes), pages: pages.count))
            well = try await folder.well("A1")
        }

        /// The first values of planes: the numbers of their pages where no factor is.
        func values(_ indices: [PlaneIndex]) async throws -> [Int] { try await well.planes(indices).map { Int($0.asFloat()[0, 0]) } }
    }

    private static let two = ["Exp1Cam1", "Exp2Cam1"]

    @Test func namesAreWellsAndFields() async throws {
        let folder = try IndexFolder([
            "001002000.flex": "", "016024000.FLEX": "", "plate.mea": "", "000001000.flex": "", "1002000.flex": "", "overview.flex": "",
            "001002000.tif": "",
        ])
        let index = try await folder.read("001002000.flex")
        #expect(index.wellNames == ["A2", "P24"] && index.place("P24") == "016024000.FLEX" && index.count("A2") == 1)
        #expect(index.notes.count == 1 && index.notes[0].contains("3 .flex files"), "\(index.notes)")
        let format = PlateIndexFormats.format(of: "001002000.flex")
        #expect(format?.name == "Flex" && format?.choose(among: ["002001000.flex", "001002000.flex"]) == "001002000.flex")
    }

    @Test func severalFilesOfAWellAreFields() async throws {
        let folder = try IndexFolder([:])
        let pages = Self.two.map { Page(name: $0) }
        for field in 1...3 { try folder.add("00100100\(field).flex", Self.file(Self.xml(pages, fields: 3), pages: 2)) }
        let well = try await folder.well("A1")
        #expect(well.extent == PlaneExtent(fields: 3, frames: 1, channels: 2, slices: 1, height: 5, width: 7) && well.channelNames == Self.two)
        #expect(try await well.planes([PlaneIndex(field: 3, frame: 1, channel: 2)]) == [.uint16(Plane(height: 5, width: 7, repeating: 1))])
    }

    @Test func fieldsByChannelsLieInOneFile() async throws {
        // The layout says how many fields there are.
        let pages = (0..<3).flatMap { _ in Self.two.map { Page(name: $0) } }
        let plain = try await OneWell(pages, fields: 3)
        #expect(plain.well.extent == PlaneExtent(fields: 3, frames: 1, channels: 2, slices: 1, height: 5, width: 7))
        #expect(plain.well.channelNames == Self.two)
        let indices = (1...3).flatMap { field in (1...2).map { PlaneIndex(field: field, frame: 1, channel: $0) } }
        #expect(try await plain.values(indices) == [0, 1, 2, 3, 4, 5])
        // So do names.
        let named = try await OneWell((1...3).flatMap { field in Self.two.map { Page(name: "\(field)_\($0)") } })
        #expect(named.well.channelNames == Self.two)
        #expect(try await named.values(indices) == [0, 1, 2, 3, 4, 5])
        // And images, whatever the order of the pages.
        let turned = try await OneWell(Self.two.flatMap { name in (1...3).reversed().map { Page(name: name, sublayout: $0) } }, fields: 3)
        #expect(try await turned.values(indices) == [2, 5, 1, 4, 0, 3])
    }

    @Test func slicesAndTimesFollowTheChannels() async throws {
        let pages = (0..<12).map { Page(name: Self.two[$0 % 2]) }
        let well = try await OneWell(pages, fields: 1, planes: 2)
        #expect(well.well.extent == PlaneExtent(frames: 3, channels: 2, slices: 2, height: 5, width: 7))
        #expect(try await well.values([PlaneIndex(frame: 2, channel: 2, z: 1), PlaneIndex(frame: 3, channel: 1, z: 2)]) == [5, 10])
        let stacks = try await OneWell((0..<4).map { Page(name: Self.two[$0 / 2], stack: $0 % 2 + 1) })
        #expect(try await stacks.values([PlaneIndex(frame: 1, channel: 1, z: 2), PlaneIndex(frame: 1, channel: 2, z: 1)]) == [1, 2])
    }

    @Test func aFieldThatIsMissingShiftsNoOther() async throws {
        let well = try await OneWell([1, 3].map { Page(sublayout: $0) }, fields: 3)
        #expect(well.well.extent.fields == 3)
        #expect(try await well.values([PlaneIndex(field: 3, frame: 1)]) == [1])
        let error = await #expect(throws: IDRError.self) { try await well.values([PlaneIndex(field: 2, frame: 1)]) }
        #expect(error?.code == .missing)
    }

    @Test func greyValuesAreMultipliedByTheFactor() async throws {
        let factors = ["1", "2.5", "257", "1.00000"]
        let well = try await OneWell(factors.map { Page(factor: $0) }, planes: 4)
        #expect(well.well.pixelType == .uint16)
        #expect(try await well.values((1...4).map { PlaneIndex(frame: 1, z: $0) }) == [0, 2, 514, 3])
        // Also where a pattern of names leads to the file.
        let folder = try IndexFolder([:])
        try folder.add("001001000.flex", Self.file(Self.xml([Page(), Page(factor: "3")], planes: 2), pages: 2))
        #expect(try TIFFFile(reading: folder.folder("001001000.flex")).plane(page: 2) == .uint16(Plane(height: 5, width: 7, repeating: 3)))
        // No page has one: the values are as they are.
        #expect(try await OneWell([Page(factor: nil)]).well.pixelType == .uint8)
    }

    @Test func sixteenBitsWithAFactorAreRefused() async throws {
        let folder = try IndexFolder([:])
        try folder.add("001001000.flex", Self.file(Self.xml([Page()]), pages: 1, bits: 16))
        #expect(try await folder.well("A1").pixelType == .uint16)
        try folder.add("001001000.flex", Self.file(Self.xml([Page(factor: "2")]), pages: 1, bits: 16))
        let error = await #expect(throws: IDRError.self) { try await folder.well("A1") }
        #expect(error?.reason?.contains("factor 2.0") == true, "\(error as Any)")
    }

    @Test(arguments: ["0", "-1", "0.99", "258", "1e400", "nan", "2,5", "x", ""])
    func factorsThatAreNoneAreRefused(factor: String) async throws {
        let error = await #expect(throws: IDRError.self) { try await OneWell([Page(factor: factor)]) }
        #expect(error?.reason?.contains("factor of page 1") == true && error?.advice != nil, "\(error as Any)")
    }

    @Test func whatDoesNotAddUpIsRefused() async throws {
        let page = Page()
        let cases: [(pages: [Page], fields: Int, planes: Int, word: String)] = [
            ([page, page, page], 2, 0, "3 pages a channel"), ([page, page, Page(name: "Exp2Cam1")], 0, 0, "some channels have 2"),
            ([Page(name: "1_a", sublayout: 2), Page(name: "2_a", sublayout: 1)], 0, 0, "different fields"),
            ((0..<80).map { Page(name: "\($0)_\($0)", stack: $0) }, 0, 0, "a few of"),
        ]
        for (pages, fields, planes, word) in cases {
            let error = await #expect(throws: IDRError.self) { try await OneWell(pages, fields: fields, planes: planes) }
            #expect(error?.reason?.contains(word) == true, "\(error as Any)")
        }
    }

    @Test func xmlThatIsNoneIsRefused() async throws {
        let whole = Self.xml([Page(), Page()], planes: 2)
        let two = whole.replacing("<Images></Images>", with: "<Image BufferNo=\"0\"/><Image BufferNo=\"0\"/>")
        let texts: [(String?, String)] = [
            (nil, "tag 65200"), ("", "tag 65200"), ("<OME/>", "tag 65200"), (String(whole.dropLast(20)), "well-formed"), (two, "two Image"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]>" + whole, "document type"), (Self.xml([Page()]), "describes 1"), (Self.xml([]), "describes 0"),
            (whole.replacing("<Images></Images>", with: "<Image BufferNo=\"2\"/>"), "buffer"),
            (whole.replacing("<Images></Images>", with: "<Image BufferNo=\"99999999999999999999\"/>"), "buffer"),
        ]
        for (text, word) in texts {
            let folder = try IndexFolder([:])
            try folder.add("001001000.flex", Self.file(text, pages: 2))
            let error = await #expect(throws: IDRError.self) { try await folder.well("A1") }
            #expect(error.map { "\($0)" }?.contains(word) == true, "\(word): \(error as Any)")
        }
    }

    @Test(arguments: [">", "%", "\r\n%", " \u{0}"])
    func whatStandsBehindTheLastElementDoesNotCount(rest: String) async throws {
        let folder = try IndexFolder([:])
        try folder.add("001001000.flex", Self.file(Self.xml([Page()]).replacing("<Root>", with: "<Root>\u{1}") + rest, pages: 1))
        #expect(try await folder.well("A1").channelNames == ["Exp1Cam1"])
    }

    @Test(arguments: [["a.flex"], ["000000000.flex"], ["999999999.flex"], ["00\u{661}001001.flex"], ["+01001001.flex"]])
    func foldersWithoutWellsAreRefused(names: [String]) async throws {
        let folder = try IndexFolder(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        await #expect(throws: IDRError.self) { try await folder.read(names[0]) }
    }

    @Test func oneDamagedFileCostsItsWellOnly() async throws {
        let folder = try IndexFolder(["001001000.flex": ""])
        try folder.add("001002000.flex", Self.file(Self.xml([Page()]), pages: 1))
        #expect(try await folder.well("A2").extent.channels == 1)
        await #expect(throws: IDRError.self) { try await folder.well("A1") }
    }
}
