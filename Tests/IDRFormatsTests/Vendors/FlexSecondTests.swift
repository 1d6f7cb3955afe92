import IDRPlan
import TestSupport
import Testing

import IDRFormats
import IDRImaging

/// Opera's `.flex` files written anew from what is published of them, by somebody who did not write the reader.
@Suite(.enabled(if: PlateIndexFormats.format(of: "001001000.flex") != nil)) struct FlexSecondTests {
    /// A file of two fields and two channels, a page each; its XML lies in tag 65200 of the first page.
    private static func file(factors: [String] = ["1", "1", "1", "1"]) -> [UInt8] {
        let arrays = factors.enumerated().map { number, factor in
            "<Array BitsPerPixel=\"8\" Name=\"Exp\(number % 2 + 1)Cam\(number % 2 + 1)\" Height=\"5\" Width=\"7\" Factor=\"\(factor)\" Type=\"Image\"/>"
        }
        let images = (0..<4).map { "<Image BufferNo=\"\($0)\"><Sublayout>\($0 / 2 + 1)</Sublayout></Image>" }
        let xml =
            "<?xml version=\"1.0\"?><Root><FLEX><Plate><WellShape/><Well><WellCoordinate Row=\"1\" Col=\"2\"/><Images>\(images.joined())</Images></Well></Plate>"
            + "<Layout><Sublayout ID=\"1\"><Field No=\"1\"><OffsetX>0</OffsetX></Field><Field No=\"2\"><OffsetX>1</OffsetX></Field></Sublayout></Layout></FLEX>"
            + "<Arrays>\(arrays.joined())</Arrays></Root>"
        var builder = TIFFBuilder(count: 4)
        builder.pages[0].texts[65200] = Array(xml.utf8) + [0]
        return builder.bytes
    }

    private func folder(_ bytes: [UInt8] = file()) throws -> IndexFolder {
        let folder = try IndexFolder([:])
        try folder.add("001002000.flex", bytes)
        try folder.add("003004000.flex", bytes)
        return folder
    }

    @Test func wellsAreInTheNames() async throws {
        let index = try await folder().read("001002000.flex")
        #expect(index.wellNames == ["A2", "C4"])
    }

    @Test func aFactorIsNeverLeftOutSilently() async throws {
        let folder = try folder(Self.file(factors: ["1", "1", "2.5", "1"]))
        let well = try await folder.well("A2")
        #expect(try await well.planes([PlaneIndex(field: 2, frame: 1)]) == [.uint16(Plane(height: 5, width: 7, repeating: 5))])
        try folder.add("001002000.flex", Self.file(factors: ["1", "1", "0.5", "1"]))
        let error = await #expect(throws: IDRError.self) { try await folder.well("A2") }
        #expect(error?.reason?.lowercased().contains("factor") == true || error?.problem.lowercased().contains("factor") == true, "\(error as Any)")
    }

    @Test func whatIsNoFlexIsRefused() async throws {
        for bytes in [[], Array("II*".utf8), TIFFBuilder(count: 0).bytes] {
            let folder = try folder(bytes)
            await #expect(throws: IDRError.self) { try await folder.well("A2") }
        }
    }
}
