package import IDRPlan

/// `.flex`: plates of Evotec's and PerkinElmer's Opera.
///
/// A TIFF a well, or a well and field, named by row, column and field from 1 with three digits each: `003004000.flex` is C4. Its pages are fields,
/// channels and slices, as its own XML says (see ``FlexPages``), so no file is opened to find the wells. `.mea` and `.res` files beside them are not
/// needed. LuraWave compression is refused by name. No real file was at hand.
package struct FlexIndex: PlateIndexFormat {
    package init() {}

    package let name = "Flex"

    package func recognises(fileName: String) -> Bool { fileName.lowercased().hasSuffix(".flex") }

    /// All of a folder are one plate.
    package func choose(among names: [String]) -> String? { names.min() }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let images = files.files.compactMap { file in FlexName(file).map { (file, $0) } }
        let others = files.files.count { recognises(fileName: $0) } - images.count
        // What several files of a well are: fields, by their numbers among all of the plate.
        let ranks = PlaneRanks(images.map { PlaneIndex(field: $0.1.field, frame: 1) })
        var builder = PlateIndexBuilder(files.name, axesInFiles: PlaneAxis.allCases)
        for (file, name) in images {
            let index = ranks[PlaneIndex(field: name.field, frame: 1)]
            try builder.add(PlanePlace(file: file, page: nil), at: index, row: name.row - 1, column: name.column - 1)
        }
        guard !images.isEmpty else { throw builder.failure("no .flex file beside it is named by row, column and field, as 003004000.flex") }
        if others > 0 { builder.note("\(others.counted(".flex file is", ".flex files are")) not named by row, column and field, and left out") }
        return try builder.finished()
    }

    package func check(_ file: TIFFFile) throws(IDRError) {
        guard file.flex == nil else { return }
        throw IDRError(
            .invalidInput, "\(file.path) does not say what its pages are, and by which factors their grey values are divided",
            because: "it has no XML in tag 65200, as .flex files do",
            fix: "fetch the file again; or give its names' pattern (screens > tiffPattern), and what its pages are (screens > tiffPages)")
    }
}

/// What the name of an Opera's file says; nil for others. Numbers are from 1, but for the field's.
private struct FlexName {
    let row: Int
    let column: Int
    let field: Int

    init?(_ file: String) {
        let digits = Array(file.utf8.dropLast(".flex".utf8.count))
        guard file.lowercased().hasSuffix(".flex"), digits.count == 9, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        func number(_ start: Int) -> Int { digits[start..<start + 3].reduce(0) { 10 * $0 + Int($1) - 0x30 } }
        (row, column, field) = (number(0), number(3), number(6))
        guard row > 0, column > 0 else { return nil }
    }
}
