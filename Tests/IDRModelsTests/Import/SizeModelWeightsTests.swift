import IDRModels
import IDRPlan
import TestSupport
import Testing

@Suite struct SizeModelWeightsTests {
    private static let path = "segmentation_illumination/size_reduced.npy"

    /// A size model as different versions of Python and NumPy write it.
    private struct Sample {
        var version: UInt8 = 2
        var core = "numpy.core.multiarray"
        var isBigEndian = false
        var writesBytesAsText = false
        var values: [(key: String, write: (Sample, inout PickleWriter) -> Void)] = [
            ("A", { $0.array([1, -2.5, 0.1], &$1) }), ("smean", { $0.array([0.5, 0, 1], &$1) }), ("ymean", { $0.scalar(-0.25, &$1) }),
            ("diam_mean", { $1.double(30) }),
        ]

        func file() -> [UInt8] {
            let pickle = PickleWriter.pickle(version: version) { writer in
                reconstruct(&writer)
                writer.tuple { writer in
                    writer.int(1)
                    writer.ints([])
                    dtype("O8", &writer)
                    writer.raw([0x89])
                    writer.raw("]}(")
                    for (key, write) in values {
                        writer.text(key)
                        write(self, &writer)
                    }
                    writer.raw("ua")
                }
                writer.raw("b")
            }
            return NumpyFileTests.npy("'|O'", "()", pickle)
        }

        func array(_ numbers: [Double], _ writer: inout PickleWriter) {
            reconstruct(&writer)
            writer.tuple { writer in
                writer.int(1)
                writer.ints([numbers.count])
                dtype("f8", &writer)
                writer.raw([0x89])
                bytes(numbers, &writer)
            }
            writer.raw("b")
        }

        func scalar(_ number: Double, _ writer: inout PickleWriter) {
            name(core, "scalar", &writer)
            writer.tuple { writer in
                dtype("f8", &writer)
                bytes([number], &writer)
            }
            writer.raw("R")
        }

        private func name(_ module: String, _ name: String, _ writer: inout PickleWriter) {
            if version >= 4 { writer.stackGlobal(module, name) } else { writer.global(module, name) }
        }

        private func reconstruct(_ writer: inout PickleWriter) {
            name(core, "_reconstruct", &writer)
            writer.tuple { writer in
                name("numpy", "ndarray", &writer)
                writer.ints([0])
                writer.data([0x62])
            }
            writer.raw("R")
        }

        private func dtype(_ type: String, _ writer: inout PickleWriter) {
            name("numpy", "dtype", &writer)
            writer.tuple { writer in
                writer.text(type)
                writer.raw([0x89, 0x88])
            }
            writer.raw("R")
            writer.tuple { writer in
                writer.int(3)
                writer.text(isBigEndian ? ">" : "<")
                writer.raw("NNN")
                for number in [-1, -1, 0] { writer.int(number) }
            }
            writer.raw("b")
        }

        private func bytes(_ numbers: [Double], _ writer: inout PickleWriter) {
            let bytes = numbers.flatMap { isBigEndian ? ImportSupport.littleEndian([$0]).reversed() : ImportSupport.littleEndian([$0]) }
            guard writesBytesAsText else { return writer.data(bytes) }
            writer.call("_codecs", "encode") {
                $0.text(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })))
                $0.text("latin1")
            }
        }

        static let expected = SizeModelWeights(A: [1, -2.5, 0.1], smean: [0.5, 0, 1], ymean: -0.25, diamMean: 30)
    }

    @Test func readsARealFile() throws {
        let weights = try SizeModelWeights(reading: ImportSupport.fixture(Self.path))
        #expect(weights.A.count == 64 && weights.smean.count == 64)
        #expect(weights.A[0] == -0x1.c48d880a6c69fp-1 && weights.A[63] == 0x1.8e5fcb9ec3db4p-3)
        #expect(abs(weights.A.reduce(0, +) + 1.161088140951219) < 1e-12)
        #expect(weights.smean[0] == 0x1.3f9ddap-4 && weights.smean[63] == -0x1.726acap-6)
        #expect(weights.ymean == -0.1789336537324396 && weights.diamMean == 30)
    }

    @Test func readsWhatEveryNumpyWrites() throws {
        #expect(try SizeModelWeights(bytes: Sample().file()) == Sample.expected)
        #expect(try SizeModelWeights(bytes: Sample(version: 4, core: "numpy._core.multiarray").file()) == Sample.expected)
        #expect(try SizeModelWeights(bytes: Sample(isBigEndian: true).file()) == Sample.expected)
        #expect(try SizeModelWeights(bytes: Sample(writesBytesAsText: true).file()) == Sample.expected)
        var integer = Sample()
        integer.values[3].write = { $1.int(30) }
        #expect(try SizeModelWeights(bytes: integer.file()) == Sample.expected)
        var zeroDimensional = Sample()
        zeroDimensional.values[2].write = { $0.array([-0.25], &$1) }
        #expect(try SizeModelWeights(bytes: zeroDimensional.file()) == Sample.expected)
    }

    @Test func wrongContentIsExplained() async {
        for key in 0..<4 {
            var sample = Sample()
            sample.values[key].write = { $1.call("os", "system") { $0.text("touch /tmp/owned") } }
            await expectError(.refused, "os.system") { try SizeModelWeights(bytes: sample.file()) }
            sample.values[key].write = { $1.text("seven") }
            await expectError(.invalidInput, "\(sample.values[key].key) in the file") { try SizeModelWeights(bytes: sample.file()) }
            sample.values[key].write = { $1.double(.nan) }
            await expectError(.invalidInput, "not finite") { try SizeModelWeights(bytes: sample.file()) }
            let gone = sample.values.remove(at: key).key
            await expectError(.invalidInput, "no \(gone)") { try SizeModelWeights(bytes: sample.file()) }
        }
        var uneven = Sample()
        uneven.values[1].write = { $0.array([1, 2], &$1) }
        await expectError(.invalidInput, "A has 3 numbers and smean 2") { try SizeModelWeights(bytes: uneven.file()) }
        var negative = Sample()
        negative.values[3].write = { $1.double(-30) }
        await expectError(.invalidInput, "positive") { try SizeModelWeights(bytes: negative.file()) }
        await expectError(.invalidInput, "plain numbers") { try SizeModelWeights(bytes: NumpyFileTests.npy("'<f4'", "(1,)", [0, 0, 0, 0])) }
        await expectError(.invalidInput, "one object") { try SizeModelWeights(bytes: NumpyFileTests.npy("'|O'", "()", Array("N.".utf8))) }
        await expectError(.missing) { try SizeModelWeights(reading: "/no/such.npy") }
    }

    @Test func truncatedAndFlippedFilesNeverTrap() throws {
        let good = try ImportSupport.fixtureBytes(Self.path)
        for length in good.indices { #expect(throws: IDRError.self) { try SizeModelWeights(bytes: Array(good[..<length])) } }
        var generator = SeededGenerator(seed: 5)
        var failures = 0
        for _ in 0..<5000 {
            var bytes = good
            for _ in 0..<2 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            if (try? SizeModelWeights(bytes: bytes)) == nil { failures += 1 }
        }
        #expect(failures > 500)
    }
}
