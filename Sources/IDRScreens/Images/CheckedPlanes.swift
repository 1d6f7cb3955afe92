import IDRFormats
import IDRPlan

/// Planes that were read, with what is to be said of them; those of which nothing is stored are no data.
struct CheckedPlanes {
    let indices: [PlaneIndex]
    /// As they were read.
    let reading: PlaneReading
    /// In one number type a channel.
    let planes: [PixelPlane]
    let notes: [String]

    /// - Throws: an ``IDRError`` of code `missing` where nothing of a plane is stored, and nothing says that it is empty.
    init(_ reading: PlaneReading, _ indices: [PlaneIndex], _ emptyPlanes: EmptyPlanes) throws(IDRError) {
        var notes: [String] = []
        for (index, (plane, gaps)) in zip(indices, zip(reading.planes, reading.gaps)) {
            if let gaps {
                if gaps.isWhole, emptyPlanes == .missing { throw Self.absent(index, gaps) }
                notes.append("\(index): \(gaps.description), read as the value that the format gives what was never stored")
            }
            if let odd = plane.oddValues { notes.append("\(index): \(odd)") }
        }
        var planes = reading.planes
        for (_, places) in Dictionary(grouping: indices.indices, by: { indices[$0].channel }) {
            for (place, plane) in zip(places, PixelPlane.unified(places.map { planes[$0] })) { planes[place] = plane }
        }
        (self.indices, self.reading, self.planes, self.notes) = (indices, reading, planes, notes)
    }

    private static func absent(_ index: PlaneIndex, _ gaps: PlaneGaps) -> IDRError {
        IDRError(
            .missing, "no pixel of \(index) was ever stored", because: "\(gaps.description)",
            fix: "fetch the image again; where planes without \(gaps.part.rawValue) are black, say so in the configuration: "
                + "screens > emptyPlanes: \"fill\"")
    }
}
