import IDRFiles
package import IDRPlan

/// What the processor, or who stands in for one, says of itself to this process.
package enum Processor {
    /// Whether it has instructions made for sums of products of 8-bit numbers (AVX-512 VNNI or AVX-VNNI).
    package static var hasVNNI: Bool { InstructionSets.current.contains { $0.hasSuffix("_vnni") } }

    /// What a person should know who waits for numbers that other machines give faster; nil where there is nothing.
    package static func slowness(_ precision: Precision?, hasVNNI: Bool = Processor.hasVNNI) -> String? {
        guard precision == .int8, !hasVNNI else { return nil }
        return "this processor has no instructions for 8-bit networks (VNNI): it finds the same nuclei, and takes longer"
    }
}
