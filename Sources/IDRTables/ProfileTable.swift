package import IDRPlan

/// The single-cell profiles of one batch, as pycytominer compiles them: a row per nucleus.
///
/// Columns are in the order of the published tables: `Object_Outline` (if kept), `Location_Center_X`, `Location_Center_Y`,
/// metadata, features. A table may have no rows; its columns are then still those of the run.
package struct ProfileTable: Sendable, Equatable {
    /// Centres in pixels from the left, one per row.
    package private(set) var locationX: [Double] = []
    /// Centres in pixels from the top, one per row.
    package private(set) var locationY: [Double] = []
    /// One text per row, or nil where the run keeps no outlines.
    package private(set) var outlines: [String]?
    /// Columns that say where a row comes from: ``ProfileSchema/metadataNames``.
    package private(set) var metadata: [TextColumn]
    /// Names of the feature columns: ``ProfileSchema/featureNames``.
    package let featureNames: [String]
    /// `[row, feature]` in row-major order.
    package private(set) var features: [Float] = []
    /// One id per row, never in the CSV.
    package private(set) var cellIDs: [String] = []
    /// What was left out, in words, in the order of the images.
    package private(set) var warnings: [String] = []

    /// Nuclei of the table.
    package var rowCount: Int { cellIDs.count }

    /// Puts the images of a batch under each other, in their order.
    ///
    /// An image without features is left out with a warning. Where no image has features the table has no rows
    /// (the original stops with an error instead). With outlines, rows are grouped by `Metadata_DNA` in the order of first appearance.
    /// - Parameters:
    ///   - images: the batch's images; their features are moved, not copied, where the caller keeps no other reference.
    ///   - compat: give every row of a group the outline that the original gives it. It takes the outlines of the group's first
    ///     image row by row, so where an image is listed twice the second listing's cells have none; by default each keeps its own.
    /// - Throws: ``IDRError`` where an image does not fit the schema or its own number of nuclei.
    package init(_ images: consuming [ImageProfile], schema: ProfileSchema, compat: Bool = false) throws(IDRError) {
        var images = images
        metadata = schema.metadataNames.map { TextColumn(name: $0, values: []) }
        featureNames = schema.featureNames
        outlines = schema.hasOutlines ? [] : nil
        for image in images {
            try ProfileTable.check(image, schema)
            if image.features == nil { warnings.append(ProfileTable.warning(image)) }
        }
        let groups = ProfileTable.groups(of: images, schema)
        let rows = images.reduce(0) { $0 + ($1.features == nil ? 0 : $1.locations.count) }
        features.reserveCapacity(rows * schema.featureCount)
        for group in groups {
            var groupOutlines = images[group[0]].locations.outlines ?? []
            for index in group {
                let image = images[index]
                let count = image.locations.count
                locationX += image.locations.x
                locationY += image.locations.y
                cellIDs += image.cellIDs
                for (column, value) in zip(metadata.indices, image.index + (schema.model.map { [$0] } ?? [])) {
                    metadata[column].values += repeatElement(value, count: count)
                }
                if !compat { groupOutlines = image.locations.outlines ?? [] }
                outlines? += groupOutlines.prefix(count) + repeatElement("", count: max(0, count - groupOutlines.count))
                groupOutlines.removeFirst(min(count, groupOutlines.count))
            }
            for index in group {
                features += images[index].features ?? []
                // The batch's matrix is held once: each image's part goes as soon as it is in the table.
                images[index].features = nil
            }
        }
    }

    /// Indices of the images with features, those of one `Metadata_DNA` together where outlines are kept.
    private static func groups(of images: [ImageProfile], _ schema: ProfileSchema) -> [[Int]] {
        let profiled = images.indices.filter { images[$0].features != nil }
        guard schema.hasOutlines, let column = schema.metadataNames.firstIndex(where: { $0 == schema.imageColumn }) else {
            return profiled.map { [$0] }
        }
        var groups: [[Int]] = []
        var groupOfImage: [String: Int] = [:]
        for index in profiled where images[index].locations.count > 0 {
            let name = images[index].index[column]
            if let group = groupOfImage[name] {
                groups[group].append(index)
            } else {
                groupOfImage[name] = groups.count
                groups.append([index])
            }
        }
        return groups
    }

    private static func check(_ image: ImageProfile, _ schema: ProfileSchema) throws(IDRError) {
        let name = name(image)
        func fail(_ reason: String) -> IDRError { IDRError(.invalidInput, "the profile of \(name) does not fit the table", because: reason) }
        guard image.index.count == schema.indexColumns.count else {
            throw fail("it has \(image.index.count) index fields, the table \(schema.indexColumns.count)")
        }
        let count = image.locations.count
        guard image.cellIDs.count == count else { throw fail("it has \(count) locations but \(image.cellIDs.count) cell ids") }
        guard let features = image.features else { return }
        guard features.count == count * schema.featureCount else {
            throw fail("\(count) nuclei of \(schema.featureCount) features make \(count * schema.featureCount) values, not \(features.count)")
        }
        if schema.hasOutlines && image.locations.outlines == nil && count > 0 { throw fail("it has no outlines") }
    }

    private static func warning(_ image: ImageProfile) -> String {
        let count = image.locations.count
        return count == 0
            ? "no nuclei in \(name(image)): it has no rows"
            : "no features for \(name(image)): its \(count) nuclei are left out"
    }

    private static func name(_ image: ImageProfile) -> String { image.index.prefix(3).joined(separator: " ") }
}
