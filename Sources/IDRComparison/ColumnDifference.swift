/// Classes of columns, each with a tolerance of its own.
package enum ColumnKind: String, Codable, Sendable, Hashable, CaseIterable {
    /// Metadata, outlines: equal or not.
    case text
    case location
    case feature
    /// A feature's mean over an image, of a fingerprint.
    case mean
    /// Of a cell's features, of a fingerprint: see ``Projection``.
    case projection
}

/// How much the columns of one class differ.
package struct ColumnDifference: Codable, Sendable, Hashable {
    package var kind: ColumnKind
    /// Values that were compared, and that are not equal. NaN equals NaN.
    package var compared = 0
    package var differing = 0
    /// Those beyond the tolerance; for texts, all that differ.
    package var outside = 0
    /// Those that are a number on one side only.
    package var undefined = 0
    package var largestAbsolute = 0.0
    /// To the record's value, where that is not 0.
    package var largestRelative = 0.0

    init(_ kind: ColumnKind) { self.kind = kind }

    /// Counts one pair of numbers.
    /// - Parameters:
    ///   - value: the rerun's; `reference`: the record's.
    ///   - allowed: by how much they may differ.
    /// - Returns: how much they differ; nil where they are equal.
    mutating func add(_ value: Double, _ reference: Double, allowed: Double) -> ValueDifference? {
        compared += 1
        if value == reference || (value.isNaN && reference.isNaN) { return nil }
        differing += 1
        let absolute = abs(value - reference)
        guard absolute.isFinite else {
            undefined += 1
            outside += 1
            return ValueDifference(absolute: 0, times: 0, isUndefined: true, isOutside: true)
        }
        largestAbsolute = max(largestAbsolute, absolute)
        let relative = absolute / abs(reference)
        if relative.isFinite { largestRelative = max(largestRelative, relative) }
        let isOutside = !(absolute <= allowed)
        if isOutside { outside += 1 }
        let times = absolute / allowed
        return ValueDifference(
            absolute: absolute, times: times.isFinite ? times : .greatestFiniteMagnitude, isUndefined: false, isOutside: isOutside)
    }

    mutating func add(equalTexts: Bool) {
        compared += 1
        if !equalTexts {
            differing += 1
            outside += 1
        }
    }

    mutating func add(_ other: ColumnDifference) {
        compared += other.compared
        differing += other.differing
        outside += other.outside
        undefined += other.undefined
        largestAbsolute = max(largestAbsolute, other.largestAbsolute)
        largestRelative = max(largestRelative, other.largestRelative)
    }
}

/// Of one pair of numbers.
struct ValueDifference {
    var absolute: Double
    /// In tolerances.
    var times: Double
    var isUndefined: Bool
    var isOutside: Bool
}

/// An image, cell or feature with what differs in it.
package struct NamedDifference: Codable, Sendable, Hashable {
    package var name: String
    package var differing = 0
    package var outside = 0
    /// Numbers on one side only.
    package var undefined = 0
    package var largestAbsolute = 0.0
    /// The largest difference in tolerances; over 1 is outside.
    package var timesTolerance = 0.0

    init(_ name: String) { self.name = name }

    mutating func add(_ difference: ValueDifference) {
        differing += 1
        if difference.isOutside { outside += 1 }
        if difference.isUndefined { undefined += 1 }
        largestAbsolute = max(largestAbsolute, difference.absolute)
        timesTolerance = max(timesTolerance, difference.times)
    }

    mutating func add(_ other: NamedDifference) {
        differing += other.differing
        outside += other.outside
        undefined += other.undefined
        largestAbsolute = max(largestAbsolute, other.largestAbsolute)
        timesTolerance = max(timesTolerance, other.timesTolerance)
    }

    /// The worse first, then by name.
    static func isWorse(_ a: NamedDifference, _ b: NamedDifference) -> Bool {
        if (a.undefined > 0) != (b.undefined > 0) { return a.undefined > 0 }
        if a.timesTolerance != b.timesTolerance { return a.timesTolerance > b.timesTolerance }
        return a.differing != b.differing ? a.differing > b.differing : a.name < b.name
    }
}
