import Foundation
import IDRPlan

extension Picture {
    /// The picture within a page.
    var html: String {
        switch form {
        case .svg(let svg): svg
        case .png(let bytes, let width, let height):
            "<img src=\"data:image/png;base64,\(Data(bytes).base64EncodedString())\" width=\"\(width)\" height=\"\(height)\" "
                + "alt=\"\(MarkupText.escaped(alt))\">"
        }
    }

    /// What stands below it; charts say it themselves.
    var caption: String { if case .png = form { alt } else { "" } }
}

extension Picture: Codable {
    private enum CodingKeys: String, CodingKey { case alt, svg, png, width, height }

    /// A picture as ``encode(to:)`` writes it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let alt = try values.decode(String.self, forKey: .alt)
        if let svg = try values.decodeIfPresent(String.self, forKey: .svg) {
            self.init(alt: alt, form: .svg(svg))
        } else {
            let bytes = try values.decode(Data.self, forKey: .png)
            self.init(
                alt: alt,
                form: .png([UInt8](bytes), width: try values.decode(Int.self, forKey: .width), height: try values.decode(Int.self, forKey: .height)))
        }
    }

    /// Words, and the element or the file's bytes with width and height.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(alt, forKey: .alt)
        switch form {
        case .svg(let svg): try values.encode(svg, forKey: .svg)
        case .png(let bytes, let width, let height):
            try values.encode(Data(bytes), forKey: .png)
            try values.encode(width, forKey: .width)
            try values.encode(height, forKey: .height)
        }
    }
}
