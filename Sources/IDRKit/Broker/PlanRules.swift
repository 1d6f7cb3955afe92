import IDRPlan

/// What a plan from the sandbox must be like before anything is done for it. The DSL makes no others.
enum PlanRules {
    /// Frames or fields, channels, names of one step, and steps.
    static let most = Plan.largestNumber
    /// Characters of a name.
    static let longest = 1000

    static func check(_ plan: Plan) throws(IDRError) {
        for (numbers, axis) in [(plan.frames, "frames"), (plan.fields, "fields"), ([plan.slice], "slice")] {
            guard numbers.count <= most, numbers.allSatisfy({ 1...most ~= $0 }), zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw refused("its \(axis) are not ascending numbers from 1")
            }
        }
        let channels = [plan.segmentation?.channel].compactMap(\.self) + (plan.profiling?.channels ?? []) + (plan.measuring?.channels ?? [])
        guard channels.count <= 1000, plan.selection.count <= 1000 else { throw refused("it has too many parts") }
        var names = [plan.screen] + ModelFiles(plan: plan).namedPaths + plan.selection.flatMap(Self.names)
        for case .named(let name) in channels { names.append(name) }
        for case .named(let name)? in [plan.segmentation?.model, plan.segmentation?.sizeModel, plan.profiling?.network] { names.append(name) }
        guard names.count <= most else { throw refused("it has too many names") }
        guard names.allSatisfy({ $0.unicodeScalars.count <= longest }) else { throw refused("a name in it is longer than \(longest) characters") }
    }

    private static func names(_ step: SelectionStep) -> [String] {
        switch step {
        case .controls(_, let words): words.map { $0.negative + $0.positive + $0.none } ?? []
        case .wells(let names), .plates(let names), .excludingWells(let names): names
        case .annotation(let column, let values), .controlsWhere(let column, let values), .excludingAnnotation(let column, let values):
            [column] + values
        case .controlsNamedIn(let column, _): [column]
        case .first, .passing: []
        }
    }

    private static func refused(_ reason: String) -> IDRError {
        IDRError(.refused, "the script's plan is not one that the sandbox takes", because: reason)
    }
}
