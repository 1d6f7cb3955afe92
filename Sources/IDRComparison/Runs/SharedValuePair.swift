import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// A value that several images of a run share, in both runs: `shared/diameter-PLATE.json`.
struct SharedValuePair {
    let a: String
    let b: String
    /// The well that it was computed on, in either run.
    let plate: String
    let well: String
    let hasSameWell: Bool
    let hasSamePlanes: Bool

    /// Those that both runs have with other values, by file.
    static func differing(_ a: RecordFolder, _ b: RecordFolder) throws(IDRError) -> [String: SharedValuePair] {
        let others = try b.sharedValues()
        var pairs: [String: SharedValuePair] = [:]
        for (name, own) in try a.sharedValues() {
            guard let other = others[name], own.value != other.value else { continue }
            pairs[name] = SharedValuePair(
                a: own.value.text, b: other.value.text, plate: own.plate, well: own.well,
                hasSameWell: own.well == other.well && own.plate == other.plate, hasSamePlanes: own.planes == other.planes)
        }
        return pairs
    }
}
