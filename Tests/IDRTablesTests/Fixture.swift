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
    static func images(_ name: String, reading: NucleusLocations.Reading = .pandas) async throws -> [ImageProfile] {
        let file = try await HDF5Reader(path(name))
        let index = try CSVRows.all(try await file.attributeStrings("index_csv")[0].utf8, called: "index")
        let groups = try await file.children().filter { $0.hasPrefix("image_") }
        var images: [ImageProfile] = []
        for (group, row) in zip(groups, index.dropFirst()) {
            let csv = try await file.attributeStrings("locations_csv", of: "/" + group)[0]
            let locations = try NucleusLocations(csv: csv.utf8, reading: reading)
            let features = try await file.exists("/\(group)/features") ? file.read("/\(group)/features", as: Float.self) : nil
            let ids = ImageProfile.cellIDs(image: row[4], labels: (0..<locations.count).map { Int32($0 + 1) })
            images.append(ImageProfile(index: row, locations: locations, cellIDs: ids, features: features))
        }
        return images
    }
}
