import Foundation
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// Files that are not, or no longer, what torch wrote: every one ends with an `IDRError`, none with a trap.
@Suite struct TorchDamageTests {
    private static let zipPath = "segmentation_illumination/cpnet_reduced_trained.pth"
    private static let legacyPath = "segmentation_illumination/cpnet_reduced_trained_legacy.pth"
    private static let sample = TorchSample.floats(
        (0..<8).map(Float.init),
        [
            .init(name: "a", storage: "0", shape: [2, 4], strides: [4, 1]),
            .init(name: "b", storage: "0", offset: 3, shape: [2], strides: [2], isParameter: true),
        ])

    private func expectError(in zip: ZipWriter, _ code: IDRError.Code, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        try await ImportSupport.withTemporaryFile(zip.finish()) { path in
            await IDRModelsTests.expectError(code, text, sourceLocation: sourceLocation) { try TorchFile(reading: path) }
        }
    }

    @Test func codeInsteadOfTensorsIsRefused() async throws {
        let attack = PickleWriter.pickle {
            $0.raw("}")
            $0.text("weight")
            $0.call("os", "system") { $0.text("touch /tmp/owned") }
            $0.raw("s")
        }
        var zip = ZipWriter()
        zip.add("archive/data.pkl", attack)
        try await expectError(in: zip, .refused, "the file asks for os.system, not for tensors")

        // Hidden in the pickle about the machine, before the state_dict.
        var legacy = PickleWriter.pickle { $0.raw([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]) }
        legacy += PickleWriter.pickle { $0.int(1001) } + attack
        await IDRModelsTests.expectError(.refused, "os.system") { try TorchFile(legacy: legacy) }
    }

    @Test func otherContentIsExplained() async throws {
        var script = ZipWriter()
        script.add("net/data.pkl", Self.sample.stateDict())
        script.add("net/constants.pkl", [])
        try await expectError(in: script, .refused, "TorchScript")

        var checkpoint = ZipWriter()
        checkpoint.add(
            "net/data.pkl",
            PickleWriter.pickle {
                $0.raw("}")
                $0.text("epoch")
                $0.raw("K\u{3}s")
            })
        try await expectError(in: checkpoint, .invalidInput, "epoch")

        for (code, text) in [("}", "no tensors"), ("]", "other than a state_dict"), ("N", "other than a state_dict"), ("}K\u{1}K\u{2}s", "no name")] {
            var zip = ZipWriter()
            zip.add("net/data.pkl", PickleWriter.pickle { $0.raw(code) })
            try await expectError(in: zip, .invalidInput, text)
        }

        var noTorch = ZipWriter()
        noTorch.add("hello.txt", [])
        try await expectError(in: noTorch, .invalidInput, "not a torch file")

        for (content, text) in [
            ("", "empty"), ("<!DOCTYPE html>", "web page"), ("\u{89}HDF\r\n\u{1a}\n", "HDF5"), ("version https://git-lfs.github.com", "LFS"),
        ] {
            try await ImportSupport.withTemporaryFile(content.unicodeScalars.map { UInt8($0.value) }) { path in
                await IDRModelsTests.expectError(.invalidInput, text) { try TorchFile(reading: path) }
            }
        }
        await IDRModelsTests.expectError(.missing, "/no/such.pth") { try TorchFile(reading: "/no/such.pth") }
        await IDRModelsTests.expectError(.invalidInput, "not a file") { try TorchFile(reading: "/tmp") }
    }

    @Test func inconsistentArchivesAreExplained() async throws {
        var missing = ZipWriter()
        missing.add("net/data.pkl", Self.sample.stateDict())
        try await expectError(in: missing, .invalidInput, "net/data/0")

        var short = Self.sample
        short.storages[0].bytes.removeLast()
        try await ImportSupport.withTemporaryFile(short.zip()) { path in
            await IDRModelsTests.expectError(.invalidInput, "8 elements need 32 bytes, but it has 31") { try TorchFile(reading: path) }
        }

        for version in ["11", "x", ""] {
            var future = ZipWriter()
            future.add("net/data.pkl", Self.sample.stateDict())
            future.add("net/data/0", Self.sample.storages[0].bytes)
            future.add("net/version", Array(version.utf8))
            try await expectError(in: future, .invalidInput, "version")
        }

        var twoTypes = Self.sample
        twoTypes.storages.append(.init(key: "1", type: "LongStorage", count: 1, bytes: [UInt8](repeating: 0, count: 8)))
        twoTypes.tensors.append(.init(name: "c", storage: "1", shape: [1], strides: [1]))
        var pickle = twoTypes.stateDict()
        let key = try #require(pickle.indices.last { pickle[$0...].starts(with: Array("X\u{1}\u{0}\u{0}\u{0}1".utf8)) })
        pickle[key + 5] = UInt8(ascii: "0")
        var zip = ZipWriter()
        zip.add("net/data.pkl", pickle)
        zip.add("net/data/0", twoTypes.storages[0].bytes)
        try await expectError(in: zip, .invalidInput, "two ways")
    }

    @Test func oldStorageViewsAreFollowed() throws {
        // Files of torch 0.1 may say that a tensor's storage is a part of another one: ("storage", type, key, device, count, (view key, offset, count)).
        let plain = Self.sample.legacy()
        let none = try #require(plain.indices.first { plain[$0...].starts(with: Array("NtQ".utf8)) })
        var view = PickleWriter(version: nil)
        view.tuple {
            $0.text("view")
            $0.int(0)
            $0.int(8)
        }
        let whole = Array(plain[..<none]) + view.bytes + Array(plain[(none + 1)...])
        #expect(try TorchFile(legacy: whole).tensors == TorchFile(legacy: plain).tensors)
    }

    @Test func everyTruncationThrows() async throws {
        let small = Self.sample.legacy()
        for length in 0..<small.count { #expect(throws: IDRError.self, "\(length)") { try TorchFile(legacy: Array(small[..<length])) } }
        let smallZip = Self.sample.zip()
        for length in 0..<smallZip.count {
            try await ImportSupport.withTemporaryFile(Array(smallZip[..<length])) { path in
                #expect(throws: IDRError.self, "\(length)") { try TorchFile(reading: path) }
            }
        }
        var generator = SeededGenerator(seed: 1)
        for name in [Self.legacyPath, Self.zipPath] {
            let bytes = try ImportSupport.fixtureBytes(name)
            for _ in 0..<40 {
                let length = Int.random(in: 0..<bytes.count, using: &generator)
                try await ImportSupport.withTemporaryFile(Array(bytes[..<length])) { path in
                    #expect(throws: IDRError.self, "\(name) \(length)") { try TorchFile(reading: path) }
                }
            }
        }
    }

    @Test func flippedBytesNeverTrap() throws {
        var generator = SeededGenerator(seed: 2)
        let small = Self.sample.legacy()
        var failures = 0
        for _ in 0..<5000 {
            var bytes = small
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if (try? TorchFile(legacy: bytes)) == nil { failures += 1 }
        }
        #expect(failures > 1000)
        let real = try ImportSupport.fixtureBytes(Self.legacyPath)
        failures = 0
        for _ in 0..<150 {
            var bytes = real
            bytes[Int.random(in: 0..<50_000, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            if (try? TorchFile(legacy: bytes)) == nil { failures += 1 }
        }
        #expect(failures > 50)
    }

    @Test func aFlippedBitOfAZipFileIsNoticedOrHarmless() async throws {
        let good = Self.sample.zip()
        let expected = try await ImportSupport.withTemporaryFile(good) { try TorchFile(reading: $0).tensors }
        for index in good.indices {
            var bytes = good
            bytes[index] ^= 1 << UInt8(index % 8)
            try await ImportSupport.withTemporaryFile(bytes) { path in
                if let read = try? TorchFile(reading: path) { #expect(read.tensors == expected, "byte \(index)") }
            }
        }
    }
}
