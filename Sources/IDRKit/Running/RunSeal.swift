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
        let manifest: Manifest
        do throws(IDRError) {
            manifest = try Manifest(reading: path)
        } catch {
            throw damage(because: error.reason ?? error.problem)
        }
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

    /// Compares what the record says of complete batches with what these say themselves.
    /// - Throws: an ``IDRError`` where it says another thing: then its manifest is damaged.
    func check(_ batches: [Int]) throws(IDRError) {
        guard FileManager.default.fileExists(atPath: "\(path)/\(RecordLayout.manifest)") else { return }
        let known = Set(try Manifest(reading: path).files)
        for number in batches {
            let name = RecordLayout.batch(number)
            let own =
                try Manifest(reading: "\(path)/\(name)").files + [
                    ContentFile(file: "\(path)/\(name)/\(RecordLayout.manifest)", name: RecordLayout.manifest)
                ]
            if let other = own.first(where: { !known.contains($0.named("\(name)/\($0.name)")) }) {
                throw damage(because: "it has another \(name)/\(other.name) than the batch")
            }
        }
    }

    private func damage(because reason: String) -> IDRError {
        IDRError(
            .changed, "the manifest of the record in the output folder is damaged", at: ["\(path)/\(RecordLayout.manifest)"], because: reason,
            fix: "put it back from a copy of the record; or remove it and run again: the record is closed anew over what is there")
    }
}
