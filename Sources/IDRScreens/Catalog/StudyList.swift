import IDRFiles
package import IDRPlan

/// A screen of the IDR, as a list of all screens describes it.
package struct ListedScreen: Sendable, Hashable, Codable {
    package let name: ScreenName
    /// The study's folder, "idr0013-neumann-mitocheck".
    package let study: String
    /// The number that the JSON services know it by.
    package let id: Int?
    package let plates: Int?
    package let wells: Int?
    /// Images of five dimensions.
    package let images: Int?
    /// Bytes of all files.
    package let bytes: Int?
    /// Size of a usual image, `X x Y x Z x C x T`.
    package let usualSize: String?

    /// - Parameter container: "idr0013-neumann-mitocheck/screenA", perhaps with more words behind; nil where it is no screen.
    init?(
        container: String, id: Int? = nil, plates: Int? = nil, wells: Int? = nil, images: Int? = nil, bytes: Int? = nil, usualSize: String? = nil
    ) {
        let parts = (container.split(separator: " ").first ?? "").split(separator: "/").map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("screen"), let accession = parts[0].split(separator: "-").first,
            let name = try? ScreenName("\(accession)\(parts[1].dropFirst("screen".count))"),
            (try? PathPart.checked(parts[0], called: "the study")) != nil
        else { return nil }
        self.name = name
        study = parts[0]
        self.id = id
        self.plates = plates
        self.wells = wells
        self.images = images
        self.bytes = bytes
        self.usualSize = usualSize
    }
}

/// The IDR's own table of its studies (`studies.tsv`): a line a screen or experiment, with sizes.
enum StudiesTable {
    static func screens(_ text: [UInt8], called name: String) throws(IDRError) -> [ListedScreen] {
        let table = try CSVTable(text, called: name, separator: UInt8(ascii: "\t"))
        let values = try table.values(of: ["Study", "Container", "Internal ID", "Sets", "Wells", "5D Images", "Size", "Avg. Image Dim (XYZCT)"])
        return (0..<table.count).compactMap { row in
            ListedScreen(
                container: "\(values[0][row])/\(values[1][row])", id: Int(values[2][row]), plates: Int(values[3][row]), wells: Int(values[4][row]),
                images: Int(values[5][row]), bytes: Int(values[6][row]), usualSize: values[7][row])
        }
    }
}
