/// The numbers that a network computes with.
public enum Precision: String, Codable, Sendable, Hashable {
    /// Floating point of 32 bits, as networks are trained.
    case float32
    /// Whole numbers of 8 bits: a network that was made for it (`idrscript models quantise`) takes less than half the time, and finds a nucleus in
    /// some hundreds differently. The numbers are the same on every x86-64 processor.
    case int8
}
