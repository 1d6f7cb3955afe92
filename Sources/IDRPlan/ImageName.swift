/// The names that the published pipeline gives an image.
package struct ImageName: Sendable {
    package let plate: String
    /// 1-based: row × columns + column.
    package let wellNumber: Int
    package let field: Int
    package let frame: Int

    package init(plate: String, wellNumber: Int, field: Int, frame: Int) {
        self.plate = plate
        self.wellNumber = wellNumber
        self.field = field
        self.frame = frame
    }

    package init(_ well: WellReference, field: Int, frame: Int) {
        self.init(plate: well.plate, wellNumber: well.wellNumber, field: field, frame: frame)
    }

    /// `<plate>_<well number>_<frame>`; fields after the first, which the published pipeline does not have, add `_f<field>`.
    package var stem: String { "\(plate)_\(wellNumber)_\(frame)" + (field == 1 ? "" : "_f\(field)") }

    /// Of the file of one channel among several.
    package func stem(channel: Int?) -> String { stem + (channel.map { "_c\($0)" } ?? "") }
}
