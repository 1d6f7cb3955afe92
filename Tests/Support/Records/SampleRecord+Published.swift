import Foundation
import IDRCrate
import IDRPlan

extension SampleRecord {
    /// Makes the folder of the run at `path` a record without its bulk outputs, by publishing it.
    package static func omitBulk(_ path: String) throws {
        let copy = path + "-published"
        _ = try Publication(of: path).write(to: copy)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: copy, toPath: path)
    }
}
