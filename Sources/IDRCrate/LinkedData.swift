import Foundation

/// A value of a JSON-LD property.
enum LinkedValue: Encodable, Hashable, Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    /// Another entity, by its `@id`.
    case reference(String)
    case list([LinkedValue])

    static func references(_ ids: [String]) -> LinkedValue { .list(ids.map(reference)) }

    static func time(_ date: Date) -> LinkedValue { .text(date.formatted(.iso8601)) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        // JSON has no NaN, and a record says what it was.
        case .number(let number): number.isFinite ? try container.encode(number) : try container.encode("\(number)")
        case .flag(let flag): try container.encode(flag)
        case .reference(let id): try container.encode(["@id": id])
        case .list(let values): try container.encode(values)
        }
    }

    /// The values of a list, or the value itself.
    fileprivate var elements: [LinkedValue] {
        if case .list(let values) = self { values } else { [self] }
    }

    /// Both values: JSON-LD's properties are sets.
    fileprivate func union(_ other: LinkedValue) -> LinkedValue {
        let others = other.elements.filter { !elements.contains($0) }
        return others.isEmpty ? self : .list(elements + others)
    }
}

extension LinkedValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
}

/// A node of a crate's graph. Properties that are nil or empty lists are left out.
struct LinkedEntity: Encodable, Sendable {
    let id: String
    private(set) var types: [String]
    private(set) var properties: [String: LinkedValue]

    init(_ id: String, _ types: String..., properties: [String: LinkedValue?]) {
        self.id = id
        self.types = types
        self.properties = properties.compactMapValues { $0 == .list([]) ? nil : $0 }
    }

    /// Takes in what else is said of the same thing.
    mutating func merge(_ other: LinkedEntity) {
        types += other.types.filter { !types.contains($0) }
        properties.merge(other.properties) { $0.union($1) }
    }

    func encode(to encoder: any Encoder) throws {
        var all = properties
        all["@id"] = .text(id)
        all["@type"] = types.count == 1 ? .text(types[0]) : .list(types.map(LinkedValue.text))
        var container = encoder.singleValueContainer()
        try container.encode(all)
    }
}

/// The graph of a crate, in the order in which entities are added. One that is added again, such as a file that two images were read from,
/// stays one entity with what was said of it each time.
struct LinkedGraph: Encodable, Sendable {
    private var entities: [LinkedEntity] = []
    private var places: [String: Int] = [:]

    private enum Keys: String, CodingKey {
        case context = "@context"
        case graph = "@graph"
    }

    /// - Returns: the entity's `@id`.
    @discardableResult
    mutating func add(_ entity: LinkedEntity) -> String {
        if let place = places[entity.id] {
            entities[place].merge(entity)
        } else {
            places[entity.id] = entities.count
            entities.append(entity)
        }
        return entity.id
    }

    mutating func add(contentsOf other: LinkedGraph) {
        for entity in other.entities { add(entity) }
    }

    /// `@id`s of the files, and of folders and collections of files, that are here or elsewhere: what a crate's root has as its parts.
    var dataEntities: [String] {
        entities.filter { !$0.id.hasPrefix("#") && $0.id != CrateFrame.root && !Set($0.types).isDisjoint(with: ["File", "Dataset"]) }.map(\.id)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        var context = container.nestedUnkeyedContainer(forKey: .context)
        try context.encode("https://w3id.org/ro/crate/1.1/context")
        try context.encode(Self.terms)
        try container.encode(entities, forKey: .graph)
    }

    /// Terms of workflow runs that RO-Crate 1.1's own context lacks.
    private static let terms: [String: String] = {
        let names = ["environment", "resourceUsage", "sha256"]
        let own = Dictionary(uniqueKeysWithValues: names.map { ($0, "https://w3id.org/ro/terms/workflow-run#\($0)") })
        return own.merging(["buildInstructions": "https://codemeta.github.io/terms/buildInstructions"]) { first, _ in first }
    }()
}
