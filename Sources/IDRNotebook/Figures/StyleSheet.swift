/// The style of every figure. All rules begin with `.idr-figure` and are the same in all figures: several on one page agree.
enum StyleSheet {
    /// How many colours for groups there are, styles `c0` to `c7`; style `rest` is for what has none.
    static let groupColours = 8

    /// Okabe & Ito 2008, safe for the colour-blind; their black is the text's colour.
    private static let light = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"]
    /// The same hues, those that are too dark on black made lighter.
    private static let dark = ["#3f97d3", "#e69f00", "#14b88a", "#d893b8", "#a6dcff", "#e8742a", "#f0e442"]

    static let text: String = {
        let base = """
            .idr-figure{font-family:system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif;font-size:12px;max-width:100%;height:auto}
            .idr-figure:root{color:#1b1d21;background:#fff}
            .idr-figure text{fill:currentColor}
            .idr-figure .title{font-size:16px;font-weight:600}
            .idr-figure .quiet{font-size:11.5px;fill-opacity:.78}
            .idr-figure .small{font-size:10px}
            .idr-figure .axis{stroke:currentColor;fill:none}
            .idr-figure .grid{stroke:currentColor;stroke-opacity:.14;fill:none}
            .idr-figure .hatch{stroke:currentColor;stroke-opacity:.4;stroke-width:.8;fill:none}
            .idr-figure .box{stroke:currentColor;stroke-width:1.4;fill:none}
            .idr-figure .median{stroke:currentColor;stroke-width:3;fill:none}
            .idr-figure .soft{fill-opacity:.6}
            .idr-figure .edge{stroke:currentColor;stroke-opacity:.35;stroke-width:.5}
            .idr-figure .c7{fill:currentColor}
            .idr-figure .rest{fill:#8a8a8a}

            """
        return base + rules(light) + "\n@media (prefers-color-scheme:dark){\n.idr-figure:root{color:#e4e6ea;background:#16181c}\n"
            + rules(dark) + "\n}"
    }()

    private static func rules(_ colours: [String]) -> String {
        colours.enumerated().map { ".idr-figure .c\($0.offset){fill:\($0.element)}" }.joined(separator: "\n")
    }
}
