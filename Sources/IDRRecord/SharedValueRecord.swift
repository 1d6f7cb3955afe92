import IDRFiles
package import IDRPlan

/// A value that several images of a run share, and how it came to be: a file in `shared`.
package struct SharedValueRecord<Value: Sendable>: Sendable {
    package var format = SharedValueRecord.formatVersion
    package var value: Value
    /// The well that it was computed on.
    package var plate: String
    package var well: String
    /// What it was computed from, wherever it was read.
    package var planes: [PlaneDigest]

    package init(value: Value, plate: String, well: String, planes: [PlaneDigest]) {
        self.value = value
        self.plate = plate
        self.well = well
        self.planes = planes
    }

    package static var formatVersion: Int { 2 }
}

extension SharedValueRecord: Encodable where Value: Encodable {}

extension SharedValueRecord: Decodable, StoredValue where Value: Decodable {
    package static var readableFormats: ClosedRange<Int> { 2...formatVersion }
}
