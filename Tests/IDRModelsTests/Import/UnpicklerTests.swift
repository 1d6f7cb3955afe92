import IDRModels
import IDRPlan
import TestSupport
import Testing

@Suite struct UnpicklerTests {
    private func read(version: UInt8? = 2, _ body: (inout PickleWriter) -> Void) throws -> Pickle {
        try Unpickler.read(PickleWriter.pickle(version: version, body)[...])
    }

    // MARK: Refusals

    @Test func refusesEveryWayToNameAFunction() async {
        let message = "the file asks for os.system, not for tensors"
        await expectError(.refused, message) {
            try read {
                $0.global("os", "system")
                $0.tuple { $0.text("touch /tmp/owned") }
                $0.raw("R")
            }
        }
        await expectError(.refused, message) { try read(version: 4) { $0.stackGlobal("os", "system") } }
        await expectError(.refused, message) { try read(version: nil) { $0.raw("(S'touch /tmp/owned'\nios\nsystem\n") } }
        await expectError(.refused, message) {
            try read {
                $0.raw("(")
                $0.global("os", "system")
                $0.raw("o")
            }
        }
        await expectError(.refused, "builtins.eval") { try read { $0.global("builtins", "eval") } }
    }

    @Test(arguments: [
        ("torch", "load"), ("torch", "FloatStorage.from_file"), ("torch.storage", "_load_from_bytes"), ("numpy", "load"), ("numpy", "fromfile"),
        ("numpy.core.multiarray", "fromfile"), ("_codecs", "lookup"), ("collections", "OrderedDict.fromkeys"),
        ("torch._utils", "_rebuild_tensor_v2.__globals__"),
        ("", ""), ("os.path", "join"),
    ]) func refusesNeighboursOfWhatIsAllowed(module: String, name: String) async {
        await expectError(.refused, "\(module).\(name)") { try read(version: 4) { $0.stackGlobal(module, name) } }
    }

    @Test func refusalsShowNoControlCharacters() async {
        await expectError(.refused, "asks for os.?[31mevil?, not") { try read(version: 4) { $0.stackGlobal("os", "\u{1b}[31mevil\u{7f}") } }
    }

    @Test func callsOnlyFunctions() throws {
        #expect(throws: IDRError.self) { try read { $0.call("torch", "FloatStorage") { $0.int(1 << 40) } } }
        #expect(throws: IDRError.self) { try read { $0.call("numpy", "ndarray") { $0.int(5) } } }
        #expect(throws: IDRError.self) { try read { $0.raw("K\u{1})R") } }
    }

    @Test(arguments: [0x82, 0x83, 0x84, 0x8f, 0x90, 0x91, 0x92, 0x97, 0x98, 0x00, 0xff] as [UInt8]) func refusesOtherInstructions(code: UInt8) async {
        await expectError(.invalidInput, "instruction \(code)") { try read { $0.raw([0x29, code, 1, 0, 0, 0]) } }
    }

    // MARK: Values

    @Test func readsNumbersOfEveryProtocol() throws {
        let cases: [([UInt8], Int)] = [
            (Array("I-12\n".utf8), -12), (Array("L123456789012L\n".utf8), 123_456_789_012), (Array("L-1L\n".utf8), -1),
            ([0x4a, 0xfe, 0xff, 0xff, 0xff], -2),
            ([0x4b, 255], 255), ([0x4d, 0x34, 0x12], 0x1234), ([0x8a, 0], 0), ([0x8a, 1, 0x80], -128), ([0x8a, 2, 0xff, 0], 255),
            ([0x8b, 3, 0, 0, 0, 1, 0, 0x80], -0x7f_ffff), ([0x8a, 8] + [UInt8](repeating: 0xff, count: 7) + [0x7f], .max),
        ]
        for (code, expected) in cases {
            let pickle = try read { $0.raw(code) }
            #expect(pickle.int(pickle.root) == expected, "\(code)")
        }
        for (code, expected) in [(Array("F-1.5e3\n".utf8), -1500.0), (Array("G".utf8) + [0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5)] {
            guard case .double(expected) = try read(version: nil, { $0.raw(code) }).root else {
                Issue.record("\(code)")
                continue
            }
        }
        guard case .longInt(let big) = try read({ $0.raw([0x8a, 9] + [UInt8](repeating: 7, count: 9)) }).root else {
            throw IDRError(.invalidInput, "big")
        }
        #expect(big.elementsEqual([UInt8](repeating: 7, count: 9)))
        guard case .bool(true) = try read(version: nil, { $0.raw("I01\n") }).root else { throw IDRError(.invalidInput, "bool") }
    }

    @Test func readsTextsAndBytesOfEveryProtocol() throws {
        let texts: [([UInt8], String)] = [
            (Array("V\\u00e9\\U0001f600 \\x\n".utf8), "é😀 \\x"), (Array("S'a\\'\\n\\x41\\\\'\n".utf8), "a'\nA\\"),
            (Array("S\"it's\"\n".utf8), "it's"),
            ([0x55, 2, 0x61, 0xe9], "aé"), ([0x54, 1, 0, 0, 0, 0x62], "b"), ([0x58, 2, 0, 0, 0, 0xc3, 0xa9], "é"), ([0x8c, 1, 0x63], "c"),
            ([0x8d, 1, 0, 0, 0, 0, 0, 0, 0, 0x64], "d"),
        ]
        for (code, expected) in texts {
            let pickle = try read { $0.raw(code) }
            #expect(pickle.text(pickle.root) == expected)
        }
        for code: [UInt8] in [
            [0x43, 2, 1, 200], [0x42, 2, 0, 0, 0, 1, 200], [0x8e, 2, 0, 0, 0, 0, 0, 0, 0, 1, 200], [0x96, 2, 0, 0, 0, 0, 0, 0, 0, 1, 200],
        ] {
            let pickle = try read { $0.raw(code) }
            #expect(pickle.bytes(pickle.root)?.elementsEqual([1, 200]) == true)
        }
        let encoded = try read {
            $0.call("_codecs", "encode") {
                $0.text("\u{1}È")
                $0.text("latin1")
            }
        }
        #expect(encoded.bytes(encoded.root)?.elementsEqual([1, 200]) == true)
        let notLatin = try read {
            $0.call("_codecs", "encode") {
                $0.text("😀")
                $0.text("latin1")
            }
        }
        #expect(notLatin.bytes(notLatin.root) == nil)
    }

    @Test func buildsContainersAndRemembersThem() throws {
        // {"a": [1, 2], "b": the same list}, with the list changed after it was stored.
        let pickle = try read {
            $0.raw("}(")
            $0.text("a")
            $0.raw("]q\u{5}K\u{1}a")
            $0.text("b")
            $0.raw("h\u{5}(K\u{2}eu")
        }
        let pairs = try #require(pickle.pairs(pickle.root))
        #expect(pairs.map { pickle.text($0.key) } == ["a", "b"])
        #expect(pairs.map { pickle.ints($0.value) } == [[1, 2], [1, 2]])

        let python2 = try read { writer in
            writer.global("collections", "OrderedDict")
            writer.raw("((lp1\n(lp2\nS'k'\naI3\naatR")
        }
        let entries = try #require(python2.pairs(python2.root))
        #expect(entries.count == 1 && python2.text(entries[0].key) == "k" && python2.int(entries[0].value) == 3)

        let dict = try read(version: nil) { $0.raw("(S'k'\nI3\nd") }
        #expect(dict.pairs(dict.root)?.count == 1)
        let memoized = try read(version: 4) { $0.raw([0x4b, 9, 0x94, 0x30, 0x68, 0, 0x85]) }
        #expect(memoized.ints(memoized.root) == [9])
    }

    // MARK: Damage

    @Test(arguments: [
        "", ".", "0.", "1.", "t.", "(", "h\u{0}.", "g5\n.", "p-1\n.", "K", "X\u{5}\u{0}\u{0}\u{0}ab.", "a.", "K\u{1}K\u{2}a.", "}K\u{1}s.",
        "](K\u{1}u.",
        ")K\u{1}a.", "(K\u{1}d.", "R.", ")R.", "b.", "K\u{1})b.", "K\u{1}(00.", "(0.", "2.", "Iabc\n.", "I99999999999999999999\n.", "Fx\n.",
        "S'a\n.", "S'\\q'\n.",
        "V\\ud800\n.", "V\\u12\n.", "Pabc\n.", "(o.", "K\u{1}(R.", "cnumpy\n", "c" + String(repeating: "x", count: 600) + "\ny\n.", "K\u{1}(\u{85}.",
    ]) func damagedInputThrows(text: String) {
        // "(0." ends with an empty stack, "K\u{1}(\u{85}." would take a value from below a mark.
        #expect(throws: IDRError.self) { try Unpickler.read(text.unicodeScalars.map { UInt8($0.value) }[...]) }
    }

    @Test func lengthsBeyondTheEndThrow() {
        for code: [UInt8] in [
            [0x8e] + [UInt8](repeating: 0xff, count: 8), [0x8d] + [UInt8](repeating: 0x7f, count: 8), [0x42, 0xff, 0xff, 0xff, 0xff],
            [0x8b, 0xff, 0xff, 0xff, 0xff],
            [0x95] + [UInt8](repeating: 0xff, count: 8), [0x80, 6], [0x80], [0x58, 1, 0, 0, 0, 0xff],
        ] {
            #expect(throws: IDRError.self) { try Unpickler.read((code + Array("N.".utf8))[...]) }
        }
    }

    @Test func deepInputIsHarmless() throws {
        let depth = 900_000
        let deep = try read { $0.raw([0x29] + [UInt8](repeating: 0x85, count: depth)) }
        #expect(deep.items(deep.root)?.count == 1)
        #expect(throws: IDRError.self) { try read { $0.raw([UInt8](repeating: 0x28, count: depth)) } }
        let endless = #expect(throws: IDRError.self) { try read { $0.raw([UInt8](repeating: 0x4e, count: 1 << 21)) } }
        #expect(endless?.code == .refused)
    }

    @Test func cyclicInputIsHarmless() throws {
        let list = try read { $0.raw("]q\u{0}h\u{0}a") }
        #expect(list.items(list.root)?.count == 1)
        #expect(list.ints(list.root) == nil)
        let dictionary = try read {
            $0.raw("}q\u{0}")
            $0.text("self")
            $0.raw("h\u{0}s")
        }
        #expect(dictionary.pairs(dictionary.root)?.count == 1)
    }

    @Test func sharedListsInDictionariesCostSteps() async {
        // A list of 10,000 pairs, made into a dictionary again and again: little input that would become much memory.
        await expectError(.refused, "steps") {
            try read { writer in
                writer.global("collections", "OrderedDict")
                writer.raw("q\u{1}0](")
                for _ in 0..<10_000 { writer.raw("K\u{1}K\u{2}\u{86}".unicodeScalars.map { UInt8($0.value) }) }
                writer.raw("e\u{85}q\u{2}0".unicodeScalars.map { UInt8($0.value) })
                for _ in 0..<1000 { writer.raw("h\u{1}h\u{2}R0") }
                writer.raw("N")
            }
        }
    }

    @Test func randomProgramsEnd() {
        var generator = SeededGenerator(seed: 20_260_101)
        let codes =
            Array("().012INJKMLFGSTUVXBC]laeds}ugpqhrjcRbQito".utf8) + [0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x93, 0x94, 0x95]
        let names = ["collections\nOrderedDict\n", "torch\nFloatStorage\n", "numpy\ndtype\n", "torch._utils\n_rebuild_tensor_v2\n"]
        var ended = 0
        for _ in 0..<20_000 {
            var program: [UInt8] = []
            for _ in 0..<Int.random(in: 1...60, using: &generator) {
                let code = codes[Int.random(in: 0..<codes.count, using: &generator)]
                program.append(code)
                if code == UInt8(ascii: "c") { program += Array(names[Int.random(in: 0..<names.count, using: &generator)].utf8) }
                if Bool.random(using: &generator) { program.append(UInt8.random(in: 0...3, using: &generator)) }
            }
            if (try? Unpickler.read((program + Array("N.".utf8))[...])) != nil { ended += 1 }
        }
        // Some are pickles by chance; the others threw. Neither group may be empty, or the programs test nothing.
        #expect(ended > 100 && ended < 19_900)
    }
}
