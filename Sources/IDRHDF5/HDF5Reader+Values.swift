import IDRPlan

extension HDF5Reader {
    /// What is at `path`; nil where there is nothing.
    package func object(_ path: String) async throws -> HDF5Object? {
        guard case .object(let object) = try await ask(.object(path)) else { throw unexpected }
        return object
    }

    /// Whether there is a link at `path`; false also where one of its parents is missing.
    package func exists(_ path: String) async throws -> Bool { try await object(path) != nil }

    /// Whether `path` is a dataset (and not a group).
    package func isDataset(_ path: String) async throws -> Bool {
        if case .dataset = try await object(path) { true } else { false }
    }

    /// Shape, element type and storage of the dataset `path`.
    package func info(of path: String) async throws -> HDF5DatasetInfo {
        guard case .dataset(let info) = try await object(path) else { throw IDRError(.invalidInput, "no dataset \(path) in \(name)") }
        return info
    }

    /// Names of the links in `group`, sorted.
    package func children(of group: String = "/") async throws -> [String] { try await texts(.links(of: group)) }

    /// Names of the attributes of `object`, sorted.
    package func attributeNames(of object: String = "/") async throws -> [String] { try await texts(.attributes(of: object)) }

    /// The strings of a dataset, or of the member `member` of a dataset of compounds.
    package func readStrings(_ dataset: String, member: String? = nil) async throws -> [String] {
        try await texts(.texts(member.map { .member($0, of: dataset) } ?? .dataset(dataset)))
    }

    /// Whether `object` carries the attribute `name`.
    package func hasAttribute(_ attribute: String, of object: String = "/") async throws -> Bool {
        try await attributeNames(of: object).contains(attribute)
    }

    /// A string or list-of-strings attribute; an empty attribute of any type is an empty list (as Keras writes them).
    package func attributeStrings(_ attribute: String, of object: String = "/") async throws -> [String] {
        try await texts(.texts(.attribute(attribute, of: object)))
    }

    /// The numbers of a dataset, or of the member `member` of a dataset of compounds, in row-major order, converted to `T`.
    package func read<T: HDF5Scalar>(_ dataset: String, member: String? = nil, as type: T.Type = T.self) async throws -> [T] {
        try await numbers(member.map { .member($0, of: dataset) } ?? .dataset(dataset), as: type)
    }

    /// A number or list-of-numbers attribute, converted to `T`.
    package func attribute<T: HDF5Scalar>(_ attribute: String, of object: String = "/", as type: T.Type = T.self) async throws -> [T] {
        try await numbers(.attribute(attribute, of: object), as: type)
    }

    /// One block of a dataset, every part of which must have been written.
    package func read<T: HDF5Scalar>(_ dataset: String, _ block: HDF5Block, as type: T.Type = T.self) async throws -> [T] {
        guard case .blocks(let blocks, let failure) = try await ask(.blocks([block], of: dataset, as: T.hdf5Type)) else { throw unexpected }
        if let failure { throw failure }
        guard let values = blocks.first?.values(as: type) else { throw unexpected }
        return values
    }

    private func texts(_ question: HDF5Question) async throws -> [String] {
        guard case .texts(let texts) = try await ask(question) else { throw unexpected }
        return texts
    }

    private func numbers<T: HDF5Scalar>(_ place: HDF5Place, as type: T.Type) async throws -> [T] {
        guard case .numbers(let numbers) = try await ask(.numbers(place, as: T.hdf5Type)), let values = numbers.values(as: type) else {
            throw unexpected
        }
        return values
    }
}
