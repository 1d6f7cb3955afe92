import Foundation
import IDRFiles
import IDRPlan
import IDRScreens
import Testing

/// Real tables of five studies, where a folder of them is named (`IDRKIT_STUDY_TABLES`): they are not part of this package.
@Suite struct StudyTableTests {
    static let folder = ProcessInfo.processInfo.environment["IDRKIT_STUDY_TABLES"].flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

    struct Expected: Sendable {
        let screen: String
        let file: String
        let wells: Int
        let (negative, positive, all): (Int, Int, Int)
        let channels: Int
    }

    @Test(
        .enabled(if: folder != nil, "needs IDRKIT_STUDY_TABLES, a folder with the IDR's own tables of idr0011, 0020, 0028, 0035 and 0080"),
        arguments: [
            Expected(screen: "idr0011C", file: "idr0011/idr0011-screenC", wells: 192, negative: 41, positive: 0, all: 41, channels: 3),
            Expected(screen: "idr0020A", file: "idr0020/idr0020-screenA", wells: 1536, negative: 240, positive: 36, all: 276, channels: 4),
            Expected(screen: "idr0028A", file: "idr0028/idr0028-screenA", wells: 1536, negative: 379, positive: 8, all: 387, channels: 4),
            Expected(screen: "idr0028B", file: "idr0028/idr0028-screenB", wells: 1536, negative: 735, positive: 20, all: 847, channels: 4),
            Expected(screen: "idr0035A", file: "idr0035/idr0035-screenA", wells: 3300, negative: 330, positive: 0, all: 330, channels: 3),
            // The first plate of the study's table.
            Expected(screen: "idr0080A", file: "idr0080/idr0080-screenA", wells: 384, negative: 120, positive: 0, all: 120, channels: 5),
        ])
    func controlsAndChannelsOfRealTables(expected: Expected) throws {
        let stem = "\(Self.folder ?? "")/\(expected.file)"
        let name = ["-annotation.csv", "-annotation.first384.csv"].first { FileManager.default.fileExists(atPath: stem + $0) } ?? "-annotation.csv"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stem + name)))
        let plates = try PlatesTable([UInt8]("P\n".utf8), called: "plates.tsv")
        let tables = try ScreenTables(screen: ScreenName(expected.screen), plates: plates, annotation: CSVTable(bytes, called: stem))
        let controls = try tables.controls()
        #expect(tables.annotation.count == expected.wells && controls.count == expected.all)
        #expect(controls.count { $0.control == .negative } == expected.negative && controls.count { $0.control == .positive } == expected.positive)
        // Wells that were not imaged have no channels.
        #expect(Set(controls.map { tables.channels(row: $0.row).count }).subtracting([0]) == [expected.channels])
        if expected.screen == "idr0080A" {
            let own = ControlWords(negative: ["negative"], positive: [], none: ["no reagent"])
            #expect(try tables.controls(words: own).count == 64)
        }
    }
}

@Suite struct ChannelLabelTests {
    private let labels = ChannelLabels(
        names: ["DAPI", "FITC", "Cy3"], labels: ChannelLabels.split("Hoechst 33342 (DNA); Alexa488:F-actin ;B-tubulin."))

    @Test func namesComeFromTheFileAndTheTable() throws {
        let expected: [(Channel, Int)] = [
            (2, 2), ("dapi", 1), ("DNA", 1), ("Hoechst 33342", 1), ("hoechst 33342 (dna)", 1), ("F-ACTIN", 2), ("Alexa488", 2), ("B-tubulin", 3),
        ]
        for (channel, number) in expected { #expect(try labels.number(of: channel) == number) }
        #expect((1...3).map(labels.title) == ["DNA", "F-actin", "B-tubulin"])
        // A table that lists another number of channels describes other images.
        #expect(ChannelLabels(names: ["a", "b"], labels: ["DNA"]).title(of: 1) == "a")
    }

    @Test(arguments: [Channel.number(0), 4, "GFP"])
    func whatIsNotThereIsAnErrorThatListsTheChannels(channel: Channel) {
        let error = #expect(throws: IDRError.self) { try labels.number(of: channel) }
        #expect(error?.reason == "the channels are 1 \"DAPI\" (Hoechst 33342 (DNA)), 2 \"FITC\" (Alexa488:F-actin), 3 \"Cy3\" (B-tubulin)")
    }

    @Test func aNameOfTwoChannelsIsNoName() {
        let twice = ChannelLabels(names: ["c1", "c2"], labels: ["DAPI:DNA", "GFP:DNA"])
        let error = #expect(throws: IDRError.self) { try twice.number(of: "DNA") }
        #expect(error?.problem == "\"DNA\" names 2 channels")
    }
}
