package import Foundation
import IDRFiles
package import IDRPlan
import IDRRecord

/// Whether a script may run as the user who starts it: scripts are code.
package struct ScriptTrust {
    package let store: TrustStore
    /// OpenSSH's allowed-signers file; nil where the user has none.
    package let allowedSigners: String?

    /// - Parameter allowedSigners: a file that the command line names, instead of `allowed_signers` in the folder of the user's settings.
    package init(allowedSigners named: String? = nil) throws(IDRError) {
        store = try TrustStore.standard()
        allowedSigners = named ?? Self.standardSigners()
    }

    package static func standardSigners() -> String? {
        ConfigurationFile.folder().map { $0 + "/allowed_signers" }.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    /// Why the script with these bytes may run, for its record.
    /// - Parameters:
    ///   - path: where it lies.
    ///   - record: the record that it is taken from.
    /// - Throws: `refused` for a script from elsewhere that nobody has vouched for.
    package func decide(_ source: Data, path: String, record: String? = nil) throws -> String {
        let digest = try SHA256.digest(of: [UInt8](source))
        let name = URL(fileURLWithPath: path).lastPathComponent
        let entries = try store.entries()
        let word = TrustStore.word(on: digest, in: entries)
        if word == .trusted { return "trusted: \(digest.short)" }
        let origin = TrustStore.origin(of: digest, in: entries)
        let reason: String? =
            switch (word, origin) {
            case (.distrusted, _): "you took back your trust in it"
            case (_, .own): nil
            case (_, .foreign): "it came in a record or bundle from elsewhere"
            default: ScriptOrigin.foreignness(of: path) ?? record.map { _ in "it is taken from a record" }
            }
        guard var reason else {
            // So that it stays the user's own if it comes back in a bundle. Where nothing can be written, nothing is lost but that.
            if origin == nil { try? store.add(.own, digest, name: name) }
            return "own"
        }
        do throws(IDRError) {
            if let signer = try signer(of: source, path, digest, record: record) { return "signed: \(signer)" }
        } catch {
            reason += "; and its signature does not help: " + ([error.problem, error.reason].compactMap(\.self).joined(separator: ": "))
        }
        throw IDRError(
            .refused, "the script is from elsewhere, and scripts are code", at: [path], because: reason,
            fix:
                "read it and say \"idrscript trust \(path)\"; or have its author sign it and name the key in allowed_signers; or run it with --sandbox"
        )
    }

    /// An allowed signer of these bytes, or of the intact record that holds them.
    /// - Throws: where there is a signature that does not count.
    private func signer(of source: Data, _ path: String, _ digest: Digest, record: String?) throws(IDRError) -> String? {
        guard let allowedSigners else { return nil }
        if let signer = try RecordSignature.check(source, at: path, for: .script, allowedSigners: allowedSigners) { return signer }
        let folder = record ?? URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: "\(folder)/\(RecordLayout.signature)") else { return nil }
        let verification = RecordVerification(of: folder, allowedSigners: allowedSigners)
        if let problem = verification.problems.first { throw IDRError(.changed, "the record around it is not intact", because: "\(problem)") }
        // The signature says something of the script that the manifest names, and of no other one.
        return verification.script == digest ? verification.signature : nil
    }
}

/// Signs that a script was not written here.
enum ScriptOrigin {
    /// What says so; nil where nothing does.
    static func foreignness(of name: String) -> String? {
        // A link says nothing of the file that it leads to.
        let path = URL(fileURLWithPath: name).resolvingSymlinksInPath().path
        var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        for _ in 0..<4 where folder.path != "/" {
            if [RecordLayout.run, RecordLayout.manifest].allSatisfy({ FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }) {
                return "it lies in a record"
            }
            folder.deleteLastPathComponent()
        }
        let attributes: [String: Data]?
        do {
            attributes =
                try FileManager.default.attributesOfItem(atPath: path)[FileAttributeKey(rawValue: "NSFileExtendedAttributes")] as? [String: Data]
        } catch {
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return "where it came from cannot be found out (\(error.localizedDescription))"
        }
        for name in ["user.xdg.origin.url", "user.xdg.referrer.url"] where attributes?[name] != nil {
            return "it was downloaded (it has the attribute \(name))"
        }
        var status = stat()
        // Files of root are the machine's; root itself sees everybody's.
        if stat(path, &status) == 0, status.st_uid != geteuid(), status.st_uid != 0 { return "it belongs to another user" }
        return nil
    }
}
