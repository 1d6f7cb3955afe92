import Foundation
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Any byte of a record that is not as it was is found, and its file named.
struct VerificationFlipTests {
    /// The first byte, the last one, and some between.
    private static func positions(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
        Set([0, count - 1] + (0..<8).map { _ in Int.random(in: 0..<count, using: &generator) }).sorted()
    }

    @Test func everyFilesBytesAreGuarded() async throws {
        let record = try await SealedRecord()
        var generator = SeededGenerator(seed: 11)
        var flipped = 0
        for name in record.files {
            let original = try record.bytes(name)
            for position in Self.positions(original.count, &generator) {
                var bytes = original
                bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                try record.write(bytes, to: name)
                // Its own digest tells a manifest that was changed so that it can still be read.
                let result = record.verify(digest: record.digest.hex)
                #expect(result.names(name), "byte \(position) of \(name): \(result.problems)")
                flipped += 1
            }
            try record.write(original, to: name)
        }
        #expect(flipped >= 200)
        #expect(record.verify(digest: record.digest.hex).isIntact)
    }

    /// A manifest with another digit of a digest or size is a manifest; then it is the file that it speaks of that does not agree.
    @Test func aFlippedManifestIsFoundWithoutItsDigest() async throws {
        let record = try await SealedRecord()
        let original = try record.bytes("manifest.json")
        for position in stride(from: 0, to: original.count, by: 37) {
            var bytes = original
            bytes[position] ^= 1
            try record.write(bytes, to: "manifest.json")
            #expect(!record.verify().isIntact, "byte \(position)")
        }
    }

    @Test func everyByteOfTheSignatureIsGuarded() async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        let key = try SigningKey("key", in: record.scratch.path)
        try RecordSignature.sign(record: record.folder, key: key.path)
        try key.allowing("ada@example.org").write(toFile: record.scratch("signers"), atomically: true, encoding: .utf8)
        let original = try record.bytes("manifest.json.sig")
        for position in original.indices {
            var bytes = original
            bytes[position] ^= 1 << UInt8(position % 8)
            try record.write(bytes, to: "manifest.json.sig")
            let result = record.verify(allowedSigners: position % 2 == 0 ? record.scratch("signers") : nil)
            #expect(result.names("manifest.json.sig") && result.signature == nil, "byte \(position): \(result)")
        }
        let text = String(decoding: original, as: UTF8.self)
        let respelled = [
            text + "\n", "\n" + text, text.replacing("\n", with: "\r\n"), text.replacing("-----\n", with: "----- \n"), String(text.dropLast()),
            text.replacing("SSH SIGNATURE", with: "PGP SIGNATURE"), text + text, "", " ",
            // The same bytes on lines of another length.
            text.split(separator: "\n").enumerated().map { $0 == 1 ? "\($1.prefix(10))\n\($1.dropFirst(10))\n" : "\($1)\n" }.joined(),
        ]
        for other in respelled {
            try record.write(other.utf8, to: "manifest.json.sig")
            #expect(record.verify(allowedSigners: record.scratch("signers")).names("manifest.json.sig"), "\(other)")
        }
        try record.write(original, to: "manifest.json.sig")
        #expect(record.verify(allowedSigners: record.scratch("signers")).signature == "ada@example.org")
    }
}
