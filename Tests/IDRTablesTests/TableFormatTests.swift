import Foundation
import IDRFiles
import IDRPlan
import IDRTables
import TestSupport
import Testing

/// What every format of tables must do; a new one is tested by being in ``TableFormats/all``.
@Suite struct TableFormatTests {
    static let all = Array(TableFormats.all.indices)
    private static let identity = ["batch": "0", "run": "0f3c"]
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test func endingsTellFormatsApart() {
        let endings = TableFormats.all.map(\.ending)
        #expect(Set(endings).count == endings.count && endings.allSatisfy { $0.hasPrefix(".") })
        #expect(endings == [".csv.gz", ".h5ad"])
    }

    @Test func aBatchHasOneFileOfEachFormat() async throws {
        let table = try await AnnDataFileTests.table()
        let (names, content) = try await TableFormats.write(table, as: "batch_3", in: folder.path, identity: Self.identity)
        #expect(names == TableFormats.all.map { "batch_3" + $0.ending } && folder.contents == names.sorted())
        #expect(try content == SHA256.digest(of: table.csv()))
    }

    /// No time stamp, no order that differs from process to process, and only the one file; a table without rows too.
    @Test(arguments: all, [true, false]) func theSameTableGivesTheSameBytes(format: Int, rows: Bool) async throws {
        let format = TableFormats.all[format]
        var digests: [Digest?] = []
        for name in ["a", "b"] {
            try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: false)
            let table = try await AnnDataFileTests.table(rows: rows)
            digests.append(try await format.write(table, to: folder("\(name)/batch_0\(format.ending)"), identity: Self.identity))
            if let digest = digests.last ?? nil { #expect(try digest == SHA256.digest(of: table.csv())) }
        }
        #expect(folder.files(below: "a") == ["batch_0" + format.ending])
        // The same name too: gzip's header has it.
        #expect(try digests[0] == digests[1] && folder.bytes("a/batch_0" + format.ending) == folder.bytes("b/batch_0" + format.ending))
    }

    @Test(arguments: all) func aFileThatCannotBeWrittenIsNamed(format: Int) async throws {
        let format = TableFormats.all[format]
        let table = try await AnnDataFileTests.table()
        let error = await #expect(throws: IDRError.self) {
            try await format.write(table, to: folder("none/batch_0" + format.ending), identity: Self.identity)
        }
        #expect(error?.problem.contains("batch_0" + format.ending) == true && folder.contents == [], "\(String(describing: error))")
    }
}
