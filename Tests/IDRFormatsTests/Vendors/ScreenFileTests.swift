import IDRFormats
import IDRPlan
import TestSupport
import Testing

/// `.screen` files in the form of those that the IDR has of idr0011, idr0016, idr0026, idr0033 and idr0035.
@Suite struct ScreenFileTests {
    private static let study = "/uod/idr/filesets/idr0035-caie-drugresponse/images/Week10_40111"

    private static let caie = """
        [Plate]
        Name = Week10_40111
        Rows = 8
        Columns = 12
        Fields = 2

        [Well 0]
        Row = 0
        Column = 0

        [Well 13]
        Row = 1
        Column = 1
        AxisTypes = C
        ChannelNames = DAPI,Tubulin,Actin
        Field_0 = \(study)/Week10_200907_B02_s1_w<18E2,2D49,436D>.tif
        Field_1 = \(study)/Week10_200907_B02_s2_w<1CD1,273B,4A00>.tif
        """

    @Test func aFieldIsAPatternOfItsChannels() async throws {
        let index = try await IndexFolder(["a.screen": Self.caie]).read("a.screen")
        #expect((index.rows, index.columns) == (8, 12))
        #expect(index.channelNames == ["DAPI", "Tubulin", "Actin"])
        #expect(index.wellNames == ["B2"] && index.count("B2") == 6)
        #expect(index.place("B2", field: 2, channel: 3) == "\(Self.study)/Week10_200907_B02_s2_w4A00.tif")
        #expect(index.place("B2", channel: 1) == "\(Self.study)/Week10_200907_B02_s1_w18E2.tif")
    }

    /// idr0016 has a folder for each channel within the block, idr0033 leaves AxisTypes out.
    @Test func blocksMayHoldFoldersAndAxesMayBeGuessed() async throws {
        let text = """
            [Plate]
            Name = 20585
            Rows = 16
            Columns = 24
            Fields = 1
            [Well 383]
            Row = 15
            Column = 23
            ChannelNames = ERSyto,Hoechst
            Field_0 = /uod/idr/filesets/idr0016-wawer/x/20585_w<ERSyto/IXMtest_P24_s1_w2A,Hoechst/IXMtest_P24_s1_w1B>.tif
            """
        let index = try await IndexFolder(["a.screen": text]).read("a.screen")
        #expect(index.place("P24", channel: 2) == "/uod/idr/filesets/idr0016-wawer/x/20585_wHoechst/IXMtest_P24_s1_w1B.tif")
    }

    /// As in idr0026: brackets are text, and two axes are named.
    @Test func severalBlocksFollowAxisTypes() async throws {
        let text = """
            [Plate]
            Name = m
            Rows = 1
            Columns = 1
            Fields = 1
            [Well 0]
            Row = 0
            Column = 0
            AxisTypes = CT
            Field_0 = PMT <[BD2_GREEN] [00]_C00,[FD6_FDRED] [00]_C01>_Time Time<0000-0029>.ome.tif
            """
        let index = try await IndexFolder(["a.screen": text]).read("a.screen")
        #expect(index.count("A1") == 60)
        #expect(index.place("A1", frame: 30, channel: 2) == "PMT [FD6_FDRED] [00]_C01_Time Time0029.ome.tif")
    }

    @Test func aFieldMayBeAPatternFileBesideIt() async throws {
        let text = "[Plate]\nRows=1\nColumns=2\nFields=1\n[Well 1]\nRow=0\nColumn=1\nField_0=patterns/a.pattern\n"
        let folder = try IndexFolder(["a.screen": text, "patterns/a.pattern": "x_c<1-2>.tif\r\n"])
        let index = try await folder.read("a.screen")
        #expect(index.place("A2", channel: 2) == "patterns/x_c2.tif")
    }

    @Test(arguments: [
        ("[Well 0]\nRow=0", "no table [Plate]"), ("[Plate]\nRows=9999\nColumns=1\nFields=1", "Rows"),
        ("[Plate]\nRows=1\nColumns=x\nFields=1", "Columns"),
        ("[Plate]\nRows=1\nColumns=1\nFields=99999999", "Fields"), ("[Plate]\nRows=1\nColumns=1\nFields=1\n[Well 0]\nRow=1\nColumn=0", "Row"),
        ("[Plate]\nRows=1\nColumns=1\nFields=1\n[Well 0]\nRow=0\nColumn=0\nField_7=a.tif", "Field_7"),
        ("[Plate]\nRows=1\nColumns=1\nFields=1\n[Well 0]\nRow=0\nColumn=0", "no images"),
        ("[Plate]\nRows=1\nColumns=1\nFields=1\n[Plate]\nRows=1", "twice"),
        ("[Plate]\nRows=1\nColumns=1\nFields=1\n[Well 0]\nRow=0\nColumn=0\nAxisTypes=Q\nField_0=c<1-2>.tif", "AxisTypes"),
        ("[Plate]\nRows=1\nColumns=1\nFields=1\n[Well 0]\nRow=0\nColumn=0\nField_0=<0-9999>_<0-9999>.tif", "more than"),
    ])
    func whatIsWrongIsSaid(text: String, reason: String) async throws {
        let folder = try IndexFolder(["a.screen": text])
        let error = await #expect(throws: IDRError.self) { try await folder.read("a.screen") }
        #expect(error?.code == .invalidInput && error?.reason?.contains(reason) == true, "\(error as Any)")
    }

    @Test(arguments: ["a/../../../etc/passwd", "..", "a\u{1}b.tif", "a/..hidden"])
    func pathsThatLeadOutAreRefused(path: String) async throws {
        let folder = try IndexFolder(["a.screen": "[Plate]\nRows=1\nColumns=1\nFields=1\n[Well 0]\nRow=0\nColumn=0\nField_0=\(path)"])
        let error = await #expect(throws: IDRError.self) { try await folder.read("a.screen") }
        #expect(error?.code == .refused, "\(error as Any)")
    }
}
