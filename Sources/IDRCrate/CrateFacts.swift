import IDRPlan
import IDRRecord

/// Small facts, each a name and a value.
extension LinkedGraph {
    /// A fact that no property of its own exists for.
    /// - Parameter unit: UN/CEFACT code and text.
    mutating func addFact(
        _ name: String, _ value: LinkedValue, of place: String, unit: (code: String, text: String)? = nil, description: String? = nil
    ) -> LinkedValue {
        let entity = LinkedEntity(
            CrateNames.local("\(place)/\(name)"), "PropertyValue",
            properties: [
                "name": .text(name), "value": value, "propertyID": .text(name), "unitCode": unit.map { .text($0.code) },
                "unitText": unit.map { .text($0.text) }, "description": description.map(LinkedValue.text),
            ])
        return .reference(add(entity))
    }

    /// What a reproduction is judged by.
    mutating func add(_ agreement: Agreement) -> [LinkedValue] {
        let (tolerance, statistical) = (agreement.tolerance, agreement.statistical)
        var values: [(String, LinkedValue)] = [
            ("tolerance.location", .number(tolerance.location)), ("tolerance.featureAbsolute", .number(tolerance.featureAbsolute)),
            ("tolerance.featureRelative", .number(tolerance.featureRelative)), ("statistical.countAbsolute", .integer(statistical.countAbsolute)),
            ("statistical.countRelative", .number(statistical.countRelative)), ("statistical.cosine", .number(statistical.cosine)),
        ]
        if let outlines = tolerance.outlines {
            values += [
                ("outlines.share", .number(outlines.share)), ("outlines.location", .number(outlines.location)),
                ("outlines.cosine", .number(outlines.cosine)),
            ]
        }
        return values.map { addFact($0.0, $0.1, of: "agreement", description: "what a reproduction may differ by, fixed before the run") }
    }

    /// What was used of the machine.
    mutating func addUsage(of place: String, wall: Double? = nil, cpu: Double? = nil, peakMemory: Int? = nil, bytes: Int? = nil) -> LinkedValue {
        let (seconds, size) = ((code: "SEC", text: "seconds"), (code: "AD", text: "bytes"))
        var usage: [LinkedValue] = []
        if let wall { usage.append(addFact("wallSeconds", .number(wall), of: place, unit: seconds)) }
        if let cpu { usage.append(addFact("cpuSeconds", .number(cpu), of: place, unit: seconds)) }
        if let peakMemory { usage.append(addFact("peakMemoryBytes", .integer(peakMemory), of: place, unit: size)) }
        if let bytes { usage.append(addFact("bytesMoved", .integer(bytes), of: place, unit: size)) }
        return .list(usage)
    }
}

/// Files.
extension LinkedGraph {
    /// A file with what is known of its content.
    mutating func addFile(
        _ id: String, name: String, bytes: Int? = nil, sha256: Digest?, _ properties: [String: LinkedValue?] = [:]
    ) -> LinkedValue {
        let known: [String: LinkedValue?] = [
            "name": .text(name), "contentSize": bytes.map { .text("\($0)") }, "sha256": sha256.map { .text($0.hex) },
            "encodingFormat": CrateNames.mediaType(name),
        ]
        return .reference(add(LinkedEntity(id, "File", properties: known.merging(properties) { $1 ?? $0 })))
    }

    /// A file of the crate.
    mutating func add(_ file: ContentFile, _ properties: [String: LinkedValue?] = [:]) -> LinkedValue {
        addFile(CrateNames.path(file.name), name: file.name, bytes: file.bytes, sha256: file.sha256, properties)
    }

    /// A file that is known by content, wherever it is.
    mutating func addContent(of file: ContentFile, _ properties: [String: LinkedValue?] = [:]) -> LinkedValue {
        addFile(CrateNames.content(file.sha256), name: file.name, bytes: file.bytes, sha256: file.sha256, properties)
    }
}
