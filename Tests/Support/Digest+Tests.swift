package import IDRPlan

extension Digest {
    /// A digest that no file has: `byte`, 32 times.
    package init(filledWith byte: UInt8) {
        guard let digest = Digest(bytes: Array(repeating: byte, count: 32)) else { preconditionFailure("a SHA-256 has 32 bytes") }
        self = digest
    }
}
