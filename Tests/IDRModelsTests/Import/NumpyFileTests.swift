import IDRModels
import IDRPlan
import TestSupport
import Testing

@Suite struct NumpyFileTests {
    /// A `.npy` file as NumPy writes it.
    static func npy(_ descriptor: String, _ shape: String, _ data: [UInt8], order: String = "False", version: UInt8 = 1) -> [UInt8] {
        header("{'descr': \(descriptor), 'fortran_order': \(order), 'shape': \(shape), }\n", version: version) + data
    }

    static func header(_ text: String, version: UInt8 = 1) -> [UInt8] {
        let length = UInt32(text.utf8.count)
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + ImportSupport.littleEndian([length]).prefix(version == 1 ? 2 : 4) + Array(text.utf8)
    }

    @Test func readsEveryNumberTypeOfBothByteOrders() throws {
        let cases: [(String, [UInt8], [Double])] = [
            ("i1", [0xff, 5], [-1, 5]), ("u1", [0xff, 5], [255, 5]), ("b1", [0, 1], [0, 1]), ("?", [0, 1], [0, 1]),
            ("i2", ImportSupport.littleEndian([-2, 300] as [Int16]), [-2, 300]),
            ("u2", ImportSupport.littleEndian([65535, 1] as [UInt16]), [65535, 1]),
            ("i4", ImportSupport.littleEndian([-2, .max] as [Int32]), [-2, 2_147_483_647]),
            ("u4", ImportSupport.littleEndian([1, .max] as [UInt32]), [1, 4_294_967_295]),
            ("i8", ImportSupport.littleEndian([-2, 1 << 52] as [Int64]), [-2, 0x1p52]),
            ("u8", ImportSupport.littleEndian([1, 1 << 63] as [UInt64]), [1, 0x1p63]),
            ("f2", ImportSupport.littleEndian([0x3c00, 0xc000] as [UInt16]), [1, -2]),
            ("f4", ImportSupport.littleEndian([0.1, -0.5] as [Float]), [Double(Float(0.1)), -0.5]),
            ("f8", ImportSupport.littleEndian([0.1, -0.5] as [Double]), [0.1, -0.5]),
        ]
        for (type, little, expected) in cases {
            let width = little.count / 2
            let big = Array(little[..<width].reversed() + little[width...].reversed())
            let order = width == 1 ? "|" : "<"
            let file = try NumpyFile(bytes: Self.npy("'\(order)\(type)'", "(2,)", little))
            #expect(file.doubles() == expected && file.shape == [2] && file.type == order + type)
            #expect(file.tensor() == Tensor(shape: [2], values: expected.map(Float.init)))
            #expect(try NumpyFile(bytes: Self.npy("'>\(type)'", "(2,)", big)).doubles() == expected, "\(type)")
        }
    }

    @Test func readsShapesOrdersAndVersions() throws {
        let data = ImportSupport.littleEndian((0..<6).map(Float.init))
        #expect(try NumpyFile(bytes: Self.npy("'<f4'", "(2, 3)", data)).tensor() == Tensor(shape: [2, 3], values: [0, 1, 2, 3, 4, 5]))
        #expect(
            try NumpyFile(bytes: Self.npy("'<f4'", "(2, 3)", data, order: "True")).tensor()
                == Tensor(shape: [2, 3], values: [0, 2, 4, 1, 3, 5]))
        #expect(try NumpyFile(bytes: Self.npy("\"<f4\"", "(3L, 2L)", data, version: 2)).shape == [3, 2])
        #expect(try NumpyFile(bytes: Self.npy("'<f4'", "()", data, version: 3)).tensor() == Tensor(shape: [], values: [0]))
        #expect(try NumpyFile(bytes: Self.npy("'<f4'", "(0, 3)", [])).doubles() == [])
        let reordered = Self.header("{ 'shape':(2,),'fortran_order':False,'descr':'<f4'}") + data
        #expect(try NumpyFile(bytes: reordered).doubles() == [0, 1])
    }

    @Test func columnMajorAgreesWithItsDefinition() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<30 {
            let shape = (0..<Int.random(in: 1...4, using: &generator)).map { _ in Int.random(in: 1...5, using: &generator) }
            let count = shape.reduce(1, *)
            let file = try NumpyFile(
                bytes: Self.npy(
                    "'<f8'", "(" + shape.map { "\($0)," }.joined() + ")", ImportSupport.littleEndian((0..<count).map(Double.init)), order: "True"))
            var expected = [0]
            var step = 1
            let strides = shape.map { length in
                defer { step *= length }
                return step
            }
            for (length, stride) in zip(shape, strides) { expected = expected.flatMap { start in (0..<length).map { start + $0 * stride } } }
            #expect(file.doubles() == expected.map(Double.init))
        }
    }

    @Test func otherFilesAreExplained() async throws {
        let data = ImportSupport.littleEndian([1, 2] as [Float])
        await expectError(.invalidInput, "truncated") { try NumpyFile(bytes: Self.npy("'<f4'", "(3,)", data)) }
        await expectError(.invalidInput, "impossible") { try NumpyFile(bytes: Self.npy("'<f4'", "(4611686018427387904, 4)", data)) }
        await expectError(.invalidInput, "impossible") { try NumpyFile(bytes: Self.npy("'<f4'", "(-1,)", data)) }
        for type in ["'<c8'", "'<U4'", "'|S4'", "'|O'", "'<f16'", "'<M8[ns]'", "'<f4x'", "''"] {
            await expectError(.invalidInput, "not numbers") { try NumpyFile(bytes: Self.npy(type, "(1,)", data)) }
        }
        await expectError(.invalidInput, "records") { try NumpyFile(bytes: Self.npy("[('a', '<f4'), ('b', '<i4', (2,))]", "(1,)", data)) }
        for text in ["{", "{}", "[]", "{'descr': '<f4', 'fortran_order': False, 'shape': (2}", "{'descr': '<f4', 'shape': (2,)}", "{'descr': '<f4"] {
            await expectError(.invalidInput, "header") { try NumpyFile(bytes: Self.header(text) + data) }
        }
        await expectError(.invalidInput, "not known") { try NumpyFile(bytes: Self.header("{}", version: 4)) }
        await expectError(.invalidInput, "ZIP") { try NumpyFile(bytes: Array("PK\u{3}\u{4}".utf8)) }
        await expectError(.missing, "/no/such.npy") { try NumpyFile(reading: "/no/such.npy") }
    }

    @Test func truncatedAndFlippedFilesNeverTrap() throws {
        let good = Self.npy("'<f4'", "(2, 3)", ImportSupport.littleEndian((0..<6).map(Float.init)))
        for length in good.indices { #expect(throws: IDRError.self) { try NumpyFile(bytes: Array(good[..<length])) } }
        var generator = SeededGenerator(seed: 4)
        var failures = 0
        for _ in 0..<5000 {
            var bytes = good
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            // What is still an array has as many values as its shape says, or `tensor()` would stop the test.
            if (try? NumpyFile(bytes: bytes).tensor()) == nil { failures += 1 }
        }
        // Flips in the 24 bytes of numbers and in the padding are harmless, most of those in the header are not.
        #expect(failures > 1000 && failures < 5000)
    }
}
