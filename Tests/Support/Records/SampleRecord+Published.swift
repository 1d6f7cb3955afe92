import Foundation
import IDRPlan
import IDRProvenance

extension SampleRecord {
    /// Makes the folder of the run at `path` a record without its bulk outputs, as `publish` leaves it.
    package static func omitBulk(_ path: String) throws {
        let record = try RecordFolder(reading: path)
        for number in record.completeBatches {
            let folder = record.folder(of: number)
            let before = try Manifest(reading: folder)
            let outputs = Set(try record.batch(number).outputs.map(\.name))
            for name in outputs { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
            try BatchCrate(of: RecordLayout.batch(number), in: record).write(to: folder)
            let after = try Manifest(of: folder)
            try Manifest(files: after.files, omitted: before.files.filter { outputs.contains($0.name) }).write(to: folder)
        }
        _ = try RecordSeal.seal(path)
    }
}
