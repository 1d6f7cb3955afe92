/// A value that a plan gives a stage.
package struct Parameter: Sendable {
    /// Its place in the plan: `segmentation.diameter`.
    package let name: String
    package let kind: Kind
    /// What it is counted in; nil for words and pure numbers.
    package let unit: String?
    /// Values that make sense; nil where there is no such range.
    package let range: ClosedRange<Double>?
    /// What it decides, for people.
    package let description: String
    /// Stages that it decides besides its own, by id.
    package let alsoDecides: [String]
    /// Where another value shows first.
    package let steps: [Step]
    /// Its value in a plan; nil where the plan has no such stage.
    package let value: @Sendable (Plan) -> Value?

    /// What a value is.
    package enum Kind: String, Sendable { case text = "Text", integer = "Integer", float = "Float", boolean = "Boolean" }

    /// A value as people and crates are told of it.
    package indirect enum Value: Sendable, Hashable {
        case text(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
        case list([Value])
        case selection([SelectionStep])
    }

    package init(
        _ name: String, _ kind: Kind, unit: String? = nil, range: ClosedRange<Double>? = nil, _ description: String, alsoDecides: [String] = [],
        shows steps: [Step], value: @escaping @Sendable (Plan) -> Value?
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.range = range
        self.description = description
        self.alsoDecides = alsoDecides
        self.steps = steps
        self.value = value
    }
}

extension Plan {
    /// Every number of the stages within its declared range.
    /// - Throws: an ``IDRError`` that names the first one that is not, and the range.
    package func checkParameters() throws(IDRError) {
        for stage in Stage.all(of: self) {
            for parameter in stage.parameters {
                guard let range = parameter.range, case .number(let value) = parameter.value(self), !range.contains(value) else { continue }
                let unit = parameter.unit.map { " \($0)" } ?? ""
                throw IDRError(
                    .invalidPlan, "\(parameter.name) cannot be \(value)\(unit)",
                    because: "it is \(parameter.description), from \(range.lowerBound) to \(range.upperBound)\(unit)",
                    fix: "give a number in that range to .\(stage.id)(...)")
            }
        }
    }
}

extension Parameter.Value {
    package static func channels(_ channels: [Channel], otherwise: String) -> Self {
        channels.isEmpty ? .text(otherwise) : .list(channels.map { .text("\($0)") })
    }
}
