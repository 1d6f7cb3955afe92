import IDRPlan
import IDRRecord

/// The software of a run: IDRKit, what it stands on, the language, the script.
struct CrateSoftware {
    /// A program that the workflow calls, and the step that calls it.
    struct Tool {
        let name: String
        let description: String
        /// `@id`s of formal parameters.
        let inputs: [String]
        let outputs: [String]

        var id: String { CrateNames.local("tool/\(name)") }
        var step: String { CrateNames.local("step/\(name)") }
    }

    static let engine = CrateNames.local("IDRKit")
    let run: RunRecord
    let environment: RunEnvironment

    /// Adds IDRKit with the libraries that decide its bits.
    func addEngine(to graph: inout LinkedGraph) {
        let libraries = environment.libraries.map { library in
            graph.add(
                LinkedEntity(
                    CrateNames.content(library.sha256), "SoftwareApplication",
                    properties: [
                        "name": .text(library.name), "softwareVersion": library.version.map(LinkedValue.text), "sha256": .text(library.sha256.hex),
                    ]))
        }
        let code = environment.idrkit
        graph.add(
            LinkedEntity(
                Self.engine, "SoftwareApplication",
                properties: [
                    "name": "IDRKit", "softwareVersion": .text(code.version), "sha256": .text(code.sha256.hex),
                    "identifier": code.commit.map { "commit \($0)" }, "description": "\(code.binary), built with Swift \(environment.swift)",
                    "softwareRequirements": .references(libraries),
                ]))
    }

    /// The machine, as facts of the file that describes it.
    func facts(in graph: inout LinkedGraph, threads: Int?) -> LinkedValue {
        let values: [(String, LinkedValue?)] = [
            ("processor", .text(environment.processor)), ("instructionSets", .list(environment.instructionSets.map(LinkedValue.text))),
            ("cores", .integer(environment.cores)), ("threads", threads.map(LinkedValue.integer)), ("openBLASCore", .text(environment.openBLASCore)),
            ("operatingSystem", .text(environment.operatingSystem)), ("kernel", .text(environment.kernel)), ("locale", .text(environment.locale)),
        ]
        return .list(values.compactMap { name, value in value.map { graph.addFact(name, $0, of: "machine") } })
    }

    /// The variables of the process's environment that can change numbers.
    func variables(in graph: inout LinkedGraph) -> LinkedValue {
        .list(
            environment.variables.sorted { $0.key < $1.key }.map { name, value in
                CrateParameters.addFormal(name, type: "Text", says: "variable of the environment", to: &graph)
                let entity = LinkedEntity(
                    CrateNames.local("environment/\(name)"), "PropertyValue",
                    properties: ["name": .text(name), "value": .text(value), "exampleOfWork": .reference(CrateParameters.formal(name))])
                return .reference(graph.add(entity))
            })
    }

    /// Adds the workflow and its tools.
    /// - Parameters:
    ///   - source: the script where the crate has it; otherwise the file that says what was done, in its place.
    ///   - inputs: `@id`s of formal parameters.
    func addWorkflow(
        _ source: ContentFile, tools: [Tool], inputs: [String], outputs: [String], to graph: inout LinkedGraph
    ) {
        let isScript = source.name == RecordLayout.script
        for (position, tool) in tools.enumerated() {
            graph.add(
                LinkedEntity(
                    tool.id, "SoftwareApplication",
                    properties: [
                        "name": .text(tool.name), "description": .text(tool.description), "softwareVersion": .text(environment.idrkit.version),
                        "isPartOf": .reference(Self.engine), "input": .references(tool.inputs), "output": .references(tool.outputs),
                    ]))
            graph.add(
                LinkedEntity(
                    tool.step, "HowToStep",
                    properties: ["name": .text(tool.name), "position": "\(position + 1)", "workExample": .reference(tool.id)]))
        }
        let packages = addPackages(to: &graph)
        let profile = graph.add(
            LinkedEntity(
                "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE", "CreativeWork",
                properties: ["name": "Bioschemas ComputationalWorkflow", "version": "1.0-RELEASE"]))
        graph.add(
            LinkedEntity(
                CrateNames.path(source.name), "File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo",
                properties: [
                    "name": .text(run.script.name), "contentSize": "\(source.bytes)", "sha256": .text(source.sha256.hex),
                    "encodingFormat": CrateNames.mediaType(source.name), "conformsTo": .reference(profile),
                    "description": isScript
                        ? "The script of the run."
                        : "The script's source was not at hand: this file stands for the workflow, for it says what was done.",
                    "programmingLanguage": .reference(addLanguage(isScript: isScript, to: &graph)), "input": .references(inputs),
                    "output": .references(outputs), "step": .references(tools.map(\.step)), "hasPart": .references(tools.map(\.id)),
                    "softwareRequirements": packages.isEmpty ? .reference(Self.engine) : .references([Self.engine] + packages),
                    "buildInstructions": .reference(RecordLayout.lock),
                    "environment": .references(environment.variables.keys.sorted().map(CrateParameters.formal)),
                    "additionalProperty": scriptFacts(in: &graph),
                ]))
    }

    /// Adds the packages that the script was built with besides IDRKit.
    private func addPackages(to graph: inout LinkedGraph) -> [String] {
        (environment.packages ?? []).map { package in
            graph.add(
                LinkedEntity(
                    CrateNames.local("package/\(package.revision)"), "SoftwareApplication",
                    properties: [
                        "name": .text(package.address.split(separator: "/").last.map(String.init) ?? package.address), "url": .text(package.address),
                        "softwareVersion": .text(package.version), "identifier": "commit \(package.revision)",
                    ]))
        }
    }

    private func addLanguage(isScript: Bool, to graph: inout LinkedGraph) -> String {
        guard isScript else {
            return graph.add(
                LinkedEntity(
                    CrateNames.local("language"), "ComputerLanguage",
                    properties: ["name": "JSON of IDRKit's records", "identifier": "https://www.rfc-editor.org/rfc/rfc8259"]))
        }
        return graph.add(
            LinkedEntity(
                CrateNames.local("language"), "ComputerLanguage",
                properties: [
                    "name": "Swift", "alternateName": "swift", "version": .text(environment.compiler ?? environment.swift),
                    "url": "https://www.swift.org/", "identifier": "https://www.swift.org/",
                ]))
    }

    private func scriptFacts(in graph: inout LinkedGraph) -> LinkedValue {
        let script = run.script
        let values: [(String, LinkedValue)] = [
            ("trust", .text(script.trust)), ("imports", .list(script.imports.map(LinkedValue.text))),
            ("arguments", .list(script.arguments.map(LinkedValue.text))), ("compilerFlags", .list(script.compilerFlags.map(LinkedValue.text))),
        ]
        return .list(values.filter { $0.1 != .list([]) }.map { graph.addFact($0.0, $0.1, of: "script") })
    }
}
