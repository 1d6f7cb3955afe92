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
    public var form: Form

    public init(alt: String, form: Form) {
        self.alt = alt
        self.form = form
    }
}

extension Picture {
    /// What stands in a figure's place where its values give none.
    static func nothing(_ title: String, because reason: String) -> Picture {
        SVG(title: title).picture(notes: ["Nothing to show: \(reason)."])
    }
}
