import IDRFiles
import IDRPlan

/// Where an OME-Zarr plate is on the servers that have plates.
package enum ZarrPlace: Sendable, Hashable {
    /// Below the base of all plates: "S-BIAD865/<uuid>/<uuid>.zarr".
    case belowBase(String)
    /// From the server's root: "idr/zarr/v0.4/idr0001A/2551.zarr".
    case fromRoot(String)
}

/// A list of OME-Zarr plates, in one of two forms: a study's own, a line a plate without header (`idr0013/LT0113_01.ome.zarr,S-BIAD865/<uuid>,<fileset>`),
/// or the IDR's table of samples of all studies, whose columns are named.
package struct ZarrPlatesTable: Sendable {
    private var places: [String: [ZarrPlace]] = [:]
    /// Whether some plates are called by the services' numbers.
    package private(set) var hasNumbers = false

    /// - Parameter accession: of the study that is meant, in a list of all.
    package init(_ text: [UInt8], of accession: String) {
        if String(decoding: text.prefix(200), as: UTF8.self).contains("File Path") {
            takeSamples(text, accession)
        } else {
            for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) { takeLine(line) }
        }
    }

    package var count: Int { places.count }

    /// Where the plate is, the best first; none where the list lacks it.
    package func places(of plate: String) -> [ZarrPlace] { places[plate] ?? [] }

    private mutating func takeLine(_ line: Substring) {
        let fields = line.split(separator: ",")
        guard fields.count >= 2, let file = fields[0].split(separator: "/").last, let id = fields[1].split(separator: "/").last else { return }
        // The whole path, or the folder that holds a plate of its name.
        let path = id.hasSuffix(".zarr") ? String(fields[1]) : "\(fields[1])/\(id).zarr"
        places[Self.plate(file)] = [.belowBase(path)]
    }

    private mutating func takeSamples(_ text: [UInt8], _ accession: String) {
        guard let table = try? CSVTable(text, called: "the list of samples"),
            let values = try? table.values(of: ["OME-NGFF version", "File Path", "Wells", "Study"])
        else { return }
        let versions = ["0.4", "0.5"]
        let rows = (0..<table.count).filter { versions.contains(values[0][$0]) && !values[2][$0].isEmpty && values[3][$0] == accession }
        // The newest first.
        for row in rows.sorted(by: { (values[0][$1], $0) < (values[0][$0], $1) }) {
            let address = values[1][row]
            // "https:", "", the host, and the path.
            let parts = address.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count > 3, parts[0].hasSuffix(":"), parts[1].isEmpty else { continue }
            let path = parts[3...].filter { !$0.isEmpty }
            guard let file = path.last, file.hasSuffix(".zarr") else { continue }
            let plate = Self.plate(file)
            places[plate, default: []].append(.fromRoot(path.joined(separator: "/")))
            if Int(plate) != nil { hasNumbers = true }
        }
    }

    /// The plate's name in that of its file.
    static func plate(_ file: some StringProtocol) -> String {
        for ending in [".ome.zarr", ".zarr"] where file.hasSuffix(ending) { return String(file.dropLast(ending.count)) }
        return String(file)
    }
}
