import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// A crate as a reader sees it: JSON, nothing of the code that wrote it.
struct CrateGraph {
    typealias Node = [String: Any]

    let folder: String
    let context: [Any]
    let nodes: [Node]
    let byID: [String: Node]

    struct NoCrate: Error {}

    init(reading folder: String) throws {
        self.folder = folder
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(RecordLayout.crate)"))
        guard let root = try JSONSerialization.jsonObject(with: data) as? Node, let context = root["@context"] as? [Any],
            let nodes = root["@graph"] as? [Node]
        else { throw NoCrate() }
        self.context = context
        self.nodes = nodes
        byID = Dictionary(nodes.map { (Self.id($0), $0) }) { first, _ in first }
    }

    static func id(_ node: Node) -> String { node["@id"] as? String ?? "" }

    static func types(_ node: Node) -> [String] { (node["@type"] as? [String]) ?? [node["@type"] as? String ?? ""] }

    /// `@id`s that `node` has under `property`.
    static func references(_ node: Node?, _ property: String) -> [String] {
        let values = (node?[property] as? [Any]) ?? node?[property].map { [$0] } ?? []
        return values.compactMap { ($0 as? Node).map(id) }
    }

    func nodes(ofType type: String) -> [Node] { nodes.filter { Self.types($0).contains(type) } }

    func named(_ name: String, type: String) -> Node? { nodes(ofType: type).first { $0["name"] as? String == name } }

    /// What is wrong with the graph and the files that it names; empty for a good crate.
    func problems() throws -> [String] {
        var problems: [String] = []
        if byID.count != nodes.count { problems.append("an @id is there twice") }
        let known = Set(byID.keys).union(["https://w3id.org/ro/crate/1.1"])
        var parts: Set<String> = []
        for node in nodes {
            for (property, value) in node {
                for reference in Self.all(value) where !known.contains(reference) {
                    problems.append("\(Self.id(node)) \(property): \(reference) is not defined")
                }
            }
            parts.formUnion(Self.references(node, "hasPart"))
        }
        for node in nodes(ofType: "File") + nodes(ofType: "Dataset") where Self.id(node) != "./" && !Self.id(node).hasPrefix("#") {
            if !parts.contains(Self.id(node)) { problems.append("\(Self.id(node)) is part of nothing") }
            problems += try fileProblems(node)
        }
        return problems
    }

    private static func all(_ value: Any) -> [String] {
        if let list = value as? [Any] { return list.flatMap(all) }
        return (value as? Node).map { [id($0)] } ?? []
    }

    private func fileProblems(_ node: Node) throws -> [String] {
        let id = Self.id(node)
        guard !id.contains(":"), let name = id.removingPercentEncoding else { return [] }
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { return ["\(id) is not there"] }
        guard Self.types(node).contains("File") else { return [] }
        let file = try ContentFile(file: path, name: name)
        return (node["sha256"] as? String == file.sha256.hex ? [] : ["\(id) has another sha256"])
            + (node["contentSize"] as? String == "\(file.bytes)" ? [] : ["\(id) has another contentSize"])
    }
}
