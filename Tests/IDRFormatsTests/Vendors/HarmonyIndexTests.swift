import IDRFormats
import IDRPlan
import Testing

@Suite struct HarmonyIndexTests {
    private static func image(
        row: Int = 2, column: Int = 3, field: Int = 1, plane: Int = 1, time: Int = 0, channel: Int = 1, name: String? = "DAPI", url: String
    ) -> String {
        """
        <Image Version="1"><id>x</id><State>Ok</State><URL>\(url)</URL><Row>\(row)</Row><Col>\(column)</Col><FieldID>\(field)</FieldID>
        <PlaneID>\(plane)</PlaneID><TimepointID>\(time)</TimepointID><SequenceID>1</SequenceID><ChannelID>\(channel)</ChannelID><FlimID>1</FlimID>
        \(name.map { "<ChannelName>\($0)</ChannelName>" } ?? "")<ImageType>Signal</ImageType><ImageSizeX>2160</ImageSizeX></Image>
        """
    }

    private static func document(_ images: [String], version: String = "HarmonyV5", maps: String = "") -> String {
        """
        \u{FEFF}<?xml version="1.0" encoding="utf-8"?>
        <EvaluationInputData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Version="1" xmlns="http://www.perkinelmer.com/PEHH/\(version)">
        <User>u</User><InstrumentType>Phenix</InstrumentType><Plates><Plate><PlateID>P</PlateID><Name>P</Name><PlateRows>16</PlateRows>
        <PlateColumns>24</PlateColumns><Well id="0203" /></Plate></Plates>
        <Wells><Well><id>0203</id><Row>2</Row><Col>3</Col><Image id="0203K1F1P1R1" /><Image id="0203K1F1P1R2" /></Well></Wells>
        <Maps>\(maps)</Maps><Images>\(images.joined())</Images></EvaluationInputData>
        """
    }

    @Test func planesAreCountedFromOne() async throws {
        var images: [String] = []
        for field in [1, 2] {
            for plane in [1, 2, 3] {
                for time in [0, 1] {
                    for (channel, name) in [(1, "DAPI"), (2, "Alexa 488")] {
                        let url = "r02c03f0\(field)p0\(plane)-ch\(channel)sk\(time + 1)fk1fl1.tiff"
                        images.append(Self.image(field: field, plane: plane, time: time, channel: channel, name: name, url: url))
                    }
                }
            }
        }
        let index = try await IndexFolder(["Index.idx.xml": Self.document(images)]).read("Index.idx.xml")
        #expect((index.rows, index.columns) == (16, 24))
        #expect(index.channelNames == ["DAPI", "Alexa 488"])
        #expect(index.wellNames == ["B3"] && index.count("B3") == 24)
        #expect(index.place("B3", field: 2, frame: 2, channel: 2, z: 3) == "r02c03f02p03-ch2sk2fk1fl1.tiff:1")
        #expect(index.notes.isEmpty)
    }

    /// Fields 5 and 9 and channels 2 and 4 were measured.
    @Test func gapsInNumbersAreClosed() async throws {
        let images = [(5, 2), (9, 2), (5, 4), (9, 4)].map { Self.image(field: $0, channel: $1, name: "c\($1)", url: "f\($0)c\($1).tiff") }
        let index = try await IndexFolder(["Index.xml": Self.document(images, version: "HarmonyV3")]).read("Index.xml")
        #expect(index.channelNames == ["c2", "c4"])
        #expect(index.place("B3", field: 2, channel: 2) == "f9c4.tiff:1")
    }

    /// From V7 on, channels are described apart.
    @Test func channelsMayBeNamedInMaps() async throws {
        let maps = """
            <Map><Entry ChannelID="1"><ChannelName>Hoechst</ChannelName><ImageSizeX>4</ImageSizeX></Entry>
            <Entry ChannelID="2"><ChannelName>Actin</ChannelName></Entry></Map>
            """
        let images = [1, 2].map { Self.image(channel: $0, name: nil, url: "c\($0).tiff") }
        let index = try await IndexFolder(["Index.xml": Self.document(images, version: "HarmonyV7", maps: maps)]).read("Index.xml")
        #expect(index.channelNames == ["Hoechst", "Actin"])
    }

    @Test func imagesWithoutAFileAreLeftOutAndSaid() async throws {
        let images = [Self.image(url: "a.tiff"), Self.image(column: 4, url: ""), Self.image(column: 5, url: "http://x/y/b.tiff")]
        let index = try await IndexFolder(["Index.idx.xml": Self.document(images)]).read("Index.idx.xml")
        #expect(index.wellNames == ["B3", "B5"] && index.place("B5") == "b.tiff:1")
        #expect(index.notes.count == 1 && index.notes[0].hasPrefix("1 planes"))
    }

    @Test func ofTwoPlanesOfOneIndexTheFirstStays() async throws {
        let index = try await IndexFolder(["Index.idx.xml": Self.document([Self.image(url: "a.tiff"), Self.image(url: "b.tiff")])]).read(
            "Index.idx.xml")
        #expect(index.place("B3") == "a.tiff:1" && index.notes.count == 1)
    }

    @Test func theBestOfSeveralIndicesIsTaken() throws {
        let format = HarmonyIndex()
        #expect(format.recognises(fileName: "INDEX.IDX.XML") && !format.recognises(fileName: "Index.flat.xml"))
        #expect(format.choose(among: ["Index.ref.xml", "Index.idx.xml", "Index.xml"]) == "Index.idx.xml")
    }

    @Test(arguments: [
        document([]), document([image(row: 0, url: "a.tiff")]), document([image(row: 5000, url: "a.tiff")]),
        document([image(field: -1, url: "a.tiff")]), document([image(url: "../../../../x.tiff")]), document([image(url: "a/../b.tiff")]),
        "<EvaluationInputData><Images>", "<Other/>", "", "<!DOCTYPE a [<!ENTITY b \"c\">]><EvaluationInputData/>",
        document([image(url: "a.tiff")]).replacing("<FieldID>1", with: "<FieldID>99999999999999999999"),
        String(repeating: "<a>", count: 100_000),
    ])
    func whatCannotBeUsedIsRefused(text: String) async throws {
        let folder = try IndexFolder(["Index.idx.xml": text])
        let error = await #expect(throws: IDRError.self) {
            let index = try await folder.read("Index.idx.xml")
            _ = try IndexedWell(#require(WellName("B3")), of: index, in: "idr0001-a/p")
        }
        #expect([.invalidInput, .refused].contains(error?.code), "\(error as Any)")
    }
}
