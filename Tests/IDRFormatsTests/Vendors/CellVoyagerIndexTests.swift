import IDRFormats
import IDRPlan
import Testing

@Suite struct CellVoyagerIndexTests {
    private static func record(_ file: String, channel: Int = 1, action: Int = 1, timeline: Int = 1, time: Int = 1, type: String = "IMG") -> String {
        """
        <bts:MeasurementRecord bts:Type="\(type)" bts:Row="1" bts:Column="2" bts:FieldIndex="1" bts:ZIndex="1" bts:TimePoint="\(time)" \
        bts:TimelineIndex="\(timeline)" bts:ActionIndex="\(action)" bts:Ch="\(channel)">\(file)</bts:MeasurementRecord>
        """
    }

    private static func folder(_ records: [String], plate: String = "<bts:WellPlate xmlns:bts=\"b\" bts:Rows=\"8\" bts:Columns=\"12\"/>") throws
        -> IndexFolder
    {
        try IndexFolder([
            "P.wpi": plate, "MeasurementData.mlf": "<bts:MeasurementData xmlns:bts=\"b\">\(records.joined())</bts:MeasurementData>",
            "MeasurementDetail.mrf":
                "<bts:MeasurementDetail xmlns:bts=\"b\" bts:MeasurementSettingFileName=\"a b.mes\" bts:RowCount=\"16\" bts:ColumnCount=\"24\"/>",
            "A b.mes": "<bts:MeasurementSetting xmlns:bts=\"b\"><bts:ChannelList><bts:Channel bts:Ch=\"2\" bts:Target=\"DNA\" bts:Fluorophore=\"\"/>"
                + "<bts:Channel bts:Ch=\"4\" bts:Target=\"Actin\" bts:Fluorophore=\"568\"/></bts:ChannelList></bts:MeasurementSetting>",
        ])
    }

    @Test(arguments: ["P.wpi", "MeasurementData.mlf", "MeasurementDetail.mrf"])
    func anyOfTheThreeFilesNamesThePlate(name: String) async throws {
        let index = try await Self.folder([Self.record("a.tif"), Self.record("b.tif", channel: 2)]).read(name)
        #expect(index.rows == 8 && index.columns == 12 && index.place("A2", channel: 2) == "b.tif:1")
        #expect(index.channelNames == [nil, "DNA"])
    }

    @Test func actionsThatRepeatAChannelAreChannels() async throws {
        let index = try await Self.folder([Self.record("a.tif", action: 1), Self.record("b.tif", action: 2)]).read("P.wpi")
        #expect(index.place("A2", channel: 1) == "a.tif:1" && index.place("A2", channel: 2) == "b.tif:1")
    }

    @Test func timelinesFollowEachOther() async throws {
        let records = [Self.record("a.tif", time: 1), Self.record("b.tif", time: 2), Self.record("c.tif", timeline: 2, time: 1)]
        let index = try await Self.folder(records).read("P.wpi")
        #expect((1...3).map { index.place("A2", frame: $0) } == ["a.tif:1", "b.tif:1", "c.tif:1"])
    }

    @Test func imagesThatFailedAreCounted() async throws {
        let index = try await Self.folder([Self.record("a.tif"), Self.record("no", type: "ERR")]).read("P.wpi")
        #expect(index.notes == ["1 image of P.wpi failed when they were taken"])
    }

    /// Settings that are named often do not lie beside the list.
    @Test func sizeAndNamesAreTakenFromWhatIsThere() async throws {
        let data = "<bts:MeasurementData xmlns:bts=\"b\">\(Self.record("a.tif", channel: 4))</bts:MeasurementData>"
        let named = try await Self.folder([Self.record("a.tif", channel: 4)]).read("P.wpi")
        #expect(named.channelNames == ["Actin 568"])
        for settings in ["s.mes", "../../s.mes", ""] {
            let detail =
                "<bts:MeasurementDetail xmlns:bts=\"b\" bts:MeasurementSettingFileName=\"\(settings)\" bts:RowCount=\"16\" bts:ColumnCount=\"24\"/>"
            let index = try await IndexFolder(["MeasurementData.mlf": data, "MeasurementDetail.mrf": detail]).read("MeasurementData.mlf")
            #expect((index.rows, index.columns) == (16, 24) && index.channelNames.isEmpty)
        }
        await #expect(throws: IDRError.self) {
            try await IndexFolder(["MeasurementData.mlf": data, "MeasurementDetail.mrf": "<bts:MeasurementDetail"]).read("MeasurementData.mlf")
        }
    }

    @Test func aPlateWithoutItsListIsMissing() async throws {
        let folder = try IndexFolder(["P.wpi": "<bts:WellPlate xmlns:bts=\"b\"/>"])
        let error = await #expect(throws: IDRError.self) { try await folder.read("P.wpi") }
        #expect(error?.code == .missing && error?.problem == "the plate's index P.wpi has no MeasurementData.mlf beside it")
    }
}
