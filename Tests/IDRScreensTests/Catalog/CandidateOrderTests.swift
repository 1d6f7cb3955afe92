import IDRFiles
import IDRPlan
import IDRScreens
import TestSupport
import Testing

/// Wells of a plate by name, whatever the order of the table.
struct CandidateOrderTests {
    @Test func wellsStandInTheOrderOfTheirNames() throws {
        let scratch = try ScratchFolder()
        let mirror = try ScratchMirror(scratch("mirror"), wells: ["B2", "A10", "A2", "B1", "A1", "A2"].map { ($0, "negative control") })
        let tables = try ScreenMirror(root: mirror.folder).screen(ScreenName("idr0013A")).tables
        #expect(try tables.wellsByName(on: ["P_1"])["P_1"]?.map(\.name) == ["A1", "A2", "A10", "B1", "B2"])
        #expect(try tables.wellsByName(on: ["P_2"]).isEmpty)
    }
}
