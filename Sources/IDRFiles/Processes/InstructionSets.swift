import CLinux

/// Instruction sets that decide how numbers round and how fast they come.
package enum InstructionSets {
    /// Named as in Linux' `/proc/cpuinfo`, each at its bit.
    private static let names = ["sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "amx_tile"]

    /// Those that this process can use, sorted: the processor's, or those of an emulator that stands in for one.
    package static let current: [String] = {
        let bits = idr_instruction_sets()
        return names.enumerated().filter { bits >> UInt32($0.offset) & 1 == 1 }.map(\.element).sorted()
    }()
}
