import IDRFormats
import IDRPlan
import Testing

/// Harmony's indices written anew from what is published of them, by somebody who did not write the reader.
@Suite struct HarmonySecondTests {
    private struct Plane {
        var url: String
        var row = 2
        var column = 3
        var field = 1
        var z = 1
        var time = 0
        var channel = 1

        /// As the program writes it: the well has an id that no other number repeats, and what a reader needs stands among much else.
        var element: String {
            let id = "\(row)\(column)K\(time + 1)F\(field)P\(z)R\(channel)"
            return """
                <Image Version="1">\r
                  <id>\(id)</id>\r
                  <State>Ok</State>\r
                  <URL>\(url)</URL>\r
                  <Row>\(row)</Row>\r
                  <Col>\(column)</Col>\r
                  <FieldID>\(field)</FieldID>\r
                  <PlaneID>\(z)</PlaneID>\r
                  <TimepointID>\(time)</TimepointID>\r
                  <ChannelID>\(channel)</ChannelID>\r
                  <FlimID>0</FlimID>\r
                  <ChannelName>dye \(channel)</ChannelName>\r
                  <ImageResolutionX Unit="m">2.9E-07</ImageResolutionX>\r
                  <ImageSizeX>1080</ImageSizeX>\r
                  <PositionZ Unit="m">-2E-06</PositionZ>\r
                  <AbsTime>2020-01-31T10:00:00.1+01:00</AbsTime>\r
                </Image>\r\n
                """
        }
    }

    private static func document(_ planes: [Plane], wells: Set<String> = ["0203"]) -> String {
        let listed = wells.sorted().map { "<Well id=\"\($0)\"/>" }.joined()
        let held = wells.sorted().map { well in
            "<Well><id>\(well)</id><Row>\(Int(well.prefix(2)) ?? 0)</Row><Col>\(Int(well.suffix(2)) ?? 0)</Col>"
                + "<Image id=\"\(well)K1F1P1R1\"/><Image id=\"\(well)K1F1P1R2\"/></Well>"
        }
        return "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
            + "<EvaluationInputData xmlns=\"http://www.perkinelmer.com/PEHH/HarmonyV5\" Version=\"1\"><User>x</User><InstrumentType>Phenix</InstrumentType>"
            + "<Plates><Plate><PlateID>0042</PlateID><MeasurementID>a</MeasurementID><Name>0042</Name><PlateTypeName>384</PlateTypeName>"
            + "<PlateRows>16</PlateRows><PlateColumns>24</PlateColumns>\(listed)</Plate></Plates><Wells>\(held.joined())</Wells>"
            + "<Maps><Map><Entry ChannelID=\"1\"><FlatfieldProfile>{Background: {Character: NonFlat}}</FlatfieldProfile></Entry></Map></Maps>"
            + "<Images>\(planes.map(\.element).joined())</Images></EvaluationInputData>"
    }

    private static func read(_ text: String, _ name: String = "Index.idx.xml") async throws -> PlateIndex {
        try await IndexFolder([name: text]).read(name)
    }

    @Test(arguments: ["Index.idx.xml", "Index.ref.xml", "index.IDX.xml"])
    func wellsOfTheListAreNoImages(name: String) async throws {
        let index = try await Self.read(Self.document([Plane(url: "a.tiff")], wells: ["0203", "0101", "1624"]), name)
        #expect(index.wellNames == ["B3"] && index.count("B3") == 1 && index.place("B3") == "a.tiff:1")
        #expect((index.rows, index.columns) == (16, 24) && index.channelNames == ["dye 1"])
    }

    @Test func everyAxisHasItsNumber() async throws {
        var planes: [Plane] = []
        for field in [1, 2] {
            for time in [0, 1] {
                for z in [1, 2, 3] {
                    for channel in [1, 2] {
                        planes.append(Plane(url: "f\(field)t\(time)z\(z)c\(channel).tiff", field: field, z: z, time: time, channel: channel))
                    }
                }
            }
        }
        // Their order in the file means nothing.
        let index = try await Self.read(Self.document(planes.reversed()))
        #expect(index.count("B3") == 24 && index.channelNames == ["dye 1", "dye 2"] && index.notes.isEmpty)
        #expect(index.place("B3", field: 2, frame: 1, channel: 2, z: 3) == "f2t0z3c2.tiff:1")
        #expect(index.place("B3", field: 1, frame: 2, channel: 1, z: 1) == "f1t1z1c1.tiff:1")
    }

    /// What one well lacks is no reason to number its other planes anew.
    @Test func aPlaneThatAWellLacksShiftsNoOther() async throws {
        let planes = [Plane(url: "a1.tiff", channel: 1), Plane(url: "a2.tiff", channel: 4), Plane(url: "b2.tiff", row: 3, channel: 4)]
        let index = try await Self.read(Self.document(planes))
        #expect(index.place("C3", channel: 1) == nil && index.place("C3", channel: 2) == "b2.tiff:1")
        #expect(index.channelNames == ["dye 1", "dye 4"])
    }

    @Test func theLastWellOfALargePlateIsRead() async throws {
        let index = try await Self.read(Self.document([Plane(url: "a.tiff", row: 32, column: 48)]))
        #expect(index.wellNames == ["AF48"])
    }

    @Test(arguments: [
        Plane(url: "../../../../a.tiff"), Plane(url: "a.tiff", row: 0), Plane(url: "a.tiff", row: 65), Plane(url: "a.tiff", column: -1),
        Plane(url: "a.tiff", column: 1 << 40), Plane(url: "a\u{7}.tiff"), Plane(url: ".."), Plane(url: "x/../a.tiff"), Plane(url: "C:\\..\\a.tiff"),
    ])
    private func placesThatAreNoneAreRefused(plane: Plane) async throws {
        await #expect(throws: IDRError.self) {
            let index = try await Self.read(Self.document([plane]))
            for well in index.wells.keys { _ = try IndexedWell(well, of: index, in: "idr0999-a/p/Images") }
        }
    }

    @Test(arguments: [
        "", " ", "<Index/>", "{}", document([]), String(document([Plane(url: "a.tiff")]).dropLast(30)),
        document([Plane(url: "a.tiff")]).replacing("<Row>2</Row>", with: "<Row>two</Row>"),
        document([Plane(url: "a.tiff")]).replacing("<Row>2</Row>", with: ""),
        document([Plane(url: "&xxe;")]).replacing("<EvaluationInputData", with: "<!DOCTYPE a [<!ENTITY xxe \"x\">]><EvaluationInputData"),
        String(repeating: "<EvaluationInputData>", count: 5000),
    ])
    func whatIsNoIndexIsRefused(text: String) async throws {
        let error = await #expect(throws: IDRError.self) { try await Self.read(text) }
        #expect(error?.advice != nil)
    }
}
