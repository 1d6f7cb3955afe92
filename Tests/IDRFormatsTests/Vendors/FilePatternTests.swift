import IDRPlan
import Testing

import IDRFormats

@Suite struct FilePatternTests {
    private func words(_ block: String) throws -> [String] { try FilePattern(block).blocks[0] }

    @Test(arguments: [
        ("<0-2>", ["0", "1", "2"]), ("<9-11>", ["9", "10", "11"]), ("<09-11>", ["09", "10", "11"]), ("<1-5:2>", ["1", "3", "5"]),
        ("<001-007:3>", ["001", "004", "007"]), ("<A-C>", ["A", "B", "C"]), ("<v-z:2>", ["v", "x", "z"]), ("<1,3,11>", ["1", "3", "11"]),
        ("<Cy3-B,DAPI>", ["Cy3-B", "DAPI"]), ("<Cy3>", ["Cy3"]), ("<>", [""]), ("<a/b,c/d>", ["a/b", "c/d"]),
    ])
    func blocksStandForWords(block: String, expected: [String]) throws {
        #expect(try words(block) == expected)
    }

    @Test(arguments: ["a<1-2", "<5-1>", "<C-A>", "<0-99999999>", String(repeating: "<1-2>", count: 13)])
    func whatIsNoPatternIsRefused(text: String) {
        #expect(throws: FilePattern.Refusal.self) { try FilePattern(text) }
    }

    @Test func manyFilesAreRefusedBeforeTheyAreMade() throws {
        let pattern = try FilePattern("<0-9999>_<0-9999>_<0-9999>")
        #expect(throws: FilePattern.Refusal.self) { try pattern.planes(pattern.axes) }
    }

    @Test(arguments: [
        ("a_Z<0-1>_C<0-2:2>.png", [FilePattern.Axis.plane(.z), .plane(.channel)]),
        ("time<1-9>_ch-<1-2>_x<1-3>", [.plane(.frame), .plane(.channel), .plane(.z)]),
        ("p_s1_w<1abc,2def>.tif", [.plane(.channel)]), ("<red,green,blue>.tif", [.plane(.channel)]),
        ("a<1-2>b<1-2>c<1-2>d<1-2>", [.plane(.z), .plane(.frame), .plane(.channel), .plane(.frame)]), ("series<1-2>", [.series]),
    ])
    func wordsBeforeBlocksSayTheirAxes(text: String, expected: [FilePattern.Axis]) throws {
        #expect(try FilePattern(text).axes == expected)
    }

    /// The fourth block is of time, for no axis is left: it counts within the second.
    @Test func blocksOfOneAxisCountTogether() throws {
        let pattern = try FilePattern("t<0-1>/t<0-2>.tif")
        let planes = try pattern.planes(pattern.axes)
        #expect(planes.map(\.name) == ["t0/t0.tif", "t0/t1.tif", "t0/t2.tif", "t1/t0.tif", "t1/t1.tif", "t1/t2.tif"])
        #expect(planes.map(\.index.frame) == [1, 2, 3, 4, 5, 6])
    }

    @Test func ofImagesBesideEachOtherTheFirstIsTaken() throws {
        let pattern = try FilePattern("c<1-2>_series<1-3>")
        #expect(try pattern.planes(pattern.axes).map(\.name) == ["c1_series1", "c2_series1"])
    }
}
