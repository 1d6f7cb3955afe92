package import Foundation
package import IDRPlan

/// A record that a former release made: `Tests/Fixtures/records`, whose README says how. None is ever changed.
package struct OldRecord: Sendable, CustomStringConvertible {
    /// The release and the format, `0.1.0-format3`.
    package let release: String
    /// `complete`, `failed`, `compat`, `two-channel`, `signed`, `published`, or `bundled.zip`.
    package let kind: String
    /// SHA-256 of the record's manifest, or of the bundle, as it was committed.
    package let digest: Digest

    package var path: String { Self.folder.appending(path: "\(release)/\(kind)").path }
    package var isBundle: Bool { kind.hasSuffix(".zip") }
    package var description: String { "\(release)/\(kind)" }

    private static let folder = ExampleFrames.fixtures.appending(path: "records")

    /// Who may have signed the records of `release`.
    package var allowedSigners: String { Self.folder.appending(path: "\(release)/allowed_signers").path }
    package static let signer = "carberry@example.org"

    /// Of all releases. Nothing where the fixtures cannot be read: a test counts them.
    package static let all: [OldRecord] = {
        let releases = (try? FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix(".md") }.sorted()) ?? []
        return releases.flatMap { release in
            CommittedDigest.list(folder.appending(path: release)).map { file in
                OldRecord(release: release, kind: file.name.replacing("/manifest.json", with: ""), digest: file.digest)
            }
        }
    }()

    package static let folders = all.filter { !$0.isBundle }

    package static func of(_ kinds: String...) -> [OldRecord] { all.filter { kinds.contains($0.kind) } }

    /// The record of the same release and another kind.
    package func other(_ kind: String) -> OldRecord? { Self.all.first { $0.release == release && $0.kind == kind } }
}

/// A line of a `SHA256SUMS`.
package struct CommittedDigest: Sendable {
    package let name: String
    package let digest: Digest

    /// Those of `folder`, in their order; nothing where there is no such file.
    package static func list(_ folder: URL) -> [CommittedDigest] {
        let text = (try? String(contentsOf: folder.appending(path: "SHA256SUMS"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard parts.count == 2, let digest = Digest(String(parts[0])) else { return nil }
            return CommittedDigest(name: parts[1].trimmingCharacters(in: .whitespaces), digest: digest)
        }
    }
}

extension ExampleFrames {
    package static let fixtures = checkout.appending(path: "Tests/Fixtures")
}
