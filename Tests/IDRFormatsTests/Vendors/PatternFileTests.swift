import IDRFormats
import IDRPlan
import Testing

@Suite struct PatternFileTests {
    private func read(_ text: String) async throws -> PlateIndex { try await IndexFolder(["a.pattern": text]).read("a.pattern") }

    @Test func rowsAndColumnsAreWells() async throws {
        let index = try await read("day1/<A-B><01-03>_c<1-2>.tif\n")
        #expect(index.wellNames == ["A1", "A2", "A3", "B1", "B2", "B3"])
        #expect(index.place("B3", channel: 2) == "day1/B03_c2.tif")
    }

    @Test func namesOfWellsAreWells() async throws {
        let index = try await read("x_<A01,H12>_t<1-4:3>.tif")
        #expect(index.wellNames == ["A1", "H12"])
        #expect(index.place("H12", frame: 2) == "x_H12_t4.tif")
    }

    @Test func countedWellsGoAlongTheRows() async throws {
        let index = try await read("well_<001-384:2>.tif")
        #expect(index.wells.count == 192)
        #expect(index.place("B1") == "well_025.tif" && index.place("P23") == "well_383.tif")
    }

    @Test(arguments: ["img_z<0-9>.tif", "", "<", "../../<A01,A02>/../x.tif", "<A-Z><1-999999999>.tif", "/abs/<A01,A02>/../../x.tif"])
    func whatSaysNothingOfWellsIsRefused(text: String) async throws {
        await #expect(throws: IDRError.self) { try await read(text) }
    }
}
