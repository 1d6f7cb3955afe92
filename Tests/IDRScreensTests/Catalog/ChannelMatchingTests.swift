import IDRPlan
import IDRScreens
import Testing

@Suite struct ChannelMatchingTests {
    struct Lists: Sendable, CustomTestStringConvertible {
        let names: [String]
        let labels: String
        /// The channel of each label, from 1; 0 where it is not known.
        let expected: [Int]
        var testDescription: String { "\(names): \(labels)" }

        init(_ names: [String], _ labels: String, _ expected: [Int]) { (self.names, self.labels, self.expected) = (names, labels, expected) }
    }

    private static let lists: [Lists] = [
        // Real lists.
        Lists(["DAPI", "Tubulin", "Actin"], "DAPI:DNA;Phallodin:F-actin;B-tubulin", [1, 3, 2]),
        Lists(["DAPI", "TRITC"], "DAPI:nuclei;TRITC:HA_Flag tagged protein", [1, 2]),
        Lists(
            ["DAPI", "Alexa 488", "CellMask", "Brightfield"],
            "DAPI:nuclei;Alexa 488:EdU, proliferation;CellMask:plasma membrane;Brightfield:cell outline", [1, 2, 3, 4]),
        Lists(
            ["BF", "DNA", "Cytosolic GFP", "Red Blood Cell", "Mitochondria"],
            "BF:Brightfield; DAPI:DNA; GFP:Cytosolic GFP; Cy3:Red Blood Cell; Cy5:Mitochondria", [1, 2, 3, 4, 5]),
        Lists(["TexasRed"], "Alexa 555", [1]),
        Lists(
            ["Exp1Cam1 (blue)", "Exp2Cam2", "Exp3Cam2", "Exp4Cam3"],
            "AlexaFluor647:YAP/TAZ; AlexaFluor568:alphaTubulin;Phalloidin488: F-actin;Hoechst: nuclei", [0, 0, 0, 1]),
        Lists(["Ch1", "Ch2", "Ch3"], "Ch1 (blue): Nuclei/Cytoplasm, Ch2 (green): TP53BP1, Ch3 (red): CLTA", [1, 2, 3]),
        Lists(
            ["Hoechst", "ERSyto", "ERSytoBleed", "PhGolgi", "Mito"],
            "Hoechst 33342:nucleus;phalloidin AlexaFluor594 conjugate:F-actin;MitoTracker Deep Red: mitochondria", [1, 4, 5]),
        Lists(["GFP"], "GFP: a different GFP-tagged protein as indicated by the expressed sgRNA.", [1]),
        Lists(["channel 1", "channel 2"], "Exp1Cam1:various;Exp1Cam2:various", [1, 2]),
        // Invented ones.
        Lists(["mCherry", "GFP", "DAPI"], "DAPI:DNA, GFP:tubulin, mCherry:H2A", [3, 2, 1]),
        Lists(["DAPI", "GFP"], "GFP;DAPI", [2, 1]),
        Lists(["c1", "c2", "c3"], "DAPI:DNA;GFP:tubulin;RFP:actin", [1, 2, 3]),
        Lists(["405", "488", "561"], "mCherry:x;EGFP:y;BFP:z", [3, 2, 1]),
        Lists(["Nuclei", "Cell"], "Hoechst;CellMask", [1, 2]),
        Lists(["Cy5", "DAPI"], "Alexa 647 (tubulin);Hoechst (nuclei)", [1, 2]),
        Lists(["Mitochondria", "Nuclei"], "Hoechst:DNA;MitoTracker:mitochondria", [2, 1]),
        Lists(["phase", "GFP"], "GFP:reporter;transmitted light", [2, 1]),
        Lists(["Actin", "DNA"], "DAPI:nuclei;tubulin", [2, 0]),
        Lists(["DAPI", "FITC", "Cy3"], "Hoechst 33342 (DNA); Alexa488:F-actin ;B-tubulin.", [1, 2, 3]),
        Lists(["DAPI", "GFP", "RFP"], "DNA;ER", [1, 0]),
        Lists(["w1", "w2"], "DNA;actin", [1, 2]),
        // Labels as studies write them, beside names as microscopes write them.
        Lists(["Cy3", "EGFP"], "H2B- mCherry/Cy3:chromatin;eGFP:nuclear lamina and report on nuclear envelope breakdown", [1, 2]),
        Lists(["GFP", "Cy3"], "H2B- mCherry/Cy3:chromatin;eGFP:nuclear lamina and report on nuclear envelope breakdown", [2, 1]),
        Lists(["DAPI"], "Hoechst:DNA", [1]),
        Lists(["Exp1Cam1", "Exp1Cam2"], "Exp1Cam1:various;Exp1Cam2:various", [1, 2]),
        Lists(
            ["DAPI-FilterWheel", "TIRTC-FilterWheel", "FITC-FilterWheel"],
            "DAPI:DNA;FITC-FilterWheel:alpha-tubulin;TIRTC-FilterWheel:phallodin/F-actin", [1, 3, 2]),
        Lists(["DAPI", "FITC", "TRITC"], "DAPI:DNA;FITC-FilterWheel:alpha-tubulin;TIRTC-FilterWheel:phallodin/F-actin", [1, 2, 3]),
        Lists(["mRFP1", "YFP", "DIC"], "YFP:DAD4; mRFP1:SPC42; DIC: whole cell", [2, 1, 3]),
        Lists(["DIC", "YFP", "RFP"], "YFP:DAD4; mRFP1:SPC42; DIC: whole cell", [2, 3, 1]),
        Lists(["RFP", "YFP"], "TagYFP:DAD4; mRFP1:SPC42", [2, 1]),
        Lists(
            ["Hoechst", "FITC", "Cy5", "RFP"],
            "Hoescht: nuclei;Anti-Ser10 PhosphoHistone H3: mitotic nuclei;Anti-alpha-tubulin: microtubules;RFP: whole cell", [1, 2, 3, 4]),
        Lists(
            ["Channel 1", "Channel 2", "Channel 3", "Channel 4"],
            "AlexaFluor647:YAP/TAZ; AlexaFluor568:alphaTubulin;Phalloidin488: F-actin;Hoechst: nuclei.", [1, 2, 3, 4]),
        Lists(
            ["DAPI", "488", "568", "647"], "AlexaFluor647:YAP/TAZ; AlexaFluor568:alphaTubulin;Phalloidin488: F-actin;Hoechst: nuclei.", [4, 3, 2, 1]),
        Lists(["561", "405"], "405:ErkKTR-BFP; 561:H2B-RFP", [2, 1]),
        Lists(
            ["Brightfield", "DAPI", "GFP", "Cy3", "Cy5"], "BF:Brightfield; DAPI:DNA; GFP:Cytosolic GFP; Cy3:Red Blood Cell; Cy5:Mitochondria",
            [1, 2, 3, 4, 5]),
        Lists(["TL Phase"], "bright-field", [1]),
        Lists(
            ["DAPI", "Alexa 488", "Alexa 568", "Alexa 647"], "DAPI:DNA, Alexa 647:tubulin, Alexa 488:SFPQ, Alexa 568:TDP-43", [1, 4, 2, 3]),
        Lists(["DAPI", "Alexa 568", "Alexa 488"], "DAPI:DNA, Alexa 488:FUS, Alexa 568:TDP-43", [1, 3, 2]),
        Lists(["P", "R", "G"], "P:Phase contrast, R:Nuclear reporter, G:Cell cycle reporter", [1, 2, 3]),
        Lists(["red", "green", "phase"], "P:Phase contrast, R:Nuclear reporter, G:Cell cycle reporter", [3, 0, 0]),
        Lists(["GFP", "Hoechst"], "Hoechst:nuclei; GFP:infection", [2, 1]),
        Lists(["DAPI", "FITC"], "Hoechst:nuclei; GFP:infection", [1, 2]),
        Lists(["w2", "w1"], "Hoechst:nuclei; GFP:infection", [1, 2]),
        Lists(["mCherry", "GFP"], "GFP:protein; RFP:cytoplasm", [2, 1]),
        Lists(["Ch1", "Ch2", "Ch3"], "Ch1 (blue): Nuclei/Cytoplasm, Ch2 (green): GM130, Ch3 (red): SQSTM1", [1, 2, 3]),
        Lists(
            ["DNA", "ER", "RNA", "AGP", "Mito"],
            "Hoechst 33342 (DNA); Concanavalin A/Alexa 488 (endoplasmic reticulum); 488 Long (nucleoli and cytoplasmic RNA); "
                + "Phalloidin/Alexa 568 and wheat-germ agglutinin/Alexa 555 (actin cytoskeleton, golgi, and plasma membrane (AGP)); "
                + "MitoTracker Deep Red/Alexa 647 (mitochondria)", [1, 2, 3, 4, 5]),
        // Cell Painting's channel of actin and Golgi has both labels.
        Lists(["DNA", "ER", "RNA", "AGP", "Mito"], "Hoechst:DNA;phalloidin:F-actin;ConA:ER;SYTO 14:RNA;MitoTracker:mitochondria", [1, 4, 2, 3, 5]),
        Lists(["Mito", "AGP", "DNA"], "WGA:Golgi;phalloidin:actin;Hoechst:DNA;MitoTracker:mitochondria", [2, 2, 3, 1]),
        // Labels of the same thing are not of the same channel.
        Lists(["DNA", "pH3"], "phospho-histone H3:mitosis;Hoechst:DNA", [2, 1]),
        Lists(["pH3", "DNA", "Actin"], "DAPI;pH3;phalloidin", [2, 1, 3]),
        Lists(["TRITC"], "RFP:x;Cy3:y", [0, 0]),
        Lists(["DAPI", "TRITC"], "RFP:x;Cy3:y", [0, 0]),
        Lists(["DAPI", "FITC"], "Alexa 488 (DNA damage)", [2]),
        Lists(["DAPI", "mCherry"], "RFP:nuclei", [2]),
        // What looks like a channel's word, and is none.
        Lists(["Brightfield", "Cy5"], "EdU: S phase;Brightfield", [2, 1]),
        Lists(["Cy5", "Phase"], "M:Phase contrast;Cy5:G2/M phase", [2, 1]),
        Lists(["GFP", "DAPI"], "Ch1: DAPI, Ch2: GFP", [0, 0]),
        Lists(["DAPI", "GFP", "RFP"], "C3;GFP;DAPI", [3, 2, 1]),
        Lists(["GFP", "DAPI"], "C2C12:cells;DAPI:DNA", [1, 2]),
        // Numbers of channels and of wavelengths.
        Lists(["DAPI", "GFP"], "w2:GFP;w1:DAPI", [2, 1]),
        Lists(["a", "b", "c"], "C3: tubulin;C1: DNA;C2: actin", [3, 1, 2]),
        Lists(["DAPI", "Cy5", "Cy7"], "Alexa 750:x;Alexa 647:y;DAPI:z", [3, 2, 1]),
        Lists(["640", "405", "488"], "Hoechst;FITC;far red", [2, 3, 1]),
        Lists(["channel 488", "channel 405"], "DAPI;GFP", [2, 1]),
        // Spellings.
        Lists(["SFGFP", "tagBFP", "mScarlet"], "mScarlet:ER;BFP:nuclei;sfGFP:x", [3, 2, 1]),
        Lists(["Microtubules", "Chromatin"], "H2B:histone;DM1a:tubulin", [2, 1]),
        Lists(["FDRed", "Hoechst 33342"], "DNA;MitoTracker Deep Red", [2, 1]),
        Lists(["GOLGI", "DRAQ5"], "GM130;nuclei", [1, 2]),
        Lists(["transmission", "TexasRed"], "Texas Red:x;transmitted light", [2, 1]),
        // More or fewer labels than channels: a position says nothing.
        Lists(["w1", "w2", "w3"], "DNA;actin", [0, 0]),
        Lists(["w1"], "DNA;actin", [0, 0]),
        Lists([], "DNA", [0]),
        Lists(["DAPI"], "", []),
    ]

    @Test(arguments: lists) func labelsFindTheirChannels(lists: Lists) {
        let labels = ChannelLabels(names: lists.names, labels: ChannelLabels.split(lists.labels))
        #expect(labels.places.map { $0.map { $0.channel + 1 } ?? 0 } == lists.expected)
    }

    @Test func aLabelThatContradictsIsAnErrorWithBothLists() {
        let labels = ChannelLabels(names: ["Actin", "DNA"], labels: ["DAPI:nuclei", "tubulin"])
        #expect(labels.isContradiction)
        let error = #expect(throws: IDRError.self) { try labels.number(of: "tubulin") }
        #expect(error?.problem == "it is not known which channel \"tubulin\" is")
        #expect(error?.reason == "the channels are 1 \"Actin\", 2 \"DNA\" (DAPI:nuclei); the study's table lists \"DAPI:nuclei\", \"tubulin\"")
        // A number would give pixels under another's name.
        let number = #expect(throws: IDRError.self) { try labels.number(of: 1) }
        #expect(number?.advice == "write the name of the one that you mean: \"Actin\", or \"DAPI:nuclei\"")
    }

    /// Names that say nothing, in another order than the table's; the study shows the first in blue.
    private let shown = ChannelLabels(
        names: ["Exp1Cam1 (blue)", "Exp2Cam2", "Exp3Cam2", "Exp4Cam3"],
        labels: ChannelLabels.split("AlexaFluor647:YAP/TAZ; AlexaFluor568:alphaTubulin;Phalloidin488: F-actin;Hoechst: nuclei"))

    @Test func whatAnErrorAdvisesWorks() throws {
        let unknown = #expect(throws: IDRError.self) { try shown.number(of: "F-actin") }
        #expect(unknown?.advice == "look at the images, and write the channel that it is: 2 (Exp2Cam2), 3 (Exp3Cam2), \"Exp4Cam3\"")
        #expect(try shown.number(of: 2) == 2 && shown.number(of: 3) == 3 && shown.number(of: "Exp4Cam3") == 4)
        let misleading = #expect(throws: IDRError.self) { try shown.number(of: 4) }
        #expect(misleading?.advice == "write the name of the one that you mean: \"Exp4Cam3\", or \"Hoechst: nuclei\"")
        #expect(try shown.number(of: "Hoechst: nuclei") == 1)
    }

    @Test func aFilesOwnNameIsKnownWhateverItIsShownAs() throws {
        #expect(try shown.number(of: "Exp1Cam1") == 1)
        #expect(throws: IDRError.self) { try shown.number(of: "blue") }
        #expect(throws: IDRError.self) { try ChannelLabels(names: ["GFP (a)", "GFP (b)"], labels: []).number(of: "GFP") }
    }

    @Test func aNameOfSeveralChannelsCannotStandForANumber() throws {
        #expect(try ChannelLabels(names: ["DAPI", "GFP", "GFP"], labels: ["GFP:a", "DAPI", "GFP:b"]).number(of: 2) == 2)
    }

    @Test func theListsAreShownSideBySide() {
        #expect(
            ChannelLabels(names: ["DAPI", "Tubulin", "Actin"], labels: ["DAPI:DNA", "Phallodin:F-actin", "B-tubulin"]).lines == [
                "channel   1  DAPI  (table: DAPI:DNA)", "channel   2  Tubulin  (table: B-tubulin)", "channel   3  Actin  (table: Phallodin:F-actin)",
            ])
        #expect(
            ChannelLabels(names: ["w1", "w2"], labels: ["DNA", "actin"]).lines == [
                "channel   1  w1  (table: DNA, by position only)", "channel   2  w2  (table: actin, by position only)",
            ])
        #expect(
            shown.lines.last
                == "channels  of the table whose order contradicts the files': AlexaFluor647:YAP/TAZ; AlexaFluor568:alphaTubulin; Phalloidin488: F-actin"
        )
        #expect(
            ChannelLabels(names: ["w1"], labels: ["DNA", "actin"]).lines == [
                "channel   1  w1", "channels  of the table whose place in the files is not known: DNA; actin",
            ])
        #expect(ChannelLabels(names: ["w1"], labels: []).lines == ["channel   1  w1"])
    }

    @Test func aListThatIsNoneIsReadInTime() {
        let labels = ChannelLabels(names: ["GFP", "DAPI"], labels: (1...20_000).map { "GFP:\($0)" })
        #expect(labels.places.allSatisfy { $0 == nil })
    }

    @Test func aNameOfTheSameThingWillDo() throws {
        #expect(try ChannelLabels(names: ["Hoechst", "GFP"], labels: []).number(of: "DNA") == 1)
        #expect(throws: IDRError.self) { try ChannelLabels(names: ["Hoechst", "DAPI"], labels: []).number(of: "nuclei") }
    }

    @Test(arguments: [
        ("P:Phase contrast, R:Nuclear reporter, G:Cell cycle reporter", 3), ("DAPI:DNA, Alexa 647:tubulin, Alexa 488:SFPQ", 3),
        ("Alexa 488:EdU, proliferation", 1),
        ("a;b;c.", 3), ("DAPI, GFP, RFP", 3), ("actin (a, b), DNA (c)", 2), ("", 0), ("x (y, z", 2), ("one", 1), (";;", 0),
    ])
    func listsAreSplitAsStudiesWriteThem(text: String, count: Int) { #expect(ChannelLabels.split(text).count == count) }
}
