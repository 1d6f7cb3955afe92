/// Bytes that can be read in part, wherever they are.
package protocol RangedBytes: Sendable {
    /// What messages call it: a path or an address.
    var name: String { get }
    var length: Int { get }

    /// The bytes of `range`, which lies within ``length``.
    func read(_ range: Range<Int>) async throws -> [UInt8]
}
