import Foundation
import IDRPlan
import IDRRecord

/// What every crate has: the file's own description, the profiles, the root, who answers for it and how it may be used.
enum CrateFrame {
    static let root = "./"
    static let provenanceProfile = "https://w3id.org/ro/wfrun/provenance/0.5"
    private static let crateProfile = "https://w3id.org/ro/crate/1.1"
    private static let workflowProfile = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
    static let runProfiles = [
        ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
        ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
        (provenanceProfile, "Provenance Run Crate", "0.5"), (workflowProfile, "Workflow RO-Crate", "1.0"),
    ]

    /// Of a workflow that is not about a run of it.
    static let workflowProfiles = runProfiles.filter { $0.0 == workflowProfile }

    /// Puts the crate around `body`: whatever it adds that is a file or folder becomes a part of the root.
    /// - Parameter body: adds everything else. Returns what the root has beside the names given here.
    static func graph(
        name: String, description: String, published: Date, author: Author?, profiles: [(String, String, String)] = runProfiles,
        _ body: (inout LinkedGraph, _ agent: LinkedValue?) throws -> [String: LinkedValue?]
    ) rethrows -> LinkedGraph {
        var people = LinkedGraph()
        let (agent, publisher) = add(author, to: &people)
        let license = addLicense(author?.license, to: &people)
        let own = try body(&people, agent)
        var graph = LinkedGraph()
        graph.add(
            LinkedEntity(
                RecordLayout.crate, "CreativeWork",
                properties: ["about": .reference(root), "conformsTo": .references([crateProfile, workflowProfile])]))
        let properties: [String: LinkedValue?] = [
            "name": .text(name), "description": .text(description), "datePublished": .time(published), "license": .reference(license),
            "conformsTo": .references(profiles.map(\.0)), "author": agent, "publisher": publisher, "hasPart": .references(people.dataEntities),
        ]
        graph.add(LinkedEntity(root, "Dataset", properties: properties.merging(own) { first, _ in first }))
        for (id, name, version) in profiles {
            graph.add(LinkedEntity(id, "CreativeWork", properties: ["name": .text(name), "version": .text(version)]))
        }
        graph.add(contentsOf: people)
        return graph
    }

    /// Person and laboratory, as the configuration names them. Nothing is added to what it says.
    private static func add(_ author: Author?, to graph: inout LinkedGraph) -> (agent: LinkedValue?, publisher: LinkedValue?) {
        guard let author else { return (nil, nil) }
        var laboratory: LinkedValue?
        if author.laboratory != nil || author.ror != nil {
            let id = author.ror.flatMap(CrateNames.address)
            let properties = ["name": author.laboratory.map(LinkedValue.text), "url": id.map(LinkedValue.text)]
            laboratory = .reference(graph.add(LinkedEntity(id ?? CrateNames.local("laboratory"), "Organization", properties: properties)))
        }
        guard author.name != nil || author.orcid != nil else { return (laboratory, laboratory) }
        let person = LinkedEntity(
            author.orcid.flatMap(CrateNames.address) ?? CrateNames.local("author"), "Person",
            properties: ["name": author.name.map(LinkedValue.text), "affiliation": laboratory])
        return (.reference(graph.add(person)), laboratory)
    }

    /// - Parameter license: an SPDX identifier.
    private static func addLicense(_ license: String?, to graph: inout LinkedGraph) -> String {
        guard let license else {
            return graph.add(
                LinkedEntity(
                    CrateNames.local("no-licence"), "CreativeWork",
                    properties: ["name": "No licence stated", "description": "The configuration of the run names no licence: ask its author."]))
        }
        let isIdentifier = license.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "-.+".utf8.contains($0) }
        let address = isIdentifier ? "https://spdx.org/licenses/\(license)" : nil
        return graph.add(
            LinkedEntity(
                address ?? CrateNames.local("licence"), "CreativeWork",
                properties: ["name": .text(license), "identifier": .text(license), "url": address.map(LinkedValue.text)]))
    }
}
