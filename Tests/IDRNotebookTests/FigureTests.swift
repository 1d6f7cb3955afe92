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
                    #expect(found.isWellFormed)
                    let numbers = found.attributes.flatMap { attributes -> [String] in
                        ["x", "y", "width", "height", "d", "cx"].compactMap { attributes[$0] }
                    }
                    #expect(!numbers.contains { $0.contains("nan") || $0.contains("NaN") || $0.contains("inf") })
                }
            }
        }
    }

    @Test func charactersThatXMLForbidsAreReplaced() {
        let picture = TimingChart.totals(title: "a\u{0}b\u{FFFE}c", stages: [])
        #expect(PictureXML(picture).texts.count > 1 && PictureXML(picture).texts[1] == "a\u{FFFD}b\u{FFFD}c")
    }
}
