import IDRRecord

/// Whether two batches' images agree where their objects do not: nuclei counted, and the direction of their mean profiles.
package struct StatisticalComparison: Codable, Sendable, Hashable {
    /// One image.
    package struct Image: Codable, Sendable, Hashable {
        package var image: String
        package var cells: Int
        package var rerunCells: Int
        /// Of the mean feature vectors; nil where one of them is not defined.
        package var cosine: Double?
        package var agrees: Bool
    }

    package var images: Int
    /// Images whose count, and whose profile, is beyond the record's thresholds.
    package var otherCounts = 0
    package var otherProfiles = 0
    package var smallestCosine: Double?
    /// At most ten, those that do not agree first.
    package var worst: [Image] = []

    package var agrees: Bool { otherCounts == 0 && otherProfiles == 0 }

    /// - Parameter images: stem, and nuclei of record and rerun.
    init(
        _ images: [(stem: String, cells: Int, rerunCells: Int)], _ record: FingerprintIndex, _ rerun: FingerprintIndex,
        _ limits: Agreement.Statistical
    ) {
        self.images = images.count
        let sameFeatures = record.fingerprint.featureNames == rerun.fingerprint.featureNames
        for (stem, cells, rerunCells) in images {
            let (own, other) = (record.well(stem)?.means ?? [], rerun.well(stem)?.means ?? [])
            let isCountClose = Double(abs(cells - rerunCells)) <= max(Double(limits.countAbsolute), limits.countRelative * Double(cells))
            let cosine = sameFeatures ? Self.cosine(own, other) : nil
            // Two images without profiles agree: there is nothing that could differ.
            let isEmpty = !own.contains { !$0.isNaN } && !other.contains { !$0.isNaN }
            let isProfileClose = sameFeatures && (isEmpty || cosine.map { $0 >= limits.cosine } ?? false)
            if !isCountClose { otherCounts += 1 }
            if !isProfileClose { otherProfiles += 1 }
            if let cosine { smallestCosine = min(smallestCosine ?? cosine, cosine) }
            worst.append(
                Image(image: stem, cells: cells, rerunCells: rerunCells, cosine: cosine, agrees: isCountClose && isProfileClose))
        }
        worst.sort { a, b in
            if a.agrees != b.agrees { return b.agrees }
            let (first, second) = (a.cosine ?? -2, b.cosine ?? -2)
            return first != second ? first < second : a.image < b.image
        }
        worst = Array(worst.prefix(TableDifference.worst))
    }

    /// nil where there is no vector of the other's length, see ``FeatureLikeness``.
    static func cosine(_ a: [Float], _ b: [Float]) -> Double? {
        guard a.count == b.count, !a.isEmpty else { return nil }
        var likeness = FeatureLikeness()
        for (first, second) in zip(a, b) { likeness.add(Double(second), Double(first)) }
        return likeness.cosine
    }
}
