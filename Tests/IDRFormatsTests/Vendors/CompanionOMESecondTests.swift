import IDRFormats
import IDRPlan
import Testing

/// Companions of plates written anew from the OME data model, by somebody who did not write the reader.
@Suite struct CompanionOMESecondTests {
    private static let name = "p.companion.ome"

    /// An image of two channels and two times whose planes lie in files of a channel each.
    private static func image(_ number: Int, order: String = "XYZTC", counts: Bool = true) -> String {
        let blocks = (0..<2).flatMap { channel in
            (0..<2).map { time in
                "<TiffData IFD=\"\(time)\" FirstC=\"\(channel)\" FirstT=\"\(time)\"\(counts ? " PlaneCount=\"1\"" : "")>"
                    + "<UUID FileName=\"image \(number) c\(channel).ome.tiff\">urn:uuid:00000000-0000-0000-0000-00000000000\(channel)</UUID></TiffData>"
            }
        }
        return
            "<Image ID=\"Image:\(number)\"><AcquisitionDate>2020-01-01T00:00:00</AcquisitionDate><Pixels ID=\"Pixels:\(number)\" BigEndian=\"false\" "
            + "DimensionOrder=\"\(order)\" Type=\"uint16\" SizeX=\"8\" SizeY=\"6\" SizeZ=\"1\" SizeC=\"2\" SizeT=\"2\" PhysicalSizeX=\"0.3\">"
            + "<Channel ID=\"Channel:\(number):0\" Name=\"Hoechst\" SamplesPerPixel=\"1\"><LightPath/></Channel>"
            + "<Channel ID=\"Channel:\(number):1\" Fluor=\"FITC\" SamplesPerPixel=\"1\"/>\(blocks.joined())</Pixels></Image>"
    }

    private static func well(_ row: Int, _ column: Int, _ samples: [(index: Int, image: Int)]) -> String {
        let held = samples.map {
            "<WellSample ID=\"WellSample:0:\($0.image)\" Index=\"\($0.index)\"><ImageRef ID=\"Image:\($0.image)\"/></WellSample>"
        }
        return "<Well ID=\"Well:\(row)_\(column)\" Column=\"\(column)\" Row=\"\(row)\">\(held.joined())</Well>"
    }

    private static func document(_ wells: String, _ images: [String]) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME:OME xmlns:OME=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" "
            + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" UUID=\"urn:uuid:1\" xsi:schemaLocation=\"a b\">"
            + "<OME:Plate ID=\"Plate:0\" Name=\"p\" Rows=\"8\" Columns=\"12\">\(wells)</OME:Plate>"
            + images.joined() + "</OME:OME>"
    }

    private static func read(_ text: String) async throws -> PlateIndex { try await IndexFolder([name: text]).read(name) }

    /// Image and well meet by the reference; neither the order of images nor that of wells counts.
    @Test func imagesAreFoundByTheirReferences() async throws {
        let wells = Self.well(7, 11, [(0, 0)]) + Self.well(0, 0, [(0, 2), (1, 1)]) + Self.well(3, 3, [])
        let index = try await Self.read(Self.document(wells, [2, 0, 1].map { Self.image($0) }))
        #expect(index.wellNames == ["A1", "H12"] && index.count("A1") == 8 && index.count("D4") == 0)
        #expect(index.place("A1", field: 1, frame: 2, channel: 2) == "image 2 c1.ome.tiff:2")
        #expect(index.place("A1", field: 2, frame: 1, channel: 1) == "image 1 c0.ome.tiff:1")
        #expect(index.place("H12", frame: 2) == "image 0 c0.ome.tiff:2" && index.channelNames.first == "Hoechst")
    }

    @Test func namesOfChannelsAreOfTheirPlaces() async throws {
        let index = try await Self.read(Self.document(Self.well(0, 0, [(0, 0)]), [Self.image(0)]))
        #expect(index.channelNames.count == 2 && index.channelNames[0] == "Hoechst")
    }

    @Test(arguments: ["XYZTC", "XYCZT", "XYTCZ"])
    func oneBlockMayNameOnePlaneWithoutSayingSo(order: String) async throws {
        let index = try await Self.read(Self.document(Self.well(0, 0, [(0, 0)]), [Self.image(0, order: order, counts: false)]))
        #expect(index.count("A1") == 4 && index.place("A1", frame: 2, channel: 2) == "image 0 c1.ome.tiff:2")
    }

    /// Where the file was written is nothing to whoever reads it.
    @Test func filesLieBesideTheCompanion() async throws {
        let image = Self.image(0).replacing("image 0 c0", with: "../../../../../c0").replacing("image 0 c1", with: "C:\\data\\c1")
        let index = try await Self.read(Self.document(Self.well(0, 0, [(0, 0)]), [image]))
        #expect(index.place("A1") == "c0.ome.tiff:1" && index.place("A1", channel: 2) == "c1.ome.tiff:1")
    }

    @Test(arguments: [
        document("", []), document(well(0, 0, []), [image(0)]), document(well(0, 0, [(0, 5)]), [image(0)]),
        document(well(70, 0, [(0, 0)]), [image(0)]),
        document(well(0, 0, [(0, 0)]), [image(0).replacing("SizeC=\"2\"", with: "SizeC=\"0\"")]),
        document(well(0, 0, [(0, 0)]), [image(0).replacing("SizeT=\"2\"", with: "SizeT=\"99999999999\"")]),
        document(well(0, 0, [(0, 0)]), [image(0).replacing("FirstT=\"1\"", with: "FirstT=\"9\"")]),
        String(document(well(0, 0, [(0, 0)]), [image(0)]).dropLast(10)), "",
    ])
    func whatIsWrongIsRefused(text: String) async throws {
        await #expect(throws: IDRError.self) {
            let index = try await Self.read(text)
            for well in index.wells.keys { _ = try IndexedWell(well, of: index, in: "idr0999-a/p") }
        }
    }
}
