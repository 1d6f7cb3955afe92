import IDRFiles
package import IDRPlan

/// A value that several images of a run share, and how it came to be: a file in `shared`.
package struct SharedValueRecord<Value: Sendable>: Sendable {
    /// The lowest that can say all of it.
    package var format: Int
    package var value: Value
    /// The well that it was computed on; of several, the first that counted.
    package var plate: String
    package var well: String
    /// What it was computed from on that well, wherever it was read.
    package var planes: [PlaneDigest]
    /// Every well that was tried, in order; nil where that was the one above alone, and it counted.
    package var candidates: [SharedCandidate]?

    package init(value: Value, plate: String, well: String, planes: [PlaneDigest], candidates: [SharedCandidate]? = nil) {
        self.value = value
        self.plate = plate
        self.well = well
        self.planes = planes
        self.candidates = candidates
        format = candidates == nil ? 2 : Self.formatVersion
    }

    package static var formatVersion: Int { 3 }
}

extension SharedValueRecord: Encodable where Value: Encodable {}

extension SharedValueRecord: Decodable, StoredValue where Value: Decodable {
    package static var readableFormats: ClosedRange<Int> { 2...formatVersion }
}

/// A well that was tried for a value that images share.
package struct SharedCandidate: Codable, Sendable, Hashable {
    /// nil where it is the value's.
    package var plate: String?
    package var well: String
    /// From 1 along the rows of the plate.
    package var wellNumber: Int
    /// What was read of it; nothing where it could not be.
    package var planes: [PlaneDigest]
    /// What it gave, where that is a number and it counted.
    package var value: Double?
    /// Why it did not count.
    package var reason: String?
    /// Where it could not be had: whether there is one, which a later run tries again, or none. nil for one that was read.
    package var kind: MissingImage.Kind?

    /// - Parameter plate: the value's.
    package init(_ well: WellReference, of plate: String, planes: [PlaneDigest] = [], value: Double? = nil, reason: String? = nil) {
        self.plate = well.plate == plate ? nil : well.plate
        (self.well, wellNumber, self.planes, self.value, self.reason) = (well.well, well.wellNumber, planes, value, reason)
    }

    /// One that could not be had.
    package init(_ well: WellReference, of plate: String, lacking error: IDRError) {
        self.init(well, of: plate, reason: [error.problem, error.reason].compactMap(\.self).joined(separator: ": "))
        kind = MissingImage.Kind(error)
    }
}
