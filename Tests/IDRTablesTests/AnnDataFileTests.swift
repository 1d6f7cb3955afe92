import Foundation
import IDRHDF5
import IDRPlan
import IDRTables
import TestSupport
import Testing

@Suite struct AnnDataFileTests {
    static let identity = ["plan": "0f3c", "batch": "0", "IDRKit": "0.1.0"]

    static func table(rows: Bool = true, hasOutlines: Bool = true) async throws -> ProfileTable {
        let images = rows ? try await Fixture.images("features/compile_s2_outlines.h5") : []
        return try ProfileTable(images, schema: ProfileSchema(featureCount: 5, hasOutlines: hasOutlines))
    }

    @Test func structureIsThatOfAnnData() async throws {
        let folder = try ScratchFolder()
        let table = try await AnnDataFileTests.table()
        try await AnnDataFile.write(table, to: folder("batch_0.h5ad"), identity: AnnDataFileTests.identity)
        #expect(folder.contents == ["batch_0.h5ad"])
        let file = try await HDF5Reader(folder("batch_0.h5ad"))
        #expect(try await file.attributeStrings("encoding-type") == ["anndata"])
        #expect(try await file.info(of: "/X").shape == [7, 5])
        #expect(try await file.info(of: "/X").type == .float32)
        let features = try await file.read("/X", as: Float.self)
        #expect(zip(features, table.features).allSatisfy { $0.bitPattern == $1.bitPattern })
        #expect(try await file.readStrings("/obs/_index") == table.cellIDs)
        #expect(
            try await file.attributeStrings("column-order", of: "/obs").prefix(4) == [
                "Object_Outline", "Location_Center_X", "Location_Center_Y", "Metadata_Plate",
            ])
        #expect(try await file.read("/obs/Location_Center_Y", as: Double.self) == table.locationY)
        #expect(try await file.readStrings("/obs/Object_Outline") == table.outlines)
        #expect(try await file.readStrings("/obs/Metadata_Plate/categories") == ["LT0042_01", "LT0042_02"])
        #expect(try await file.read("/obs/Metadata_Plate/codes", as: Int32.self) == [0, 0, 0, 0, 1, 1, 1])
        #expect(try await file.readStrings("/var/_index") == table.featureNames)
        #expect(try await file.children(of: "/uns/idrkit") == ["IDRKit", "batch", "plan"])
        #expect(try await file.readStrings("/uns/idrkit/plan") == ["0f3c"])
    }

    @Test(arguments: ["", ".", "a/b"])
    func namesThatArePathsAreRefused(name: String) async throws {
        let folder = try ScratchFolder()
        let table = try await AnnDataFileTests.table(rows: false)
        await #expect(throws: IDRError.self) { try await AnnDataFile.write(table, to: folder("x.h5ad"), identity: [name: "1"]) }
        #expect(folder.contents.isEmpty)
    }

    @Test(.enabled(if: TestPython.isAvailable, Comment(rawValue: TestPython.reason)), arguments: [true, false], [true, false])
    func annDataOpensIt(rows: Bool, hasOutlines: Bool) async throws {
        let folder = try ScratchFolder()
        let table = try await AnnDataFileTests.table(rows: rows, hasOutlines: hasOutlines)
        try await AnnDataFile.write(table, to: folder("x.h5ad"), identity: AnnDataFileTests.identity)
        let script = """
            import sys, warnings
            warnings.simplefilter("error")
            import anndata, numpy
            a = anndata.read_h5ad(sys.argv[1])
            print(a.shape, a.X.dtype, a.obs.index.is_unique, list(a.obs.columns), list(a.var_names), list(a.var.columns))
            print(a.obs["Location_Center_X"].dtype, a.obs["Metadata_Gene"].dtype, a.obs["Metadata_Gene"].astype(str).tolist())
            print(a.uns["idrkit"]["batch"], a.uns["idrkit"]["plan"], repr(float(numpy.nansum(a.obs["Location_Center_X"]))))
            """
        let genes = table.metadata[5].values.map { "'\($0)'" }.joined(separator: ", ")
        let columns = ((hasOutlines ? ["Object_Outline"] : []) + ["Location_Center_X", "Location_Center_Y"] + table.metadata.map(\.name))
        let expected = """
            (\(rows ? 7 : 0), 5) float32 True [\(columns.map { "'\($0)'" }.joined(separator: ", "))] \
            ['efficientnet_0', 'efficientnet_1', 'efficientnet_2', 'efficientnet_3', 'efficientnet_4'] []
            float64 category [\(genes)]
            0 0f3c \(PythonNumberText.of(table.locationX.reduce(0, +)))

            """
        #expect(try TestPython.output(of: script, folder("x.h5ad")) == expected)
    }
}
