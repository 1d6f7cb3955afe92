import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct SHA256Tests {
    /// Examples of FIPS 180-4 and NIST's test vectors.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func knownDigests(text: String, digest: String) throws {
        #expect(try SHA256.digest(of: text).hex == digest)
        #expect(try SHA256.digest(of: Array(text.utf8)).hex == digest)
    }

    @Test func aMillionLettersInUnevenPieces() throws {
        var sum = try SHA256()
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for piece in [1, 62, 937] {
            for _ in 0..<1000 { try letters.withUnsafeBytes { try sum.update(UnsafeRawBufferPointer(rebasing: $0[..<piece])) } }
        }
        #expect(try sum.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func filesOfAnySize() throws {
        let folder = try ScratchFolder()
        for size in [0, 1, 262_143, 262_144, 262_145, 1_000_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try AtomicFile.write(bytes, to: folder("x"))
            #expect(try SHA256.digest(ofFile: folder("x")).hex == SHA256.digest(of: bytes).hex)
        }
    }

    @Test func unreadableFilesAreNamed() throws {
        let folder = try ScratchFolder()
        let missing = #expect(throws: IDRError.self) { try SHA256.digest(ofFile: folder("none")).hex }
        #expect(missing?.problem.contains(folder("none")) == true)
        let isFolder = #expect(throws: IDRError.self) { try SHA256.digest(ofFile: folder.path).hex }
        #expect(isFolder?.reason == "Is a directory")
    }
}
