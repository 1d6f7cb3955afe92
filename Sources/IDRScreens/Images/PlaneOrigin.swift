import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer

/// Where the planes of opened images come from, as far as it may change.
protocol PlaneOrigin: Sendable {
    /// What a plane was read from, once it was.
    func versions(of index: PlaneIndex) async throws -> [SourceVersion]

    /// Those of `versions` that are still there.
    func current(_ versions: Set<SourceVersion>) async throws -> Set<SourceVersion>
}

/// A file that all planes come from: all of them are of the version that was opened.
struct FileOrigin: PlaneOrigin {
    let version: SourceVersion

    func versions(of index: PlaneIndex) -> [SourceVersion] { [version] }

    func current(_ versions: Set<SourceVersion>) -> Set<SourceVersion> { version.isIdentified ? versions.intersection([version]) : [] }
}

/// Objects that change each on its own, so that the server is asked about each.
struct ObjectOrigin: PlaneOrigin {
    let planes: any ObjectPlanes
    let store: RemoteStore
    /// What was read through the store.
    let read: ObjectVersions

    func versions(of index: PlaneIndex) async throws -> [SourceVersion] {
        // Of what was read without being noted nothing is known.
        try await planes.objects(of: index).map { read[$0] ?? SourceVersion(name: $0) }
    }

    func current(_ versions: Set<SourceVersion>) async throws -> Set<SourceVersion> {
        let asked = versions.filter(\.isIdentified).sorted { $0.name < $1.name }
        let answers = try await Parallel.map(asked) { [store, read] version -> (SourceVersion, Bool) in
            // The metadata were read a moment ago.
            if let now = read[version.name] { return (version, now == version) }
            return (version, try await store.client.has(version, at: store.base.appending(version.name), tally: store.tally))
        }
        return Set(answers.compactMap { $0.1 ? $0.0 : nil })
    }
}
