import Foundation
import IDRFiles
import Testing

struct InstructionSetsTests {
    /// Where no emulator is between, the system says the same of them.
    @Test func theyAreThoseOfTheSystem() throws {
        let text = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("flags") })
        let flags = Set(line.split(separator: " ").map(String.init))
        #expect(InstructionSets.current == InstructionSets.current.sorted())
        #expect(InstructionSets.current.contains("sse4_2") && flags.isSuperset(of: InstructionSets.current))
        for name in ["avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni"] where flags.contains(name) {
            #expect(InstructionSets.current.contains(name))
        }
    }
}
