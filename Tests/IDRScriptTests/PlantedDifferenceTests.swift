import Foundation
import IDRComparison
import IDRCrate
import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Ten differences are planted, one at a time. Each is met as a person would: a run made with it, the first run's record reproduced under it,
/// both records compared. Commands and records are all that is used.
@Suite(.serialized) struct PlantedDifferenceTests {
    private let folder: ScriptFolder

    private static let script = """
        import IDRKit

        let cells = try await screen("idr0013A", mirror: "mirror")
            .controls().frame(2)
            .correct()
            .segment(sizeModel: .path("size.npy"))
            .profile()
            .run(batchSize: 2)
        """

    /// Run `a` is the one that all others are compared with.
    init() async throws {
        folder = try await ScriptFolder()
        let model = ExampleFrames.checkout.appending(path: "Sources/IDRModels/Resources/nuclei-2/nuclei-2-size.npy")
        try FileManager.default.copyItem(atPath: model.path, toPath: folder.scratch("size.npy"))
        try folder.write(Self.script)
        try await run("a")
    }

    private func run(_ output: String, _ arguments: [String] = [], environment: [String: String] = [:]) async throws {
        let run = try await idrscript(["run", "script.swift", "--no-cache", "--output", output] + arguments, environment)
        #expect(run.status == 0, "\(run.errors)")
    }

    private func idrscript(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> BuiltProgram {
        try await BuiltProgram.run(
            "idrscript", arguments, in: folder.scratch.path,
            environment: ["XDG_CACHE_HOME": folder.scratch("cache"), "XDG_CONFIG_HOME": folder.scratch("config")].merging(environment) { $1 })
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ program: BuiltProgram) throws -> Value {
        try #require(
            try? CanonicalJSON.decode(type, from: Data(program.output.utf8), path: "-"), "\(program.output.prefix(500)) \(program.errors)")
    }

    private func diff(_ a: String, _ b: String, _ arguments: [String] = []) async throws -> RunDifference {
        let program = try await idrscript(["diff", a, b, "--json"] + arguments)
        let difference = try decode(RunDifference.self, program)
        #expect(program.status == difference.exitCode)
        return difference
    }

    private func reproduce(_ record: String, _ arguments: [String] = [], environment: [String: String] = [:]) async throws -> Verdict {
        let program = try await idrscript(["reproduce", record, "--json"] + arguments, environment)
        let verdict = try decode(Verdict.self, program)
        #expect(program.status == verdict.reached.exitCode)
        return verdict
    }

    private func change(_ text: String, to other: String) throws {
        let changed = Self.script.replacing(text, with: other)
        #expect(changed != Self.script)
        try folder.write(changed)
    }

    @Test func aLineOfTheScript() async throws {
        try change("    .correct()\n", to: "")
        try await run("b")
        let difference = try await diff("a", "b")
        #expect(difference.outputsDiffer && difference.causes == [.code] && difference.findings.first?.stage == .correct)
        #expect(difference.setup.contains { $0.what.hasPrefix("script line 5") && $0.a == ".correct()" })
        #expect(try await reproduce("b").reached == .bit)
        #expect(try await reproduce("a").reached == .bit)
    }

    @Test func aParameter() async throws {
        try change(".segment(sizeModel: .path(\"size.npy\"))", to: ".segment(sizeModel: .path(\"size.npy\"), cellProbabilityThreshold: 1)")
        try await run("b")
        let difference = try await diff("a", "b")
        #expect(difference.causes == [.parameter] && difference.findings.first?.stage == .segment)
        #expect(difference.findings.first?.causes.first?.what.contains("cellProbabilityThreshold: 0 → 1") == true, "\(difference.findings)")
        #expect(try await reproduce("b").reached == .bit)
    }

    @Test func aPixelOfAnInput() async throws {
        var planes = try await ExampleFrames.small(1)
        planes[1].pixels[4321] ^= 0x40
        try await folder.mirror.writeMovie("A3", planes: planes)
        let verdict = try await reproduce("a")
        // The well is also one of those that give the plate's diameter: without its pixels nothing of the plate can be judged.
        #expect(verdict.reached == .unverifiable && verdict.batches.map(\.reached) == [.unverifiable, .unverifiable])
        let reason = verdict.batches[0].reasons.joined()
        #expect(reason.contains("the pixels are not the recorded ones") && reason.contains("well A3") && reason.contains("frame 2"), "\(reason)")
        try await run("b")
        let difference = try await diff("a", "b")
        #expect(difference.causes == [.input] && difference.findings.first?.stage == .input && difference.findings.first?.images == 1)
        #expect(difference.findings.first?.examples == ["P_1/A3 frame 2"])
    }

    @Test func aWeight() async throws {
        var bytes = try folder.scratch.bytes("size.npy")
        // The first 32 of the 128 numbers; the pickle has their 1,024 bytes behind an opcode and their length.
        let numbers = try #require(Data(bytes).range(of: Data([0x42, 0, 4, 0, 0]))).upperBound
        for number in 0..<32 { bytes.replaceSubrange(numbers + 8 * number..<numbers + 8 * (number + 1), with: withUnsafeBytes(of: 0.8, Array.init)) }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.scratch("size.npy")))
        let digest = try SHA256.digest(of: bytes).hex
        let verdict = try await reproduce("a", environment: ["IDRKIT_MODELS": folder.scratch("no-models")])
        // The original is still in IDRKit's own store: it is found there by its digest.
        #expect(verdict.reached == .bit)
        try await run("b")
        let difference = try await diff("a", "b")
        #expect(
            difference.setup.contains {
                $0.kind == .weights && $0.what == "model segmentation-size" && $0.b.contains(digest.prefix(12))
            })
        #expect(difference.causes == [.weights] && difference.findings.first?.stage == .segment, "\(difference.findings)")
        try FileManager.default.removeItem(atPath: folder.scratch("size.npy"))
        let gone = try await reproduce("b")
        #expect(gone.reached == .unverifiable && gone.batches[0].reasons.joined().contains("the model size.npy (segmentation-size) is not here"))
    }

    @Test func anotherONNXRuntime() async throws {
        let libraries = ExampleFrames.checkout.appending(path: ".idrkit/lib").path
        let names = try FileManager.default.contentsOfDirectory(atPath: libraries)
        let name = try #require(names.first { $0.hasPrefix("libonnxruntime") && !$0.contains("sha256") })
        let other = folder.scratch("libonnxruntime.so.1.32.0")
        // Bytes behind the end of a library's tables are never read: other digest, same code.
        try (Data(contentsOf: URL(fileURLWithPath: "\(libraries)/\(name)")) + Data([0])).write(to: URL(fileURLWithPath: other))
        let setting = ["IDRKIT_ONNXRUNTIME": other]
        let verdict = try await reproduce("a", environment: setting)
        #expect(verdict.reached == .bit && verdict.declared == .tolerance)
        #expect(verdict.setup.contains { $0.contains("libonnxruntime") }, "\(verdict.setup)")
        let locked = try await reproduce("a", ["--locked"], environment: setting)
        let reasons = locked.batches[0].reasons.joined()
        #expect(locked.reached == .unverifiable && reasons.contains("libonnxruntime"), "\(reasons)")
        try await run("b", environment: setting)
        let difference = try await diff("a", "b")
        #expect(!difference.outputsDiffer && difference.findings.isEmpty)
        #expect(difference.setup.filter { $0.kind == .library }.map(\.what) == ["onnxruntime"])
    }

    @Test func anotherCompilerFlag() async throws {
        let marked = Self.script.replacing("    .correct()\n", with: "    .correct(behaviour)\n")
            .replacing("let cells", with: "#if FAST\nlet behaviour = Behaviour.compat\n#else\nlet behaviour = Behaviour.standard\n#endif\nlet cells")
        try folder.write(marked)
        try await run("plain")
        try await run("unoptimised", ["-Xswiftc", "-Onone"])
        let none = try await diff("plain", "unoptimised")
        #expect(!none.outputsDiffer && none.setup.filter { $0.kind == .toolchain }.map(\.what) == ["compiler flags"])
        try await run("fast", ["-Xswiftc", "-DFAST"])
        let difference = try await diff("plain", "fast")
        #expect(difference.setup.contains { $0.kind == .toolchain && $0.b.hasSuffix("-DFAST") })
        #expect(difference.causes.contains(.parameter) && difference.findings.first?.stage == .correct, "\(difference.findings)")
        let verdict = try await reproduce("fast")
        #expect(verdict.reached == .bit && verdict.setup.isEmpty, "\(verdict.setup)")
        let refused = try await idrscript(["run", "script.swift", "-Xswiftc", "-load-plugin-library=x"])
        #expect(refused.status == 1 && refused.errors.contains("the compiler flag -load-plugin-library=x is not passed on"))
    }

    @Test func threads() async throws {
        #expect(try await reproduce("a", ["--threads", "1"]).reached == .bit)
        try await run("b", ["--threads", "1"])
        let difference = try await diff("a", "b")
        #expect(!difference.outputsDiffer && difference.findings.isEmpty)
        #expect(difference.setup.contains { $0.what == "threads" && $0.kind == .settings })
    }

    @Test func anotherOpenBLASCore() async throws {
        let setting = ["OPENBLAS_CORETYPE": "Prescott"]
        let verdict = try await reproduce("a", environment: setting)
        #expect(verdict.declared == .tolerance && verdict.reached <= .tolerance, "\(verdict)")
        #expect(verdict.setup.contains { $0.hasPrefix("OpenBLAS core") }, "\(verdict.setup)")
        try await run("b", environment: setting)
        let difference = try await diff("a", "b")
        #expect(difference.setup.contains { $0.kind == .hardware && $0.what == "OpenBLAS core type" && $0.b == "Prescott" })
        // Whether a digit of BaSiC's penalties moves is the processors' business; where it does, this is why.
        #expect(difference.causes.allSatisfy { $0 == .hardware })
    }

    @Test func aMissingBatch() async throws {
        try FileManager.default.copyItem(atPath: folder.scratch("a"), toPath: folder.scratch("b"))
        try FileManager.default.removeItem(atPath: folder.scratch("b/batch_1"))
        let verified = try await idrscript(["verify", "b"])
        #expect(verified.status == 1 && verified.output.contains("batch_1/record.json: missing"), "\(verified.output)")
        let difference = try await diff("a", "b")
        #expect(difference.absences.map(\.batch) == [1] && difference.absences.first?.b != nil && difference.outputsDiffer)
        #expect(difference.causes.contains(.missing))
        let verdict = try await reproduce("b")
        let reasons = verdict.batches.map { $0.reasons.joined() }
        #expect(verdict.reached == .unverifiable && reasons.count == 2, "\(reasons)")
        #expect(reasons.first?.contains("not intact") == true && reasons.last?.contains("is gone") == true, "\(reasons)")
    }

    @Test func aTamperedRecord() async throws {
        let path = folder.scratch("b/batch_0/record.json")
        try FileManager.default.copyItem(atPath: folder.scratch("a"), toPath: folder.scratch("b"))
        var record = try RecordFolder(reading: folder.scratch("b")).batch(0)
        record.images[1].digests[.labels] = Digest(filledWith: 0x0f)
        try AtomicFile.write(CanonicalJSON.encode(record), to: path)
        let verified = try await idrscript(["verify", "b"])
        #expect(verified.status == 1 && verified.output.contains("batch_0/record.json: has other bytes than were written"), "\(verified.output)")
        let verdict = try await reproduce("b")
        #expect(verdict.reached == .unverifiable && verdict.batches[0].reasons.joined().contains("batch_0/record.json"))
        // Rewritten as a whole, it agrees with itself: only the digest that was published tells.
        let published = try SHA256.digest(ofFile: folder.scratch("a/manifest.json")).hex
        try BatchCrate(of: "batch_0", in: RecordFolder(reading: folder.scratch("b"))).write(to: folder.scratch("b/batch_0"))
        try Manifest(of: folder.scratch("b/batch_0")).write(to: folder.scratch("b/batch_0"))
        try RecordSeal.seal(folder.scratch("b"))
        #expect(try await idrscript(["verify", "b"]).status == 0)
        let other = try await idrscript(["verify", "b", "--digest", published])
        #expect(other.status == 1 && other.output.contains("the record's digest is"), "\(other.output)")
        let difference = try await diff("a", "b")
        #expect(difference.causes == [.nondeterminism] && difference.findings.first?.stage == .segment)
        let proof = try #require(difference.findings.first?.proof, "\(difference.notes)")
        #expect(proof.runs == ["A", "A"] && proof.isRepeatable && proof.text.hasSuffix("both runs gave A's bits; B's record stands alone"))
    }
}
