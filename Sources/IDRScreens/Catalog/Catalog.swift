package import Foundation
import IDRFiles
package import IDRPlan
package import IDRTransfer

/// A file that a catalog was read from: where it came from, and its content.
package struct CatalogFile: Sendable, Hashable {
    /// Its role is `annotation` or `plates`, its name the same wherever it came from.
    package let file: ContentFile
    /// A path below the mirror, or an address.
    package let address: String
    /// When it was asked for; nil for files of a mirror.
    package let fetchedAt: Date?
}

/// What is known of one screen.
package struct ScreenCatalog: Sendable {
    package let tables: ScreenTables
    /// What the study says of its tables.
    package var settings = StudySettings()
    /// The study's folder, "idr0013-neumann-mitocheck".
    package let study: String
    /// The tables that wells are chosen from, sorted by role.
    package let files: [CatalogFile]
    /// What says how the tables are meant.
    package var settingsFiles: [CatalogFile] = []
    /// What a person should know: sources that were passed over.
    package let notes: [String]
}

/// Finds screens: from a local mirror, or from the IDR by the study's tables, the search engine, or the JSON services.
package struct Catalog: Sendable {
    private let access: Access
    private let metadata: MetadataClient

    /// - Parameter access: complete, as ``Access/configured(environment:)`` gives it.
    package init(access: Access, network: Network) {
        self.access = access
        metadata = MetadataClient(network, access.freshness)
    }

    /// Every screen that the IDR lists.
    package func screens() async throws -> [ListedScreen] {
        var failure: IDRError?
        do throws(any Error) {
            if let answer = try await metadata.first(try (access.studies ?? []).map { try RemoteURL($0) }, limit: 1 << 26) {
                return try StudiesTable.screens(TableText.unpacked(answer.bytes, called: answer.url.description), called: answer.url.description)
            }
        } catch let error as IDRError { failure = error }
        do {
            return try await firstService { try await $0.screens() }
        } catch let error as IDRError {
            throw failure ?? error
        }
    }

    /// The key-value pairs that the services have of a screen: title, licence, and the like.
    func annotations(of name: ScreenName) async throws -> [[String]] {
        guard let id = try await listed(name).id else { return [] }
        return try await firstService { try await $0.mapAnnotations(ofScreen: id).map { [$0.key, $0.value] } }
    }

    /// The tables of one screen.
    /// - Throws: an ``IDRError`` that names every source that was tried.
    package func screen(_ name: ScreenName) async throws -> ScreenCatalog {
        let facts = (access.screens?[name.description] ?? ScreenConventions()).over(.of(name))
        var notes: [String] = []
        if let root = access.mirror {
            let isAlone = access.sources?.contains { $0 != .mirror } != true
            switch Result(catching: { () throws(IDRError) in try ScreenMirror(root: root).screen(name, conventions: facts) }) {
            case .success(let screen): return screen
            case .failure(let error) where isAlone || error.code != .missing: throw error
            case .failure(let error): notes.append("mirror: \(error.problem)")
            }
        }
        var failure: IDRError?
        for source in access.catalog ?? [] {
            do {
                return try await catalog(of: name, from: source, facts, notes)
            } catch let error as IDRError {
                notes.append("\(source.rawValue): \(error.problem)")
                // The study's own tables are what a person can mend.
                failure = failure ?? error
            }
        }
        var error = failure ?? IDRError(.invalidPlan, "no source for tables is configured", fix: "name one in \"catalog\" in the configuration")
        if notes.count > 1 {
            error.reason = [error.reason, "also tried: " + notes.dropFirst().joined(separator: "; ")].compactMap(\.self).joined(separator: "; ")
        }
        throw error
    }

    private func catalog(
        of name: ScreenName, from source: CatalogSource, _ facts: ScreenConventions, _ notes: [String]
    ) async throws -> ScreenCatalog {
        switch source {
        case .tables: return try await fromTables(name, facts, notes)
        case .search, .services:
            let listed = try await listed(name)
            let (text, address) = try await firstService { services in
                let tables = ServiceTables(services: services, screen: listed)
                return source == .search ? try await tables.fromSearch() : try await tables.fromServices()
            }
            let annotation = try CSVTable(text, called: address)
            let plateNames = try ScreenTables(screen: name, plates: PlatesTable(entries: []), annotation: annotation).plateNames
            let tables = try ScreenTables(
                screen: name, plates: PlatesTable(entries: plateNames.map { .init(plate: $0, source: nil) }), annotation: annotation,
                conventions: facts)
            let file = ContentFile(
                role: "annotation", name: "\(name)-\(source.rawValue).csv", bytes: text.count, sha256: try SHA256.digest(of: text))
            return ScreenCatalog(
                tables: tables, study: listed.study, files: [CatalogFile(file: file, address: address, fetchedAt: Date())],
                notes: notes + tables.notes + ["wells and annotation come from \(source.rawValue), not from the study's tables"])
        }
    }

    private func fromTables(_ name: ScreenName, _ facts: ScreenConventions, _ notes: [String]) async throws -> ScreenCatalog {
        let study = if let known = facts.study { known } else { try await listed(name).study }
        let stem = "\(name.study)-screen\(name.letter)"
        func table(_ role: String, _ endings: [String]) async throws -> (text: [UInt8], file: CatalogFile) {
            let folders = try (access.tables ?? []).map { try RemoteURL(Self.filled($0, name, study)) }
            let urls = try folders.flatMap { folder in try endings.map { try folder.appending(stem + $0) } }
            guard let answer = try await metadata.first(urls, limit: 1 << 28) else {
                throw IDRError(
                    .missing, "the \(role) table of \(name) was not found", at: urls.map(\.description),
                    fix: "check \"tables\" and \"screens\" > \"\(name)\" > \"study\" in the configuration")
            }
            let address = answer.url.description
            let file = ContentFile(
                role: role, name: String(address.split(separator: "/").last ?? ""), bytes: answer.bytes.count, sha256: answer.sha256)
            return (try TableText.unpacked(answer.bytes, called: address), CatalogFile(file: file, address: address, fetchedAt: answer.fetchedAt))
        }
        async let further = settings(of: name, study)
        async let annotation = table("annotation", ["-annotation.csv", "-annotation.csv.gz", "-annotation.zip", "-annotation.csv.zip"])
        async let plates = table("plates", ["-plates.tsv"])
        let (first, second) = (try await annotation, try await plates)
        let settingsFiles = try await further
        let settings = StudySettings(settingsFiles.map { (name: $0.file.file.name, bytes: $0.text) })
        let tables = try ScreenTables(
            screen: name, plates: PlatesTable(second.text, called: second.file.address, columns: settings.plateColumns),
            annotation: CSVTable(first.text, called: first.file.address), conventions: facts, settings: settings)
        return ScreenCatalog(
            tables: tables, settings: settings, study: study, files: [first.file, second.file], settingsFiles: settingsFiles.map(\.file),
            notes: notes + tables.notes + settings.notes)
    }

    /// What the study says of its tables in files beside them; each may be missing.
    private func settings(of name: ScreenName, _ study: String) async throws -> [(text: [UInt8], file: CatalogFile)] {
        let stem = "\(name.study)-screen\(name.letter)"
        let folders = try (access.tables ?? []).map { try RemoteURL(Self.filled($0, name, study)) }
        // The study's own settings, which those of a screen include, lie above the screen's folder.
        let above = try (access.tables ?? []).compactMap(Self.studyFolder).map { try RemoteURL(Self.filled($0, name, study)) }
        let files = ["-bulk.yml", "-bulkmap-config.yml", "-render.yml", "-renderdef.yml"].map { (folders: folders, name: stem + $0) }
        return try await Parallel.map([(folders: above, name: "bulk.yml")] + files) { wanted in
            let urls = try wanted.folders.map { try $0.appending(wanted.name) }
            guard let answer = try await metadata.firstIfAny(urls, limit: YAML.limit) else { return nil }
            let address = answer.url.description
            let file = ContentFile(role: "settings", name: wanted.name, bytes: answer.bytes.count, sha256: answer.sha256)
            return (answer.bytes, CatalogFile(file: file, address: address, fetchedAt: answer.fetchedAt))
        }.compactMap(\.self)
    }

    /// The template of the folder above a screen's; nil where the template does not end in the screen's own.
    private static func studyFolder(_ template: String) -> String? {
        let ending = "screen{screen}/"
        return template.hasSuffix("/" + ending) ? String(template.dropLast(ending.count)) : nil
    }

    /// The screen's entry in the study list, else in the services' own. Lists lack some screens whose tables are there:
    /// such a one is looked for in the folder of its study's other screens.
    private func listed(_ name: ScreenName) async throws -> ListedScreen {
        var all = try await screens()
        if let listed = all.first(where: { $0.name == name }) { return listed }
        var reason: String?
        do {
            all += try await firstService { try await $0.screens() }
        } catch let error as IDRError {
            reason = "the services could not be asked: \(error.problem)"
        }
        if let listed = all.first(where: { $0.name == name }) { return listed }
        if let other = all.first(where: { $0.name.study == name.study }),
            let screen = ListedScreen(container: "\(other.study)/screen\(name.letter)")
        {
            return screen
        }
        let names = Set(all.map(\.name.description)).sorted()
        throw IDRError(
            .missing, "the IDR lists no screen \(name)", because: reason, fix: NearNames.advice(name.description, in: names, all: "screens"))
    }

    private func firstService<Value: Sendable>(_ ask: (IDRServices) async throws -> Value) async throws -> Value {
        try await IDRServices.first(of: access.services, metadata, ask)
    }

    /// An address with its placeholders filled in.
    static func filled(_ template: String, _ name: ScreenName, _ study: String) throws(IDRError) -> String {
        template.replacing("{study}", with: try PathPart.checked(study, called: "the study")).replacing("{accession}", with: name.study)
            .replacing("{screen}", with: name.letter)
    }
}
