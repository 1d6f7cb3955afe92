import IDRFiles
import IDRPlan
import IDRTransfer

/// A screen's wells from services that know no study tables: the search engine's table, or plate after plate.
struct ServiceTables: Sendable {
    let services: IDRServices
    let screen: ListedScreen

    /// Asking for every well takes a request each; more than this many is left to those who keep the tables.
    static let largestScreen = 2000

    /// The search engine's table, a row a well: it has a row an image.
    func fromSearch() async throws -> (text: [UInt8], name: String) {
        let answer = try await services.searchTable(of: screen)
        let table = try CSVTable(TableText.unpacked(answer.bytes, called: answer.url.description), called: answer.url.description)
        guard let plate = Self.column(["Plate", "Plate Name"], in: table.columns), let well = Self.column(["Well", "Well Name"], in: table.columns)
        else {
            throw IDRError(
                .invalidInput, "the search engine's table names no plates and wells", at: [table.name],
                because: NearNames.shortList(table.columns, of: "its columns"))
        }
        var header = table.columns
        header[plate] = ScreenColumn.plate
        header[well] = ScreenColumn.well
        var seen = Set<[String]>()
        let rows = (0..<table.count).map(table.row).filter { seen.insert([$0[plate], $0[well]]).inserted }
        return (CSVRows.text([header] + rows), table.name)
    }

    /// Plates, wells and each well's bulk annotation.
    func fromServices() async throws -> (text: [UInt8], name: String) {
        guard let id = screen.id else { throw IDRError(.missing, "the services' number of \(screen.name) is not known") }
        var wells: [(plate: String, well: ServiceAnswers.Well)] = []
        for plate in try await services.plates(ofScreen: id) {
            wells += try await services.wells(ofPlate: plate.id).map { (plate.name, $0) }
            guard wells.count <= Self.largestScreen else {
                throw IDRError(
                    .missing, "\(screen.name) has too many wells to ask for one by one", at: [services.base.description],
                    because: "it has more than \(Self.largestScreen), and its tables were not found",
                    fix: "give the tables' address: \"tables\" in the configuration")
            }
        }
        let contents = try await Parallel.map(wells) { try await services.table(ofWell: $0.well.id) }
        var header = [ScreenColumn.plate, ScreenColumn.well]
        for column in contents.flatMap(\.columns) where !header.contains(column) { header.append(column) }
        let rows = zip(wells, contents).map { well, content in
            var row = [well.plate, WellName(row: max(0, well.well.row), column: max(0, well.well.column)).description]
            let values = Dictionary(zip(content.columns, content.rows.first ?? []), uniquingKeysWith: { first, _ in first })
            row += header.dropFirst(2).map { values[$0]?.text ?? "" }
            return row
        }
        return (CSVRows.text([header] + rows), services.base.description)
    }

    private static func column(_ names: [String], in columns: [String]) -> Int? {
        names.lazy.compactMap { name in columns.firstIndex { $0.lowercased() == name.lowercased() } }.first
    }
}
