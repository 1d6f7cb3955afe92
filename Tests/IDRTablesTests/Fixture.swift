import Foundation
import IDRFiles
import IDRHDF5
import IDRTables

enum Fixture {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/" + name).path
    }

    static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// The images of a compile fixture or of a DeepProfiler fixture: groups `image_*` with the file's `index_csv`.
    @HDF5Actor static func images(_ name: String, reading: NucleusLocations.Reading = .pandas) throws -> [ImageProfile] {
        let file = try HDF5File(reading: path(name))
        let index = try CSVRows.all(file.attributeStrings("index_csv")[0].utf8, called: "index")
        let groups = try file.children().filter { $0.hasPrefix("image_") }
        return try zip(groups, index.dropFirst()).map { group, row in
            let locations = try NucleusLocations(csv: file.attributeStrings("locations_csv", of: "/" + group)[0].utf8, reading: reading)
            let features = file.exists("/\(group)/features") ? try file.read("/\(group)/features", as: Float.self) : nil
            let ids = ImageProfile.cellIDs(image: row[4], labels: (0..<locations.count).map { Int32($0 + 1) })
            return ImageProfile(index: row, locations: locations, cellIDs: ids, features: features)
        }
    }
}
