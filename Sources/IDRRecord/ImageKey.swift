/// An image's place in a study, whatever its batch.
package struct ImageKey: Hashable, Comparable, CustomStringConvertible, Sendable {
    package var plate: String
    package var well: String
    package var field: Int
    package var frame: Int

    package init(plate: String, well: String, field: Int, frame: Int) {
        (self.plate, self.well, self.field, self.frame) = (plate, well, field, frame)
    }

    package init(_ image: ImageRecord) { self.init(plate: image.plate, well: image.well, field: image.field, frame: image.frame) }

    package init(_ image: MissingImage) { self.init(plate: image.plate, well: image.well, field: image.field, frame: image.frame) }

    package var description: String { "\(plate)/\(well)" + (field == 1 ? "" : " field \(field)") + " frame \(frame)" }

    package static func < (left: ImageKey, right: ImageKey) -> Bool {
        (left.plate, left.well, left.field, left.frame) < (right.plate, right.well, right.field, right.frame)
    }
}
