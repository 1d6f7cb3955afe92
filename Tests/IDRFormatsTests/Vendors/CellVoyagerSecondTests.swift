import IDRFormats
import IDRPlan
import Testing

/// CellVoyager's files written anew from what is published of them, by somebody who did not write the reader.
@Suite(.enabled(if: PlateIndexFormats.format(of: "a.wpi") != nil)) struct CellVoyagerSecondTests {
    private static let space = "xmlns:bts=\"http://www.yokogawa.co.jp/BTS/BTSSchema/1.0\""

    private static let plate =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><bts:WellPlate bts:Version=\"1.0\" bts:Name=\"PL1\" bts:ProductID=\"x\" bts:Rows=\"16\" bts:Columns=\"24\" "
        + space + "/>"

    private static func record(
        _ file: String, row: Int = 2, column: Int = 3, field: Int = 1, time: Int = 1, z: Int = 1, channel: Int = 1, timeline: Int = 1
    ) -> String {
        "<bts:MeasurementRecord bts:Type=\"IMG\" bts:Time=\"2021-06-14T09:13:30.1+01:00\" bts:Column=\"\(column)\" bts:Row=\"\(row)\" "
            + "bts:TimePoint=\"\(time)\" bts:FieldIndex=\"\(field)\" bts:ZIndex=\"\(z)\" bts:TimelineIndex=\"\(timeline)\" bts:ActionIndex=\"1\" "
            + "bts:Action=\"3D\" bts:X=\"-1.5\" bts:Y=\"2\" bts:Z=\"-8.5\" bts:Ch=\"\(channel)\">\(file)</bts:MeasurementRecord>\n"
    }

    private static func data(_ records: [String]) -> String {
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><bts:MeasurementData bts:Version=\"1.0\" \(space)>\(records.joined())</bts:MeasurementData>"
    }

    private static let detail =
        "<bts:MeasurementDetail bts:Version=\"1.0\" bts:RowCount=\"16\" bts:ColumnCount=\"24\" bts:TimePointCount=\"1\" bts:FieldCount=\"2\" \(space)>"
        + "<bts:MeasurementChannel bts:Ch=\"1\" bts:HorizontalPixels=\"4\"/><bts:MeasurementChannel bts:Ch=\"2\"/></bts:MeasurementDetail>"

    private func read(_ data: String) async throws -> PlateIndex {
        try await IndexFolder(["110.wpi": Self.plate, "MeasurementData.mlf": data, "MeasurementDetail.mrf": Self.detail]).read("110.wpi")
    }

    @Test func recordsAreCountedFromOne() async throws {
        var records: [String] = []
        for field in 1...2 {
            for channel in 1...2 {
                for z in 1...3 { records.append(Self.record("f\(field)z\(z)c\(channel).tif", field: field, z: z, channel: channel)) }
            }
        }
        let index = try await read(Self.data(records))
        #expect((index.rows, index.columns) == (16, 24) && index.wellNames == ["B3"] && index.count("B3") == 12)
        #expect(index.place("B3", field: 2, channel: 2, z: 3) == "f2z3c2.tif:1")
    }

    /// Channels keep their order where some were not used.
    @Test func channelsThatWereNotUsedLeaveNoGap() async throws {
        let index = try await read(Self.data([Self.record("a.tif", channel: 1), Self.record("b.tif", channel: 4)]))
        #expect(index.place("B3", channel: 2) == "b.tif:1" || index.place("B3", channel: 4) == "b.tif:1")
    }

    /// What an autofocus that failed leaves has no field and is no image.
    @Test func errorsAreNoImages() async throws {
        let error =
            "<bts:MeasurementRecord bts:Type=\"ERR\" bts:Time=\"2020-01-01T11:00:00.000+01:00\" bts:Column=\"14\" bts:Row=\"3\" bts:TimePoint=\"1\" "
            + "bts:PartialTileIndex=\"1\" bts:TimelineIndex=\"1\" bts:X=\"-20.0\" bts:Y=\"25.0\">AF Error at C14 No. 0</bts:MeasurementRecord>"
        let index = try await read(Self.data([error, Self.record("a.tif")]))
        #expect(index.wellNames == ["B3"])
    }

    @Test(arguments: [
        data([]), data([record("../../../../../x.tif")]), data([record("a.tif", row: 0)]), data([record("a.tif", column: 100_000)]),
        data([record("a.tif", field: 0)]), data([record("a.tif")]).replacing("</bts:MeasurementData>", with: ""), "",
    ])
    func whatIsWrongIsRefused(text: String) async throws {
        await #expect(throws: IDRError.self) {
            let index = try await read(text)
            _ = try IndexedWell(#require(WellName("B3")), of: index, in: "idr0093-a/p")
        }
    }

    @Test func withoutRecordsThereIsNoPlate() async throws {
        let folder = try IndexFolder(["110.wpi": Self.plate])
        await #expect(throws: IDRError.self) { try await folder.read("110.wpi") }
    }
}
