import IDRImaging
import IDRNotebook

/// One figure of each kind from small made-up values.
enum FigureSamples {
    /// A text that would break markup which does not escape it.
    static let wild = "KIF11 <script>alert(\"1\")</script> & 'x' \u{1B}\u{0}"

    static let image = plane { y, x -> UInt8 in UInt8((y * 64 * 37 + x * 37 + y * 11) % 251) }
    /// Objects 1, 2 and 3 in the lower half.
    static let labels = plane { y, x -> Int32 in Int32(x / 16 * (y / 24)) }
    static let wells: [String] = (0..<96).filter { $0 % 5 != 2 }.map { wellName($0) }
    static let features: [Float] = (0..<60).flatMap { row -> [Float] in
        (0..<8).map { column -> Float in
            let noise = Float(((row * 8 + column) * 7919) % 101)
            return row % 3 == 0 ? noise + Float(column * 30) : noise
        }
    }

    private static func plane<Pixel: Sendable>(_ value: (Int, Int) -> Pixel) -> Plane<Pixel> {
        Plane(height: 48, width: 64, pixels: (0..<48).flatMap { y in (0..<64).map { x in value(y, x) } })
    }

    private static func wellName(_ index: Int) -> String {
        ["A", "B", "C", "D", "E", "F", "G", "H"][index / 12] + String(index % 12 + 1)
    }

    static func all(text: String = "Title") -> [Picture] {
        let groups = (0..<60).map { ["negative", text, "sample"][$0 % 3] }
        let values = (0..<60).map { Double($0 * 31 % 17) }
        let stages = [TimingChart.Stage(name: text, batch: text, seconds: 2), TimingChart.Stage(name: "b", batch: "1", seconds: 3)]
        return [
            IllumFigure.picture(
                title: text, before: image, after: image, flatfield: image.map { Double($0) / 100 }, darkfield: image.map { Double($0) }, status: text
            ),
            OutlineFigure.picture(title: text, image: image, labels: labels),
            CropGallery.picture(title: text, crops: [image.map { Float($0) / 255 }], ids: [text]),
            PlateMap.picture(title: text, plates: wells.map { _ in text }, wells: wells, values: wells.indices.map(Double.init), name: text),
            PlateMap.picture(
                title: text, plates: wells.map { _ in text }, wells: wells, categories: wells.indices.map { $0 % 2 == 0 ? text : "" }, name: text),
            DistributionChart.picture(title: text, values: values, groups: groups, name: text),
            FeatureHeatMap.picture(title: text, features: features, rows: groups, names: (0..<8).map { "\(text) \($0)" }),
            PCAChart.picture(title: text, features: features, groups: groups),
            TimingChart.totals(title: text, stages: stages), TimingChart.batches(title: text, stages: stages),
        ]
    }

    /// Figures of values that give none, or hardly any.
    static func poor() -> [Picture] {
        let empty = Plane<Float>(height: 0, width: 0, pixels: [])
        let undefined = Plane(height: 4, width: 4, repeating: Float.nan)
        return [
            IllumFigure.picture(title: "t", before: empty, after: empty, flatfield: empty, darkfield: empty),
            IllumFigure.picture(title: "t", before: undefined, after: undefined, flatfield: undefined, darkfield: undefined),
            OutlineFigure.picture(title: "t", image: empty, labels: Plane<UInt32>(height: 0, width: 0, pixels: [])),
            OutlineFigure.picture(title: "t", image: image, labels: Plane<Int32>(height: 1, width: 1, pixels: [1])),
            CropGallery.picture(title: "t", crops: [Plane<Float>](), ids: []),
            CropGallery.picture(title: "t", crops: [undefined, empty], ids: ["a", "b"]),
            PlateMap.picture(title: "t", plates: [], wells: [], values: [], name: "n"),
            PlateMap.picture(title: "t", plates: ["P"], wells: ["?"], values: [1], name: "n"),
            PlateMap.picture(title: "t", plates: ["P"], wells: ["A1"], values: [.infinity], name: "n"),
            PlateMap.picture(title: "t", plates: ["P"], wells: [], categories: [], name: "n"),
            PlateMap.picture(title: "t", plates: [], wells: [], categories: [], name: "n"),
            DistributionChart.picture(title: "t", values: [], groups: [], name: "n"),
            DistributionChart.picture(title: "t", values: [.nan, -.infinity], groups: ["a", "b"], name: "n"),
            FeatureHeatMap.picture(title: "t", features: [], rows: [], names: ["a"]),
            FeatureHeatMap.picture(title: "t", features: [], rows: ["a"], names: []),
            FeatureHeatMap.picture(title: "t", features: [1, 1, .nan, .nan], rows: ["a", "b"], names: ["a", "b"]),
            PCAChart.picture(title: "t", features: [], groups: []), PCAChart.picture(title: "t", features: [], groups: ["a"]),
            PCAChart.picture(title: "t", features: [1, 2], groups: ["a"]),
            PCAChart.picture(title: "t", features: [1, 1, .infinity], groups: ["a", "b", "c"]),
            TimingChart.totals(title: "t", stages: []), TimingChart.batches(title: "t", stages: [.init(name: "a", seconds: -1)]),
        ]
    }
}
