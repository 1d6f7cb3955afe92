import Foundation
@testable import IDRFiles
@testable import IDRFormats
import IDRPlan
import IDRRecord

/// Text of others: tables, records, names in archives.
enum TextTargets {
    static let all = [csv, records, names]

    private static let csv = FuzzTarget(name: "csv") { bytes in
        // The first byte chooses the separator.
        let text = Array(bytes.dropFirst())
        let table = try CSVTable(text, called: "x.csv", separator: bytes.first == 1 ? UInt8(ascii: "\t") : UInt8(ascii: ","))
        _ = table.columns
        _ = try CSVRows.all(text, called: "x.csv")
    }

    private static let records = FuzzTarget(name: "record") { bytes in
        let data = Data(bytes.dropFirst())
        func read<Value: StoredValue>(_ type: Value.Type) throws { _ = try VersionedJSON.decode(type, from: data, path: "x.json") }
        switch (bytes.first ?? 0) % 7 {
        case 0: try read(RunRecord.self)
        case 1: try read(BatchRecord.self)
        case 2: try read(RunEnvironment.self)
        case 3: try read(Journal.Event.self)
        case 4: try read(Lock.self)
        case 5: try read(ResolvedPlan.self)
        default: try read(Manifest.self)
        }
    }

    private static let names = FuzzTarget(name: "names") { bytes in
        var tree = ArchiveTree()
        for line in bytes.split(separator: 10) {
            let name = String(decoding: line, as: UTF8.self)
            _ = ArchiveName.printable(name)
            do {
                try tree.add(name)
            } catch {
                continue
            }
            // What is let through stays below its folder, whatever reads it.
            let parts = (name.hasSuffix("/") ? String(name.dropLast()) : name).split(separator: "/", omittingEmptySubsequences: false)
            precondition(!name.hasPrefix("/") && !parts.contains("..") && !parts.contains("."), "\(name) was let through")
        }
    }
}
