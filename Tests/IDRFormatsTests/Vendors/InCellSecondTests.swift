import IDRFormats
import IDRPlan
import Testing

/// `.xdce` files written anew from what is published of them, by somebody who did not write the reader.
@Suite(.enabled(if: PlateIndexFormats.format(of: "a.xdce") != nil)) struct InCellSecondTests {
    private static func image(_ file: String, row: Int, column: Int, field: Int = 0, wave: Int = 0, z: Int = 0, time: Int = 0) -> String {
        """
        <Image acquisition_time_ms="1" filename="\(file)" thumb_filename="t.jpg">
        <Well label="\(["A", "B", "C"][min(2, max(0, row - 1))]) - \(column)"><Row number="\(row)"/><Column number="\(column)"/></Well>
        <Identifier field_index="\(field)" time_index="\(time)" wave_index="\(wave)" z_index="\(z)"/>
        <Exciter name="x\(wave)"/><ExcitationFilter name="ex\(wave)" wavelength="360"/><EmissionFilter name="\(wave == 0 ? "DAPI" : "FITC")" wavelength="460"/>
        </Image>
        """
    }

    private static func stack(_ images: [String]) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?><ImageStack UUID="x" version="1.1"><Creation date="x"/>
        <AutoLeadAcquisitionProtocol fingerprint="x"><Plate rows="8" columns="12" name="96 plate"><TopLeft x="1" y="1"/></Plate>
        <Wavelengths><Wavelength index="0"><EmissionFilter name="DAPI" wavelength="460"/></Wavelength>
        <Wavelength index="1"><EmissionFilter name="FITC" wavelength="535"/></Wavelength></Wavelengths></AutoLeadAcquisitionProtocol>
        <Images number="\(images.count)">\(images.joined())</Images></ImageStack>
        """
    }

    @Test func identifiersAreCountedFromZero() async throws {
        var images: [String] = []
        for field in 0..<2 {
            for wave in 0..<2 {
                images.append(Self.image("A - 2(fld \(field + 1) wv \(wave)).tif", row: 1, column: 2, field: field, wave: wave))
            }
        }
        images.append(Self.image("C - 12(fld 1).tif", row: 3, column: 12, z: 3, time: 1))
        let index = try await IndexFolder(["p.xdce": Self.stack(images)]).read("p.xdce")
        #expect((index.rows, index.columns) == (8, 12) && index.wellNames == ["A2", "C12"])
        #expect(index.place("A2", field: 2, channel: 2) == "A - 2(fld 2 wv 1).tif:1" && index.count("A2") == 4)
        #expect(index.place("C12", frame: 2, z: 4) == "C - 12(fld 1).tif:1" || index.count("C12") == 1)
        #expect(index.channelNames.count == 2)
    }

    @Test(arguments: [
        stack([]), stack([image("../../../../x.tif", row: 1, column: 1)]), stack([image("a.tif", row: 0, column: 1)]),
        stack([image("a.tif", row: 1, column: 99_999)]), stack([image("a.tif", row: 1, column: 1, field: -1)]), "<ImageStack>", "",
        stack([image("a.tif", row: 1, column: 1, z: 3_000_000_000)]), "<!DOCTYPE a><ImageStack/>",
    ])
    func whatIsWrongIsRefused(text: String) async throws {
        let folder = try IndexFolder(["p.xdce": text])
        await #expect(throws: IDRError.self) {
            let index = try await folder.read("p.xdce")
            _ = try IndexedWell(#require(WellName("A1")), of: index, in: "idr0017-a/p")
        }
    }
}
