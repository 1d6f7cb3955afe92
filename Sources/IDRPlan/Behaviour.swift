/// How a stage decides where the published programs did something questionable.
public enum Behaviour: String, Codable, Sendable, Hashable, CaseIterable {
    /// IDRKit's choice: the published method with its defects left out. Every difference from `compat` is documented at the stage.
    case standard
    /// The numbers of IDR_stream and of the programs that it called, defects that change numbers included.
    case compat
}
