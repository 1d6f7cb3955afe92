import IDRImaging

/// Planes that were read, and what of them was stored nowhere.
package struct PlaneReading: Sendable {
    package var planes: [PixelPlane]
    /// One a plane; nil for a plane that is there as a whole.
    package var gaps: [PlaneGaps?]

    package init(_ planes: [PixelPlane], gaps: [PlaneGaps?]? = nil) {
        self.planes = planes
        self.gaps = gaps ?? planes.map { _ in nil }
    }
}

/// Parts of a plane for which a file stores nothing. They are read as the value that the format gives them, which no microscope measured.
package struct PlaneGaps: Sendable, Hashable, Codable {
    /// What the format cuts planes into.
    package enum Part: String, Sendable, Hashable, Codable {
        case chunks, strips, tiles
    }

    package let part: Part
    /// How many have no place in any file.
    package let missing: Int
    /// How many more the file itself calls empty, as the index of a Zarr shard does.
    package let empty: Int
    /// How many parts the plane has.
    package let total: Int

    package init(_ part: Part, missing: Int, empty: Int = 0, of total: Int) {
        self.part = part
        self.missing = missing
        self.empty = empty
        self.total = total
    }

    /// Whether nothing of the plane was ever stored, and nothing says that it is empty.
    package var isWhole: Bool { missing == total }

    /// Such as "1 of 4 chunks missing".
    package var description: String { "\(missing + empty) of \(total) \(part.rawValue) missing" }
}

extension PixelPlane {
    /// What a person should know of the values: numbers that no camera gives. nil where there are none.
    package var oddValues: String? {
        guard case .float32(let plane) = self else { return nil }
        var counts = (nan: 0, infinite: 0, negative: 0)
        for value in plane.pixels where !(value >= 0 && value < .infinity) {
            if value.isNaN { counts.nan += 1 } else if value.isInfinite { counts.infinite += 1 } else { counts.negative += 1 }
        }
        let found = [
            counts.nan > 0 ? "\(counts.nan) are no numbers (NaN)" : nil, counts.infinite > 0 ? "\(counts.infinite) are infinite" : nil,
            counts.negative > 0 ? "\(counts.negative) are negative" : nil,
        ].compactMap(\.self)
        return found.isEmpty ? nil : "of its \(plane.pixels.count) pixels \(found.joined(separator: ", "))"
    }
}
