import Foundation
import IDRFiles
import IDRPlan

extension IDRError {
    /// A failure of a mirror's file as records have it. What the machine refuses may be read another time, and ends no run: nothing is written there.
    /// Records travel: files are named below the mirror's folder, and where that lies on this machine is no part of them.
    /// - Parameter folder: the study's in the mirror.
    func ofMirror(_ folder: String) -> IDRError {
        var error = self
        // Libraries call damaged what they got no bytes of.
        if code == .invalidInput, let refusal = files(below: folder).lazy.compactMap(FileBytes.refusal).first {
            (error.code, error.reason, error.advice) = (.system, refusal.reason, "see whether the disk is sound, and run again")
        }
        if error.code == .system { error.code = .unavailable }
        for path in Set([folder, URL(fileURLWithPath: folder).resolvingSymlinksInPath().path]).sorted(by: { $0.count > $1.count }) {
            error = error.replacing(path + "/", with: "").replacing(path, with: "the mirror")
        }
        return error
    }

    /// Files of the folder that the error names.
    private func files(below folder: String) -> [String] {
        ([problem] + subject).compactMap { text in
            guard let start = text.range(of: folder + "/")?.lowerBound else { return nil }
            // Names may hold spaces: it is the longest that there is.
            var name = text[start...]
            while !FileManager.default.fileExists(atPath: String(name)) {
                guard let space = name.lastIndex(of: " ") else { return nil }
                name = name[..<space]
            }
            return String(name)
        }
    }
}
