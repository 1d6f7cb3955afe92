/// One step in choosing wells. Steps apply in the order of the script, each to what the one before it left.
public enum SelectionStep: Codable, Sendable, Hashable {
    /// Wells with a control in them, of one kind or of any; nil for the words takes the screen's own.
    case controls(ControlKind?, words: ControlWords?)
    /// Wells by name, on every plate (`A4`) or on one (`LT0001_02/A4`).
    case wells([String])
    /// All wells of the named plates.
    case plates([String])
    /// Every well but these, named as in `wells`.
    case excludingWells([String])
    /// Wells whose annotation has one of `values` in `column`.
    case annotation(column: String, values: [String])
    /// The first `count` wells in the order of the study's table.
    case first(Int)
    /// Wells that `column` calls controls, of one kind or of any.
    case controlsNamedIn(column: String, kind: ControlKind?)
    /// Wells that have one of `values` in `column`, as negative controls.
    case controlsWhere(column: String, values: [String])
    /// Wells that passed the study's own quality control.
    case passing
    /// Every well but those whose annotation has one of `values` in `column`.
    case excludingAnnotation(column: String, values: [String])

    /// The form of a plan that can say this step.
    var format: Int {
        switch self {
        case .controls(.empty, _), .controlsNamedIn, .controlsWhere, .passing, .excludingAnnotation: 6
        default: 2
        }
    }
}

/// What a control well is a control for.
public enum ControlKind: String, Codable, Sendable, Hashable, CaseIterable {
    /// Cells that should look untreated: the column says "negative", or one of the screen's words for it.
    case negative
    /// Cells that should show a known phenotype: the column says "positive", or one of the screen's words for it.
    case positive
    /// A control of another kind: "technical control", "dark control", ...
    case other
    /// A well that the study calls empty. It is no control: `controls()` without a kind leaves it out.
    case empty
}
