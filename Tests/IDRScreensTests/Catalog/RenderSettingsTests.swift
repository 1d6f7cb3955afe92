import IDRScreens
import Testing

@Suite struct RenderSettingsTests {
    private func settings(_ files: [(name: String, labels: [String])]) -> [RenderSettings] {
        StudySettings(
            files.map { file in
                let channels = file.labels.enumerated().map { "    \($0.offset + 1):\n        color: 00FF00\n        label: \($0.element)\n" }
                return (name: file.name, bytes: [UInt8]("---\nchannels:\n\(channels.joined())".utf8))
            }
        ).rendering
    }

    private let names = ["channel 1", "channel 2"]

    private var byPlate: [RenderSettings] {
        settings([
            // A mirror names them with their folders, in which there are hyphens too.
            ("/data/idr9001-some-study/screenA/idr9001-screenA-Alpha-render.yml", ["Alpha-GFP", "RFP"]),
            ("idr9001-screenA-Beta-2channels-render.yml", ["GFP", "Beta-RFP"]),
            ("idr9001-screenA-Beta-render.yml", ["GFP", "RFP", "Cy5"]),
        ])
    }

    @Test(arguments: [
        ("Alpha-tag 01", ["Alpha-GFP", "RFP"]), ("plate_beta_7", ["GFP", "Beta-RFP"]),
        // Settings of other plates, and those of two plates at once, say nothing.
        ("Gamma", ["channel 1", "channel 2"]), ("Alpha and Beta", ["channel 1", "channel 2"]),
    ])
    func settingsCountForThePlatesThatTheyAreNamedAfter(plate: String, expected: [String]) {
        #expect(RenderSettings.named(names, by: byPlate, plate: plate) == expected)
    }

    @Test func withoutAPlateSettingsThatDifferSayNothing() { #expect(RenderSettings.named(names, by: byPlate) == names) }

    @Test func settingsOfAllPlatesCountWhereNoneAreOfThePlate() {
        let all = settings([("idr9001-screenA-Alpha-render.yml", ["Alpha-GFP", "RFP"]), ("idr9001-screenA-render.yml", ["YFP", "DAPI"])])
        #expect(RenderSettings.named(names, by: all, plate: "Gamma") == ["YFP", "DAPI"])
        #expect(RenderSettings.named(names, by: all, plate: "Alpha") == ["Alpha-GFP", "RFP"])
    }

    @Test func aClearNameIsNotReplaced() {
        #expect(RenderSettings.named(["Hoechst", "w2"], by: byPlate, plate: "Alpha 1") == ["Hoechst", "RFP"])
    }

    @Test func settingsOfAnotherNumberOfChannelsSayNothing() {
        #expect(RenderSettings.named(["w1"], by: byPlate, plate: "Alpha 1") == ["w1"])
    }
}
