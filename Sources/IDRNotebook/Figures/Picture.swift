package import IDRImaging
import IDRPlan

/// A figure: a picture and the words for those who cannot see it.
public struct Picture: Sendable, Hashable {
    /// What the picture is.
    public enum Form: Sendable, Hashable {
        /// A whole `<svg>` element. It has no ids and its style sheet is limited to figures, so that many of them fit into one page.
        case svg(String)
        /// The bytes of a PNG file; `width` and `height` in pixels.
        case png([UInt8], width: Int, height: Int)
    }

    /// What the picture shows, plain text: its title and its caption.
    public var alt: String
    /// The picture itself.
    public var form: Form

    /// A picture and its words.
    public init(alt: String, form: Form) {
        self.alt = alt
        self.form = form
    }
}

extension Picture {
    /// A plane as a grey PNG that fits into a page.
    /// - Parameters:
    ///   - plane: `[y, x]`, any unit, stretched as ``PNG/grey(_:contrast:largestSide:)`` does.
    ///   - title: what it is; the alternative text has its contrast too.
    package static func grey<Pixel: BaSiC.Intensity>(_ plane: Plane<Pixel>, title: String) -> Picture {
        guard let shown = PNG.grey(plane) else { return .nothing(title, because: "no pixel is finite") }
        do throws(IDRError) {
            let form = Form.png(try PNG.encode(shown.pixels), width: shown.pixels.width, height: shown.pixels.height)
            return Picture(alt: "\(title). \(plane.width) x \(plane.height) pixels. Grey: \(shown.contrast).", form: form)
        } catch {
            return .nothing(title, because: error.reason ?? error.problem)
        }
    }

    /// What stands in a figure's place where its values give none.
    package static func nothing(_ title: String, because reason: String) -> Picture {
        SVG(title: title).picture(notes: ["Nothing to show: \(reason)."])
    }
}
