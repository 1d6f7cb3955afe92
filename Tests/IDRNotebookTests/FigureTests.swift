import IDRImaging
import IDRNotebook
import Testing

@Suite struct FigureTests {
    @Test func everyFigureIsWellFormedAndSaysWhatItIs() {
        for picture in FigureSamples.all() + FigureSamples.poor() {
            let found = PictureXML(picture)
            #expect(found.isWellFormed, "\(picture.alt)")
            #expect(found.elements.prefix(4) == ["svg", "title", "desc", "style"])
            #expect(found.attributes.first?["role"] == "img")
            #expect(!picture.alt.isEmpty && found.texts.count > 2 && found.texts[2] == picture.alt)
            #expect(found.badNumbers.isEmpty, "\(found.badNumbers)")
        }
    }

    @Test func figuresOfOnePageDoNotCollide() throws {
        for picture in FigureSamples.all() {
            let found = PictureXML(picture)
            #expect(!found.attributes.contains { $0["id"] != nil })
            let style = try #require(zip(found.elements, found.texts).first { $0.0 == "style" }).1
            let rules = style.split(separator: "\n").filter { !["}", ""].contains($0) && !$0.hasPrefix("@media") }
            #expect(rules.allSatisfy { $0.hasPrefix(".idr-figure") })
        }
    }

    @Test func textsCannotBecomeMarkup() {
        for picture in FigureSamples.all(text: FigureSamples.wild) {
            let found = PictureXML(picture)
            #expect(found.isWellFormed, "\(picture.alt)")
            #expect(found.count("script") == 0)
            guard case .svg(let text) = picture.form else { continue }
            #expect(!text.contains("<script"))
        }
    }

    @Test func theSameValuesGiveTheSameBytes() {
        #expect(FigureSamples.all() == FigureSamples.all())
    }

    @Test func poorValuesGiveAReason() {
        for picture in FigureSamples.poor() { #expect(picture.alt.contains("Nothing to show: "), "\(picture.alt)") }
    }

    @Test func valuesOfAFeatureThatAreNotFiniteAreLeftOutAndCounted() {
        let values: [Double] = [1, .nan, .infinity, 4, -.infinity, 2]
        let groups = ["a", "a", "a", "b", "b", "b"]
        let wells = ["A1", "A2", "A3", "B1", "B2", "B3"]
        let features = values.enumerated().flatMap { row, value in [Float(value), Float(row), Float.nan] }
        let pictures = [
            (PlateMap.picture(title: "t", plates: groups.map { _ in "P" }, wells: wells, values: values, name: "n"), "finite value: 3 wells."),
            (DistributionChart.picture(title: "t", values: values, groups: groups, name: "n"), "Left out as not finite: 3 values."),
            (FeatureHeatMap.picture(title: "t", features: features, rows: groups, names: ["some", "all", "none"]), "Grey: no value."),
            (PCAChart.picture(title: "t", features: features, groups: groups), "Left out as constant or not finite in a row: 2 features."),
        ]
        for (picture, words) in pictures {
            let found = PictureXML(picture)
            #expect(picture.alt.contains(words) && !picture.alt.contains("Nothing to show"), "\(picture.alt)")
            #expect(found.isWellFormed && found.badNumbers.isEmpty, "\(found.badNumbers)")
        }
    }

    @Test func columnsOfUnequalLengthsAreSaid() {
        let pictures = [
            PlateMap.picture(title: "t", plates: ["P"], wells: ["A1", "A2"], values: [1], name: "n"),
            DistributionChart.picture(title: "t", values: [1], groups: [], name: "n"),
            FeatureHeatMap.picture(title: "t", features: [1], rows: ["a", "b"], names: ["a"]),
            PCAChart.picture(title: "t", features: [1, 2, 3], groups: ["a", "b"]),
            CropGallery.picture(title: "t", crops: [FigureSamples.image], ids: []),
        ]
        for picture in pictures { #expect(picture.alt.contains("Nothing to show: "), "\(picture.alt)") }
    }

    @Test func extremeValuesAreDrawnOrLeftOut() {
        let extremes: [Double] = [
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, -0.0, 1e150, -1e150, .nan, .infinity, 1e-300,
        ]
        for first in extremes {
            for second in extremes {
                let wells = ["A1", "P24"]
                let pictures = [
                    DistributionChart.picture(title: "t", values: [first, second], groups: ["a", "a"], name: "n"),
                    PlateMap.picture(title: "t", plates: ["P", "P"], wells: wells, values: [first, second], name: "n"),
                    TimingChart.totals(title: "t", stages: [.init(name: "a", seconds: first), .init(name: "b", seconds: second)]),
                    IllumFigure.picture(
                        title: "t", before: Plane(height: 1, width: 2, pixels: [first, second]), after: FigureSamples.image,
                        flatfield: Plane(height: 1, width: 2, pixels: [first, second]),
                        darkfield: Plane(height: 2, width: 1, pixels: [first, second])),
                ]
                for picture in pictures {
                    let found = PictureXML(picture)
                    #expect(found.isWellFormed && found.badNumbers.isEmpty, "\(found.badNumbers)")
                }
            }
        }
    }

    @Test func charactersThatXMLForbidsAreReplaced() {
        let picture = TimingChart.totals(title: "a\u{0}b\u{FFFE}c", stages: [])
        #expect(PictureXML(picture).texts.count > 1 && PictureXML(picture).texts[1] == "a\u{FFFD}b\u{FFFD}c")
    }
}
