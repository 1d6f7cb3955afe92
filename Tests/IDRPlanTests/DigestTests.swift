import Foundation
import IDRPlan
import TestSupport
import Testing

struct DigestTests {
    private static let text = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"

    @Test func isItsDigits() throws {
        let digest = try #require(Digest(Self.text))
        #expect(digest.hex == Self.text && "\(digest)" == Self.text && digest.short == "7f83b1657ff1")
        #expect(Digest(bytes: [UInt8](repeating: 0x0f, count: 32)) == Digest(String(repeating: "0f", count: 32)))
        #expect(Digest(bytes: [1, 2, 3]) == nil)
    }

    static let wrong = [
        "", "7f83b1657ff1", text.uppercased(), text + "0", " " + text, String(text.dropLast()) + "g", String(text.dropLast()) + "\u{0663}",
        "sha256:" + text,
    ]

    @Test(arguments: wrong) func anythingElseIsNone(_ text: String) throws {
        #expect(Digest(text) == nil)
        let json = try JSONEncoder().encode([text])
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode([Digest].self, from: json) }
        #expect(error.map { "\($0)".contains("64 lower-case hexadecimal digits") } == true)
    }

    @Test func itsJSONIsThePlainText() throws {
        let digest = try #require(Digest(Self.text))
        #expect(try String(decoding: JSONEncoder().encode([digest]), as: UTF8.self) == "[\"\(Self.text)\"]")
        #expect(try JSONDecoder().decode([String: Digest].self, from: Data("{\"a\":\"\(Self.text)\"}".utf8)) == ["a": digest])
    }

    @Test func aFilesRoleIsInItsJSONWhereItHasOne() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for (file, role) in [
            (ContentFile(name: "a", bytes: 1, sha256: Digest(filledWith: 0xab)), ""),
            (ContentFile(role: "plates", name: "a", bytes: 1, sha256: Digest(filledWith: 0xab)), ",\"role\":\"plates\""),
        ] {
            let json = try encoder.encode(file)
            let digits = String(repeating: "ab", count: 32)
            #expect(String(decoding: json, as: UTF8.self) == "{\"bytes\":1,\"name\":\"a\"\(role),\"sha256\":\"\(digits)\"}")
            #expect(try JSONDecoder().decode(ContentFile.self, from: json) == file)
        }
    }
}
