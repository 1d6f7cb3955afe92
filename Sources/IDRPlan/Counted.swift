extension Int {
    /// The number and what it counts, for people: `1 batch`, `2 batches`.
    package func counted(_ one: String, _ many: String) -> String { self == 1 ? "1 \(one)" : "\(self) \(many)" }
}
