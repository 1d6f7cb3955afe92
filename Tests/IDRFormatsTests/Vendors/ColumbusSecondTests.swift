import IDRFormats
import IDRPlan
import Testing

/// Columbus' indices written anew from what is published of them, by somebody who did not write the reader.
@Suite struct ColumbusSecondTests {
    private static let measurement = "MeasurementIndex.ColumbusIDX.xml"

    private static func index(_ references: [String]) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ColumbusMeasurementIndex Version=\"1.0\" xmlns=\"http://www.perkinelmer.com/Columbus\">"
            + "<ScreenName>s</ScreenName><PlateName>p</PlateName><PlateType>x</PlateType><Measurement MeasurementID=\"7\">m</Measurement>"
            + "<PlateRows>16</PlateRows><PlateColumns>24</PlateColumns><References>"
            + references.map { "<Reference Class=\"IMAGEINDEX\">\($0)</Reference>" }.joined() + "</References></ColumbusMeasurementIndex>"
    }

    private static func image(
        _ url: String, buffer: Int = 0, row: Int = 1, column: Int = 1, field: Int = 1, z: Int = 1, time: Int = 1, channel: Int = 1
    ) -> String {
        "<Image Version=\"1\"><id>x</id><State>OK</State><URL BufferNo=\"\(buffer)\">\(url)</URL><Row>\(row)</Row><Col>\(column)</Col>"
            + "<FieldID>\(field)</FieldID><PlaneID>\(z)</PlaneID><TimepointID>\(time)</TimepointID><ChannelID>\(channel)</ChannelID>"
            + "<ChannelName>Exp\(channel)Cam\(channel)</ChannelName><ChannelColor>16711935</ChannelColor>"
            + "<ImageResolutionX Unit=\"m\">3.2E-07</ImageResolutionX></Image>"
    }

    private static func list(_ images: [String]) -> String {
        "<EvaluationInputData><Plates><Plate><PlateID>p</PlateID><MeasurementStartTime>2012-01-01T00:00:00+00:00</MeasurementStartTime>"
            + "</Plate></Plates><Images>\(images.joined())</Images></EvaluationInputData>"
    }

    @Test func channelsArePagesOfAFile() async throws {
        let images = (1...2).flatMap { field in
            (1...3).map { image in
                Self.image("003011-\(field).tif", buffer: image - 1, row: 3, column: 11, field: field, channel: image)
            }
        }
        let folder = try IndexFolder([
            Self.measurement: Self.index(["ImageIndex.ColumbusIDX.xml", "Settings.xml"]), "ImageIndex.ColumbusIDX.xml": Self.list(images),
        ])
        let index = try await folder.read(Self.measurement)
        #expect((index.rows, index.columns) == (16, 24) && index.wellNames == ["C11"] && index.count("C11") == 6)
        #expect(index.channelNames == ["Exp1Cam1", "Exp2Cam2", "Exp3Cam3"])
        #expect(index.place("C11", field: 2, channel: 3) == "003011-2.tif:3" && index.place("C11") == "003011-1.tif:1")
    }

    /// Folders below the measurement's are times; each has a list of its own, whose files lie in it.
    @Test func timesLieInFolders() async throws {
        var texts = [measurementName: Self.index([])]
        for time in 1...3 { texts["time \(time)/ImageIndex.ColumbusIDX.xml"] = Self.list([Self.image("a.tif"), Self.image("b.tif", channel: 2)]) }
        let index = try await IndexFolder(texts).read(Self.measurement)
        #expect(index.count("A1") == 6 && index.place("A1", frame: 3, channel: 2) == "time 3/b.tif:1" && index.place("A1") == "time 1/a.tif:1")
    }

    private var measurementName: String { Self.measurement }

    @Test func theListOfImagesAloneIsEnough() async throws {
        let name = "ImageIndex.ColumbusIDX.xml"
        let index = try await IndexFolder([name: Self.list([Self.image("a.tif", buffer: 4, row: 16, column: 24)])]).read(name)
        #expect(index.place("P24") == "a.tif:5")
    }

    @Test(arguments: [
        list([image("../../../../a.tif")]), list([image("a.tif", row: 0)]), list([image("a.tif", column: 2000)]), list([]),
        list([image("a.tif")]).replacing("BufferNo=\"0\"", with: "BufferNo=\"-1\""),
        list([image("a.tif")]).replacing("BufferNo=\"0\"", with: "BufferNo=\"9999999999999\""), String(list([image("a.tif")]).dropLast(8)), "",
    ])
    func whatIsWrongIsRefused(text: String) async throws {
        let folder = try IndexFolder([Self.measurement: Self.index(["ImageIndex.ColumbusIDX.xml"]), "ImageIndex.ColumbusIDX.xml": text])
        await #expect(throws: IDRError.self) {
            let index = try await folder.read(Self.measurement)
            for well in index.wells.keys { _ = try IndexedWell(well, of: index, in: "idr0999-a/p") }
        }
    }

    @Test(arguments: [
        "", "<ColumbusMeasurementIndex>", index([]), index(["../../../ImageIndex.ColumbusIDX.xml"]), index(["Missing.ColumbusIDX.xml"]),
    ])
    func aMeasurementWithoutImagesIsRefused(text: String) async throws {
        let folder = try IndexFolder([Self.measurement: text])
        let error = await #expect(throws: IDRError.self) { try await folder.read(Self.measurement) }
        #expect(error?.advice != nil)
    }
}
