package import IDRHDF5
package import IDRPlan

/// Profile tables as AnnData files (`.h5ad`), in the on-disk encoding that anndata 0.8 and later read: features as `X`,
/// locations, metadata and outlines as `obs`, feature names as `var`, the run's identity as `uns["idrkit"]`.
///
/// `obs` is indexed by cell id. Metadata are categories, locations are float64. The same table and identity give the same bytes:
/// no time stamps, and everything in a fixed order. Numbers are stored plain, because compressing features takes longer than making the file.
@HDF5Actor
package enum AnnDataFile {
    /// Writes `table` to `path`; the file appears when it is complete.
    ///
    /// - Parameter identity: what tells this table from others, such as the plan's digest, the batch's number and versions.
    ///   Names must not be empty, `.` or contain `/`.
    /// - Throws: ``IDRError`` where a name is not allowed or the file cannot be written.
    package static func write(_ table: ProfileTable, to path: String, identity: [String: String] = [:]) throws(IDRError) {
        let file = try HDF5Writer(path)
        try encode("/", as: "anndata", "0.1.0", in: file)
        try writeArray("/X", table.features, shape: [table.rowCount, table.featureNames.count], in: file)
        try writeRows(of: table, in: file)
        try makeGroup("/var", as: "dataframe", "0.2.0", in: file)
        try writeIndex("/var", table.featureNames, columns: [], in: file)
        for group in ["/layers", "/obsm", "/varm", "/obsp", "/varp", "/uns", "/uns/idrkit"] { try makeGroup(group, as: "dict", "0.1.0", in: file) }
        for (name, value) in identity.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, name != ".", !name.contains("/") else {
                throw IDRError(.invalidPlan, "\(path) cannot hold the identity \"\(name)\"", because: "HDF5 takes / and . for a path")
            }
            try file.write("/uns/idrkit/\(name)", string: value)
            try encode("/uns/idrkit/\(name)", as: "string", "0.2.0", in: file)
        }
        try file.commit()
    }

    private static func writeRows(of table: ProfileTable, in file: borrowing HDF5Writer) throws(IDRError) {
        try makeGroup("/obs", as: "dataframe", "0.2.0", in: file)
        let outlineName = table.outlines == nil ? [] : ["Object_Outline"]
        let columns = outlineName + ["Location_Center_X", "Location_Center_Y"] + table.metadata.map(\.name)
        try writeIndex("/obs", table.cellIDs, columns: columns, in: file)
        if let outlines = table.outlines { try writeStrings("/obs/Object_Outline", outlines, in: file) }
        try writeArray("/obs/Location_Center_X", table.locationX, shape: [table.rowCount], in: file)
        try writeArray("/obs/Location_Center_Y", table.locationY, shape: [table.rowCount], in: file)
        for column in table.metadata { try writeCategories("/obs/\(column.name)", column.values, in: file) }
    }

    private static func writeIndex(_ group: String, _ names: [String], columns: [String], in file: borrowing HDF5Writer) throws(IDRError) {
        try file.setAttribute("_index", of: group, string: "_index")
        try file.setAttribute("column-order", of: group, strings: columns)
        try writeStrings("\(group)/_index", names, in: file)
    }

    private static func writeCategories(_ name: String, _ values: [String], in file: borrowing HDF5Writer) throws(IDRError) {
        try makeGroup(name, as: "categorical", "0.2.0", in: file)
        try file.setAttribute("ordered", of: name, flag: false)
        let categories = Set(values).sorted()
        let codes = Dictionary(uniqueKeysWithValues: zip(categories, Int32(0)...))
        try writeStrings("\(name)/categories", categories, in: file)
        try writeArray("\(name)/codes", values.map { codes[$0] ?? -1 }, shape: [values.count], in: file)
    }

    private static func writeStrings(_ name: String, _ values: [String], in file: borrowing HDF5Writer) throws(IDRError) {
        try file.write(name, strings: values)
        try encode(name, as: "string-array", "0.2.0", in: file)
    }

    private static func writeArray<T: HDF5Scalar>(_ name: String, _ values: [T], shape: [Int], in file: borrowing HDF5Writer) throws(IDRError) {
        try file.write(name, values, shape: shape)
        try encode(name, as: "array", "0.2.0", in: file)
    }

    private static func makeGroup(_ name: String, as type: String, _ version: String, in file: borrowing HDF5Writer) throws(IDRError) {
        try file.makeGroup(name)
        try encode(name, as: type, version, in: file)
    }

    private static func encode(_ name: String, as type: String, _ version: String, in file: borrowing HDF5Writer) throws(IDRError) {
        try file.setAttribute("encoding-type", of: name, string: type)
        try file.setAttribute("encoding-version", of: name, string: version)
    }
}
