import IDRFiles
import IDRPlan
import IDRTransfer

/// The IDR's JSON services (OMERO's JSON API and web gateway, and the search engine), read only and without login.
struct IDRServices: Sendable {
    let metadata: MetadataClient
    let base: RemoteURL

    /// Lists longer than this are no answer of this service.
    private static let longestList = 10_000_000
    private static let pageSize = 500

    /// What the first of `bases` says that answers.
    /// - Throws: the first one's ``IDRError`` where none does.
    static func first<Value: Sendable>(
        of bases: [String]?, _ metadata: MetadataClient, _ ask: (IDRServices) async throws -> Value
    ) async throws -> Value {
        var failure: IDRError?
        for base in bases ?? [] {
            do {
                return try await ask(IDRServices(metadata: metadata, base: RemoteURL(base)))
            } catch let error as IDRError { failure = failure ?? error }
        }
        throw failure ?? IDRError(.invalidPlan, "no service is configured", fix: "name one in \"services\" in the configuration")
    }

    func screens() async throws -> [ListedScreen] {
        try await list(ServiceAnswers.Named.self, "api/v0/m/screens/").compactMap { ListedScreen(container: $0.name, id: $0.id) }
    }

    func plates(ofScreen id: Int) async throws -> [ServiceAnswers.Named] {
        try await list(ServiceAnswers.Named.self, "api/v0/m/screens/\(id)/plates/")
    }

    func wells(ofPlate id: Int) async throws -> [ServiceAnswers.Well] { try await list(ServiceAnswers.Well.self, "api/v0/m/plates/\(id)/wells/") }

    /// Key-value pairs of a screen, annotation after annotation.
    func mapAnnotations(ofScreen id: Int) async throws -> [(key: String, value: String)] {
        let url = try base.appending("webclient/api/annotations/").query([("type", "map"), ("screen", String(id))])
        let answer = try await metadata.json(ServiceAnswers.Annotations.self, at: url)
        return answer.annotations.flatMap(\.values).compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }
    }

    /// The bulk annotation of a well.
    func table(ofWell id: Int) async throws -> ServiceAnswers.Table.Content {
        let path = "webgateway/table/Screen.plateLinks.child.wells/\(id)/query/"
        let content = try await metadata.json(ServiceAnswers.Table.self, at: base.appending(path).query([("query", "Well-\(id)")])).data
        guard content.rows.allSatisfy({ $0.count == content.columns.count }) else {
            throw IDRError(.invalidInput, "a bulk annotation has rows of another length than its header", at: [base.description, path])
        }
        return content
    }

    func imageData(_ id: Int) async throws -> ServiceAnswers.ImageData {
        try await metadata.json(ServiceAnswers.ImageData.self, at: base.appending("webclient/imgData/\(id)/"))
    }

    /// The image's files as they were called where it was imported from.
    func originalFilePaths(ofImage id: Int) async throws -> [String] {
        let answer = try await metadata.json(ServiceAnswers.FilePaths.self, at: base.appending("webgateway/original_file_paths/\(id)/"))
        return answer.client ?? answer.repo ?? []
    }

    /// The search engine's table of a whole screen, as CSV.
    func searchTable(of screen: ListedScreen) async throws -> MetadataAnswer {
        let url = try base.appending("searchengine/api/v1/resources/container_bff_data/").query([
            ("container_name", "\(screen.study)/screen\(screen.name.letter)"), ("container_type", "screen"), ("file_type", "csv"),
        ])
        return try await metadata.get(url, limit: TableText.largest)
    }

    /// All pages of a list.
    private func list<Element: Decodable & Sendable>(_ type: Element.Type, _ path: String) async throws -> [Element] {
        var elements: [Element] = []
        while true {
            let url = try base.appending(path).query([("limit", String(Self.pageSize)), ("offset", String(elements.count))])
            let page = try await metadata.json(ServiceAnswers.Page<Element>.self, at: url)
            elements += page.data
            // Answers without meta are whole lists.
            guard let total = page.meta?.totalCount, elements.count < total else { return elements }
            guard !page.data.isEmpty, total <= Self.longestList else {
                throw IDRError(
                    .invalidInput, "the service's list is not complete", at: [url.description],
                    because: "it says that there are \(total) entries, and gave \(elements.count)")
            }
        }
    }
}
