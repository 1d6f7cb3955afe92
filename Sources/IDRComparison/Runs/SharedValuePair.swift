import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// A value that several images of a run share, in both runs: `shared/diameter-PLATE.json`.
struct SharedValuePair {
    private struct Record: StoredValue {
        static var readableFormats: ClosedRange<Int> { SharedValueFormat.readable }

        var value: JSONValue?
        var plate: String?
        var well: String?
        var planes: [PlaneDigest]?
    }

    static let penalties = "illumination-penalties.json"
    static func diameter(_ plate: String) -> String { "diameter-\(plate).json" }

    let a: String
    let b: String
    /// The well that it was computed on, in either run.
    let plate: String
    let well: String
    let hasSameWell: Bool
    let hasSamePlanes: Bool

    /// Those that both runs have with other values, by file.
    static func differing(_ a: RecordFolder, _ b: RecordFolder) throws(IDRError) -> [String: SharedValuePair] {
        let names = try OnDisk.names(in: "\(a.path)/\(RecordLayout.shared)") ?? []
        var pairs: [String: SharedValuePair] = [:]
        for name in names where name.hasSuffix(".json") && !RecordLayout.isPassing(name) {
            guard let own = try read(name, of: a), let other = try read(name, of: b), own.value != other.value else { continue }
            pairs[name] = SharedValuePair(
                a: own.value?.text ?? "none", b: other.value?.text ?? "none", plate: own.plate ?? "",
                well: own.well ?? "",
                hasSameWell: own.well == other.well && own.plate == other.plate, hasSamePlanes: own.planes == other.planes)
        }
        return pairs
    }

    private static func read(_ name: String, of folder: RecordFolder) throws(IDRError) -> Record? {
        let path = "\(folder.path)/\(RecordLayout.shared)/\(name)"
        guard let bytes = try OnDisk.bytes(of: path, limit: RecordFile.largest) else { return nil }
        return try VersionedJSON.decode(Record.self, from: Data(bytes), path: path)
    }
}
