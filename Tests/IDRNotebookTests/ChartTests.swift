import IDRImaging
import IDRNotebook
import Testing

@Suite struct ChartTests {
    @Test func aPlateMapHasASquareForEveryWellWithDataAndHatchesTheOthers() {
        let picture = PlateMap.picture(
            title: "t", plates: ["P", "P", "P", "P"], wells: ["A1", "H12", "h12", "x"], values: [1, 2, 4, 9], name: "nuclei")
        let found = PictureXML(picture)
        #expect(found.texts.contains("A1: 1") && found.texts.contains("H12: 3"))
        #expect(picture.alt.contains("Wells with several rows show their mean.") && picture.alt.contains("Hatched: no data."))
        #expect(picture.alt.contains("cannot be read: 1 row."))
        #expect(["A", "H", "1", "12"].allSatisfy(found.texts.contains) && !found.texts.contains("13"))
    }

    @Test func aWellBeyondAPlateOf96MakesItOneOf384() {
        let picture = PlateMap.picture(title: "t", plates: ["P"], wells: ["P24"], categories: ["c"], name: "n")
        #expect(["A", "P", "24"].allSatisfy(PictureXML(picture).texts.contains))
    }

    @Test func furtherPlatesAndCategoriesAreSaid() {
        let plates = (0..<15).map { "plate \($0)" }
        let picture = PlateMap.picture(title: "t", plates: plates, wells: plates.map { _ in "A1" }, categories: plates, name: "n")
        #expect(picture.alt.contains("Left out: 3 of 15 plates."))
        #expect(PictureXML(picture).says("5 others (n = 5)"))
    }

    @Test func distributionsShowPointsOfFewAndShapesOfMany() {
        let values = (0..<600).map { Double($0 % 100) } + [1, 2, 3, .nan]
        let picture = DistributionChart.picture(
            title: "t", values: values, groups: values.indices.map { $0 < 600 ? "many" : "few" }, name: "area (pixels)")
        let found = PictureXML(picture)
        #expect(found.count("circle") == 3)
        #expect(found.texts.contains("n = 600") && found.texts.contains("n = 3") && found.texts.contains("area (pixels)"))
        #expect(picture.alt.contains("Left out as not finite: 1 value."))
    }

    @Test func theSmallestOfManyGroupsAreLeftOut() {
        let groups = (0..<60).map { "g\($0 % 30)" } + ["g29"]
        let picture = DistributionChart.picture(title: "t", values: groups.map { _ in 1 }, groups: groups, name: "n")
        #expect(picture.alt.contains("the 6 smallest groups"))
        #expect(PictureXML(picture).texts.contains("g29"))
    }

    @Test func aMillionRowsMakeASmallPicture() {
        let values = (0..<1_000_000).map { Double($0 % 1013) }
        let picture = DistributionChart.picture(title: "t", values: values, groups: values.map { _ in "all" }, name: "n")
        guard case .svg(let text) = picture.form else { return }
        #expect(text.utf8.count < 20_000)
    }

    @Test func heatMapsSayWhatTheyLeaveOut() {
        let picture = FeatureHeatMap.picture(
            title: "t", features: (0..<250 * 400).map { Float($0 % 400 == 0 ? 1 : ($0 * 31) % 97) }, rows: (0..<250).map { "r\($0)" },
            names: (0..<400).map { "f\($0)" })
        #expect(picture.alt.contains("200 rows are shown") && picture.alt.contains("300 features are shown"))
        #expect(picture.alt.contains("Constant or without a finite value: 1 of the shown features."))
    }

    @Test func timesOfAStageAddUp() {
        let stages = ["a", "b", "a"].map { TimingChart.Stage(name: $0, batch: "1", seconds: 2) } + [.init(name: "c", seconds: .nan)]
        let picture = TimingChart.totals(title: "t", stages: stages)
        let found = PictureXML(picture)
        #expect(found.texts.contains("4 s") && found.texts.contains("2 s"))
        #expect(picture.alt.contains("In total 6 s.") && picture.alt.contains("not finite: 1 time."))
        #expect(PictureXML(TimingChart.batches(title: "t", stages: stages)).texts.contains("6 s"))
    }

    @Test func outlinesCountObjectsAndHaveAScale() {
        let found = PictureXML(OutlineFigure.picture(title: "t", image: FigureSamples.image, labels: FigureSamples.labels))
        #expect(found.count("image") == 1 && found.texts.contains("10 pixels") && found.says("3 objects in 64 x 48 pixels."))
    }

    @Test func ofManyCropsSomeAreShown() {
        let crop = Plane<UInt8>(height: 4, width: 4, pixels: Array(0..<16))
        let picture = CropGallery.picture(title: "t", crops: Array(repeating: crop, count: 100), ids: (0..<100).map { "cell \($0)" })
        let found = PictureXML(picture)
        #expect(found.count("image") == CropGallery.mostCrops && found.texts.contains("cell 0") && found.texts.contains("cell 99"))
        #expect(picture.alt.contains("48 of 100 crops"))
    }
}
