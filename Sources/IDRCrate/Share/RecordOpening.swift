import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// Records as they are given: a folder, or a `.zip` of one.
package enum RecordOpening {
    /// Gives `body` the folder of the record at `path`. An archive is unpacked to a scratch folder, which is gone afterwards;
    /// whether the record is as it was is for `body` to find out.
    package static func open<Result>(_ path: String, _ body: (String) async throws -> Result) async throws -> Result {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw IDRError(.missing, "there is no record \(path)", fix: "give the folder of a run, or a .zip that `idrscript bundle` made")
        }
        if isFolder.boolValue { return try await body(path) }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "idrkit-record-\(UUID().uuidString)").path
        // Others have no business in it.
        guard mkdir(scratch, 0o700) == 0 else {
            let reason = SystemFailure.reason(errno)
            throw IDRError(.system, "a scratch folder cannot be made", at: [scratch], because: reason, fix: "set TMPDIR")
        }
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try ZipUnpacker().unpack(path, to: "\(scratch)/record", leavingOut: isLeftOut)
        return try await body(root(in: "\(scratch)/record"))
    }

    /// Archives made by hand have locks, and what file managers leave; neither belongs to a record, and no manifest covers it.
    static func isLeftOut(_ name: String) -> Bool { name.split(separator: "/").contains { RecordLayout.isPassing(String($0)) || $0 == "__MACOSX" } }

    /// The record's folder in an unpacked archive: archives made by hand have it in a folder of its own.
    static func root(in folder: String) -> String {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !RecordLayout.isPassing($0) }
        guard names.count == 1, FileManager.default.fileExists(atPath: "\(folder)/\(names[0])/\(RecordLayout.run)") else { return folder }
        return "\(folder)/\(names[0])"
    }
}
