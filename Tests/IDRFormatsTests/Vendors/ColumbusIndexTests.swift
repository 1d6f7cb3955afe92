import IDRFormats
import IDRPlan
import Testing

@Suite struct ColumbusIndexTests {
    private static func image(row: Int, column: Int, field: Int, channel: Int, plane: Int = 1, time: Int = 1, url: String, buffer: Int) -> String {
        """
        <Image Version="1"><id>i</id><State>Ok</State><URL BufferNo="\(buffer)">\(url)</URL><Row>\(row)</Row><Col>\(column)</Col>
        <FieldID>\(field)</FieldID><PlaneID>\(plane)</PlaneID><TimepointID>\(time)</TimepointID><ChannelID>\(channel)</ChannelID>
        <ChannelName>\(channel == 1 ? "Hoechst" : "YAP")</ChannelName><ChannelColor>4278190335</ChannelColor></Image>
        """
    }

    private static func list(_ images: [String]) -> String {
        """
        <?xml version="1.0"?><EvaluationInputData Version="1" xmlns="http://www.perkinelmer.com/Columbus"><Plates><Plate><PlateID>1</PlateID>
        <MeasurementStartTime>2014-01-01T00:00:00</MeasurementStartTime><PlateRows>16</PlateRows><PlateColumns>24</PlateColumns></Plate></Plates>
        <Images>\(images.joined())</Images></EvaluationInputData>
        """
    }

    private static func measurement(_ references: String) -> String {
        """
        <ColumbusMeasurementIndex Version="1"><Columbus><ScreenName>s</ScreenName><PlateName>p</PlateName><PlateRows>16</PlateRows>
        <PlateColumns>24</PlateColumns><Measurement MeasurementID="7">m</Measurement></Columbus>\(references)</ColumbusMeasurementIndex>
        """
    }

    @Test func pagesOfFilesAreCountedFromZero() async throws {
        let images = [(1, 1, 0), (1, 2, 1), (2, 1, 2), (2, 2, 3)].map {
            Self.image(row: 3, column: 5, field: $0.0, channel: $0.1, url: "003005.tif", buffer: $0.2)
        }
        let folder = try IndexFolder([
            "MeasurementIndex.ColumbusIDX.xml": Self.measurement(
                "<References><Reference Class=\"IMAGEINDEX\">ImageIndex.ColumbusIDX.xml</Reference></References>"),
            "ImageIndex.ColumbusIDX.xml": Self.list(images),
        ])
        let index = try await folder.read("MeasurementIndex.ColumbusIDX.xml")
        #expect((index.rows, index.columns) == (16, 24) && index.channelNames == ["Hoechst", "YAP"])
        #expect(index.place("C5", field: 2, channel: 2) == "003005.tif:4" && index.count("C5") == 4)
        let alone = try await folder.read("ImageIndex.ColumbusIDX.xml")
        #expect(alone.wells == index.wells)
    }

    @Test func foldersAreTimes() async throws {
        let image = Self.image(row: 1, column: 1, field: 1, channel: 1, url: "a.tif", buffer: 0)
        let folder = try IndexFolder([
            "MeasurementIndex.ColumbusIDX.xml": Self.measurement(""), "t0/ImageIndex.ColumbusIDX.xml": Self.list([image]),
            "t1/ImageIndex.ColumbusIDX.xml": Self.list([image]), "other/readme.txt": "x",
        ])
        let index = try await folder.read("MeasurementIndex.ColumbusIDX.xml")
        #expect(index.place("A1", frame: 1) == "t0/a.tif:1" && index.place("A1", frame: 2) == "t1/a.tif:1")
    }

    @Test func theMeasurementIsTakenBeforeItsImages() {
        #expect(
            ColumbusIndex().choose(among: ["ImageIndex.ColumbusIDX.xml", "MeasurementIndex.ColumbusIDX.xml"]) == "MeasurementIndex.ColumbusIDX.xml")
    }

    @Test(arguments: [
        "<a/>", "<a><Reference>../../x.ColumbusIDX.xml</Reference></a>", "<a>", list([]),
        list([image(row: 1, column: 1, field: 1, channel: 1, url: "../../../../b.tif", buffer: 0)]),
    ])
    func whatNamesNoImagesIsRefused(text: String) async throws {
        let folder = try IndexFolder(["MeasurementIndex.ColumbusIDX.xml": text])
        await #expect(throws: IDRError.self) {
            let index = try await folder.read("MeasurementIndex.ColumbusIDX.xml")
            _ = try IndexedWell(#require(WellName("A1")), of: index, in: "idr0028-a/p")
        }
    }
}
