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

    @Test(arguments: [
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
    ])
    func labelsFindTheirChannels(lists: Lists) {
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
        #expect(number?.advice == "choose the channel by name")
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
