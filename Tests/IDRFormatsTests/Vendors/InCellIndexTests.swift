import IDRFormats
import IDRPlan
import Testing

@Suite struct InCellIndexTests {
    private static func image(_ file: String, row: Int = 1, column: Int = 1, field: Int = 0, wave: Int = 0) -> String {
        """
        <Image filename="\(file)"><Well><Row number="\(row)"/><Column number="\(column)"/></Well>
        <Identifier field_index="\(field)" wave_index="\(wave)" z_index="0" time_index="0"/></Image>
        """
    }

    private static func read(_ images: String) async throws -> PlateIndex {
        let text = """
            <ImageStack><Plate rows="16" columns="24"/><Wavelengths><Wavelength index="0"><EmissionFilter name="DAPI"/></Wavelength>
            <Wavelength index="2"><EmissionFilter name="Cy5"/></Wavelength></Wavelengths><Images>\(images)</Images></ImageStack>
            """
        return try await IndexFolder(["x.xdce": text]).read("x.xdce")
    }

    @Test func fieldsAndWavesThatWereNotTakenLeaveNoGap() async throws {
        let index = try await Self.read(Self.image("a.tif", field: 3) + Self.image("b.tif", field: 7, wave: 2))
        #expect(index.place("A1", field: 1, channel: 1) == "a.tif:1" && index.place("A1", field: 2, channel: 2) == "b.tif:1")
        #expect(index.channelNames == ["DAPI", "Cy5"] && index.rows == 16 && index.columns == 24)
    }

    @Test(arguments: [
        "", image("../../../x.tif"), image("a.tif", row: 0), "<Image/>", image("a.tif", row: 1000), "<Image filename=\"a.tif\"></Image>",
    ])
    func whatIsNoPlateIsRefused(images: String) async throws {
        await #expect(throws: IDRError.self) {
            let index = try await Self.read(images)
            _ = try IndexedWell(#require(WellName("A1")), of: index, in: "idr0017-a/p")
        }
    }
}
