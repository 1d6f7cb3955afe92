import Foundation
import IDRCrate
import IDRFiles
import IDRPlan
import IDRRecord

/// What a closed record says of the files of the run as a whole, before a session goes on in its folder: closed anew, damage would pass for what was written.
/// Batches are looked at one by one, see ``RunFolder/completed(_:)``.
struct RunSeal {
    let path: String
    /// Bytes of files that can be written anew, by name.
    let candidates: [String: [UInt8]]

    /// Writes damaged files anew where their bytes are known.
    /// - Returns: their names.
    /// - Throws: an ``IDRError`` that names the first one that cannot be.
    func mend() throws -> [String] {
        guard FileManager.default.fileExists(atPath: "\(path)/\(RecordLayout.manifest)") else { return [] }
        let manifest = try Manifest(reading: path)
        let damaged = manifest.problemsOfRun(in: path)
        for problem in damaged {
            guard let bytes = candidates[problem.file], let file = manifest.files.first(where: { $0.name == problem.file }),
                try SHA256.digest(of: bytes) == file.sha256
            else {
                throw IDRError(
                    .changed, "the record in the output folder is damaged", at: ["\(path)/\(problem.file)"], because: problem.problem,
                    fix: "put back that file from a copy of the record, or choose another folder with --output; "
                        + "idrscript verify says everything that is wrong")
            }
        }
        for problem in damaged {
            if let bytes = candidates[problem.file] { try AtomicFile.write(bytes, to: "\(path)/\(problem.file)") }
        }
        return damaged.map(\.file)
    }
}
