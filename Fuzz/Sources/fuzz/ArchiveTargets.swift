import Foundation
@testable import IDRFiles
import IDRPlan

/// Archives of others.
enum ArchiveTargets {
    static let all = [zip, gzip]

    private static let zip = FuzzTarget(name: "zip") { bytes in
        let file = try ScratchFile(bytes)
        if let archive = try? ZipReader(reading: file.path) {
            for entry in archive.entries.prefix(4) { _ = try? archive.read(entry.name, limit: 1 << 20) }
        }
        var unpacker = ZipUnpacker()
        (unpacker.maximumEntries, unpacker.maximumBytes) = (100, 1 << 20)
        let folder = file.path + "-unpacked"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try unpacker.unpack(file.path, to: folder)
    }

    private static let gzip = FuzzTarget(name: "gzip") { bytes in _ = try TableText.unpacked(bytes, called: "x.csv.gz", limit: 1 << 20) }
}
