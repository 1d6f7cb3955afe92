import Foundation
import IDRPlan

/// The description `{"shape": [3, 96, 128], "axes": "TYX"}` by which the Python package tifffile says what the pages of a TIFF are.
struct TIFFShape: Decodable {
    private let shape: [Int]
    private let axes: String?

    /// Reads `text`; nil where it is no such description, or not of planes like `page`.
    init?(_ text: String, of page: TIFFPage) {
        guard text.hasPrefix("{"), text.utf8.count < 1 << 16, let read = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
            read.shape.suffix(2) == [page.height, page.width], read.shape.allSatisfy({ $0 >= 1 })
        else { return nil }
        self = read
    }

    /// How many planes there are; nil for sizes beyond any file.
    var planes: Int? {
        shape.dropLast(2).reduce(Int?(1)) { product, length in
            product.flatMap {
                let (next, overflow) = $0.multipliedReportingOverflow(by: length); return overflow ? nil : next
            }
        }
    }

    /// What the planes are along, where the description says it.
    var pages: TIFFPages? {
        guard let axes, axes.count == shape.count, axes.hasSuffix("YX") else { return nil }
        let letters: [Character: PlaneAxis] = ["T": .frame, "Z": .z, "C": .channel, "P": .field, "R": .field]
        var found: [TIFFPages.Axis] = []
        for (letter, length) in zip(axes.dropLast(2), shape) where length > 1 {
            guard let axis = letters[letter], !found.contains(where: { $0.axis == axis }) else { return nil }
            found.append(TIFFPages.Axis(axis: axis, count: length))
        }
        return TIFFPages(found)
    }
}
