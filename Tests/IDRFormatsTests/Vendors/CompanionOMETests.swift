import IDRFormats
import IDRPlan
import Testing

@Suite struct CompanionOMETests {
    private static func image(_ number: Int, channels: Int = 2, file: (Int) -> String, ifd: (Int) -> Int = { _ in 0 }) -> String {
        let blocks = (0..<channels).map {
            "<TiffData FirstC=\"\($0)\" FirstT=\"0\" FirstZ=\"0\" IFD=\"\(ifd($0))\" PlaneCount=\"1\"><UUID FileName=\"\(file($0))\">urn:uuid:\(number)</UUID></TiffData>"
        }
        let names = (0..<channels).map { "<Channel ID=\"Channel:\(number):\($0)\" Name=\"\(["DAPI", "ER", "RNA"][$0])\"/>" }
        return """
            <Image ID="Image:\(number)" Name="i\(number)"><Pixels DimensionOrder="XYZCT" Type="uint16" SizeX="4" SizeY="3" SizeZ="1" SizeC="\(channels)" SizeT="1">
            \(names.joined())\(blocks.joined())</Pixels></Image>
            """
    }

    private static func well(_ row: Int, _ column: Int, _ images: [Int]) -> String {
        let samples = images.enumerated().map { "<WellSample ID=\"WellSample:\($1)\" Index=\"\($1)\"><ImageRef ID=\"Image:\($1)\"/></WellSample>" }
        return "<Well ID=\"Well:\(row):\(column)\" Row=\"\(row)\" Column=\"\(column)\">\(samples.joined())</Well>"
    }

    private static func document(_ inside: String) -> String {
        "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:c\">\(inside)</OME>"
    }

    private static func plate(_ name: String, _ wells: String) -> String { "<Plate ID=\"Plate:\(name)\" Name=\"\(name)\">\(wells)</Plate>" }

    @Test func fieldsOfWellsHaveTheirPages() async throws {
        let images = (0..<3).map { number in Self.image(number, file: { "f\(number)-\($0).tif" }) }.joined()
        let text = Self.document(Self.plate("BR1", Self.well(0, 0, [0, 1]) + Self.well(7, 11, [2])) + images)
        let index = try await IndexFolder(["BR1.companion.ome": text]).read("BR1.companion.ome")
        #expect(index.wellNames == ["A1", "H12"] && index.channelNames == ["DAPI", "ER"])
        #expect(index.place("A1", field: 2, channel: 2) == "f1-1.tif:1")
        #expect(index.place("H12", channel: 1) == "f2-0.tif:1" && index.count("H12") == 2)
    }

    @Test func pagesOfOneFileAreCountedFromZero() async throws {
        let image = Self.image(0, channels: 3, file: { _ in "all.ome.tif" }, ifd: { 5 + $0 })
        let index = try await IndexFolder(["a.companion.ome": Self.document(Self.plate("P", Self.well(1, 1, [0])) + image)]).read("a.companion.ome")
        #expect(index.place("B2", channel: 3) == "all.ome.tif:8")
    }

    @Test func ofSeveralPlatesTheOneOfTheNameIsRead() async throws {
        let images = (0..<2).map { number in Self.image(number, file: { _ in "f\(number).tif" }, ifd: { $0 }) }.joined()
        let folder = try IndexFolder([
            "a.companion.ome": Self.document(Self.plate("P1", Self.well(0, 0, [0])) + Self.plate("P2", Self.well(0, 0, [1])) + images)
        ])
        #expect(try await folder.read("a.companion.ome", plate: "P2").place("A1") == "f1.tif:1")
        await #expect(throws: IDRError.self) { try await folder.read("a.companion.ome", plate: "P3") }
    }

    @Test(arguments: [
        document(""), document(plate("P", "")), "<OME", document(plate("P", well(999, 0, [0])) + image(0, file: { _ in "a.tif" })),
        document(plate("P", well(0, 0, [7])) + image(0, file: { _ in "a.tif" }) + image(1, file: { _ in "b.tif" })),
        document(plate("P", well(0, 0, [0])) + image(0, file: { _ in "a..b/../../c\u{1}.tif" })),
        document(plate("P", well(0, 0, [0])) + image(0, file: { _ in "a.tif" })).replacing("SizeT=\"1\"", with: "SizeT=\"2000000000\""),
    ])
    func whatDescribesNoPlateIsRefused(text: String) async throws {
        let folder = try IndexFolder(["a.companion.ome": text])
        await #expect(throws: IDRError.self) { try await folder.read("a.companion.ome") }
    }
}
