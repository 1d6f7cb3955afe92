import IDRPlan
import IDRRecord

/// What went into and came out of the stages of a batch, image by image.
struct CrateMaterials {
    /// Entities by what they are.
    private var entities: [Artifact: [LinkedValue]] = [:]

    /// - Parameter plan: frames that no stage of it gives are the planes that were read.
    init(_ images: [ImageRecord], of plan: Plan, in graph: inout LinkedGraph) {
        let given = Stage.all(of: plan).flatMap(\.gives)
        for image in images {
            let name = "\(image.plate)/\(image.well) field \(image.field) frame \(image.frame)"
            entities[.images, default: []].append(addInput(image.input, of: name, to: &graph))
            entities[.planes, default: []].append(addPlanes(image, of: name, to: &graph))
            for artifact in given { add(artifact, of: image, called: name, to: &graph) }
        }
        for (thing, values) in entities { entities[thing] = values.withoutRepeats }
    }

    /// What a stage made of an image and nobody kept: known by digest.
    private mutating func add(_ artifact: Artifact, of image: ImageRecord, called name: String, to graph: inout LinkedGraph) {
        guard artifact.isPerChannel else {
            return add(artifact, "\(artifact.noun) of \(name)", image.digests[artifact], image.facts[artifact], to: &graph)
        }
        for channel in image.channels {
            let facts = channel.correction.map { "BaSiC: \($0.status)" }
            add(artifact, "\(artifact.noun) of \(name) \(channel.name)", image.digests[artifact, channel: channel.number], facts, to: &graph)
        }
    }

    subscript(thing: Artifact) -> [LinkedValue] { entities[thing] ?? [] }

    private mutating func add(_ thing: Artifact, _ name: String, _ sha256: Digest?, _ description: String?, to graph: inout LinkedGraph) {
        guard let sha256 else { return }
        let file = graph.addFile(
            CrateNames.content(sha256), name: name, sha256: sha256,
            ["description": description.map(LinkedValue.text), "exampleOfWork": .reference(thing.formal)])
        entities[thing, default: []].append(file)
    }

    private func addPlanes(_ image: ImageRecord, of name: String, to graph: inout LinkedGraph) -> LinkedValue {
        let planes = image.input.planes.map { LinkedValue.text("\($0.index): \($0.sha256)") }
        let entity = LinkedEntity(
            CrateNames.local("planes/\(image.plate)/\(image.well)/\(image.field)/\(image.frame)"), "PropertyValue",
            properties: [
                "name": .text("planes of \(name)"), "value": .list(planes), "propertyID": "SHA-256",
                "exampleOfWork": .reference(Artifact.planes.formal),
            ])
        return .reference(graph.add(entity))
    }

    /// The file, or the folder or group of files, that an image was read from.
    private func addInput(_ input: InputRecord, of name: String, to graph: inout LinkedGraph) -> LinkedValue {
        let address = CrateNames.address(input.location)
        let source = address == nil ? "\(input.source): \(input.location)" : input.source
        let facts: [String: LinkedValue?] = [
            "description": .text("read by way of \(source)"), "url": address.map(LinkedValue.text),
            "exampleOfWork": .reference(Artifact.images.formal),
        ]
        if input.files.count == 1, let file = input.files.first {
            return graph.addFile(address ?? CrateNames.content(file.sha256), name: file.name, bytes: file.bytes, sha256: file.sha256, facts)
        }
        let id = address ?? CrateNames.local("input/\(input.location)")
        if input.files.isEmpty, let length = input.length {
            let tag = input.entityTag.map { LinkedValue.text("entity tag \($0)") }
            return graph.addFile(id, name: input.location, bytes: length, sha256: nil, facts.merging(["version": tag]) { first, _ in first })
        }
        let parts = input.files.map { graph.addContent(of: $0) }
        let group = LinkedEntity(
            id, "Dataset", properties: facts.merging(["name": .text(input.location), "hasPart": .list(parts)]) { first, _ in first })
        return .reference(graph.add(group))
    }
}

extension ImageRecord {
    /// What is worth saying of what the stages gave.
    fileprivate var facts: [Artifact: String] {
        [
            .labels: "\(segmentation.found) nuclei, \(segmentation.kept) kept", .features: "\(cells) nuclei",
            .measurements: "\(segmentation.kept) nuclei",
        ]
    }
}

extension [LinkedValue] {
    /// Each value once, where it comes first.
    var withoutRepeats: [LinkedValue] {
        var seen: Set<LinkedValue> = []
        return filter { seen.insert($0).inserted }
    }
}
