/// Which columns the tables of a run have. All batches of a run share it, the empty ones too.
package struct ProfileSchema: Sendable, Equatable {
    /// The fields that every image brings, in order, as in DeepProfiler's `index.csv`: `Metadata_Plate`, `Metadata_Well`,
    /// `Metadata_Site`, `Plate_Map_Name`, `DNA`, `Gene`, `Gene_Replicate`.
    package let indexColumns: [String]
    /// The network's name, the value of `Metadata_Model` and the first part of the features' names; nil where no network describes cells.
    package let model: String?
    /// The table's feature columns. A network's are `efficientnet_0`, `efficientnet_1`, ...; those of a second channel follow with higher numbers.
    package let featureNames: [String]
    /// Whether the table has the column `Object_Outline`.
    package let hasOutlines: Bool

    /// How many features a cell has.
    package var featureCount: Int { featureNames.count }

    /// Columns by name.
    package init(indexColumns: [String] = ProfileSchema.deepProfilerIndex, model: String?, featureNames: [String], hasOutlines: Bool = false) {
        self.indexColumns = indexColumns
        self.model = model
        self.featureNames = featureNames
        self.hasOutlines = hasOutlines
    }

    /// The columns of a run; by default those of the published tables, with `featureCount` features.
    package init(
        indexColumns: [String] = ProfileSchema.deepProfilerIndex, model: String = "efficientnet", featureCount: Int, hasOutlines: Bool = false
    ) {
        self.init(
            indexColumns: indexColumns, model: model, featureNames: Self.featureNames(model: model, count: featureCount), hasOutlines: hasOutlines)
    }

    /// The names of a network's features.
    package static func featureNames(model: String, count: Int) -> [String] { (0..<count).map { "\(model)_\($0)" } }

    /// The columns of the `index.csv` that the published pipeline writes.
    package static let deepProfilerIndex = index(channels: ["DNA"])

    /// The columns of an `index.csv` that names a file a channel.
    package static func index(channels: [String]) -> [String] {
        ["Metadata_Plate", "Metadata_Well", "Metadata_Site", "Plate_Map_Name"] + channels + ["Gene", "Gene_Replicate"]
    }

    /// The table's metadata columns: the index columns, each with the prefix `Metadata_`, and `Metadata_Model` where there is one.
    package var metadataNames: [String] {
        indexColumns.map { $0.hasPrefix(ProfileSchema.prefix) ? $0 : ProfileSchema.prefix + $0 }
            + (model == nil ? [] : [ProfileSchema.prefix + "Model"])
    }

    private static let prefix = "Metadata_"

    /// The column that names an image: its first channel's file.
    var imageColumn: String? { indexColumns.count > 4 ? metadataNames[4] : nil }
}
