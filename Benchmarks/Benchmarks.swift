import Foundation
import IDRPlan
import TestSupport

/// Measures what README's performance table says. Usage: `benchmarks [GROUP...]`; without groups, all of them.
@main
struct Benchmarks {
    static func main() async {
        let groups: [(name: String, run: () async throws -> [Measurement])] = [
            ("kernels", KernelBenchmarks.run), ("networks", NetworkBenchmarks.run), ("tiles", TilingBenchmarks.run),
            ("tables", TableBenchmarks.run), ("reading", ReadingBenchmarks.run), ("diff", DiffBenchmarks.run), ("verify", VerifyBenchmarks.run),
            ("remote", RemoteBenchmarks.run),
            ("runs", RunBenchmarks.run), ("cores", CoreBenchmarks.run), ("long", LongRunBenchmarks.run), ("notebook", NotebookBenchmarks.run),
            ("processors", ProcessorBenchmarks.run), ("scaling", ScalingBenchmarks.run),
        ]
        let wanted = Array(CommandLine.arguments.dropFirst())
        if let unknown = wanted.first(where: { name in !groups.contains { $0.name == name } }) {
            end("no group is called \(unknown): choose from \(groups.map(\.name).joined(separator: ", "))", status: 64)
        }
        var missed = 0
        print("Frames of 1344 x 1024 pixels are the fixtures' real frames of 1100 x 700, mirrored at their lower and right borders.")
        for group in groups where wanted.isEmpty || wanted.contains(group.name) {
            do {
                for measurement in try await group.run() {
                    print(measurement.line)
                    fflush(nil)
                    if measurement.isMet == false { missed += 1 }
                }
            } catch {
                end("\(group.name): \(error)", status: 1)
            }
        }
        print(missed == 0 ? "every goal was met" : "\(missed) goals were missed")
    }

    private static func end(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
