import Foundation
import IDRFiles
import IDRPlan
import Testing

/// What is stored is read by its format first.
struct VersionedJSONTests {
    /// Format 3 has a list where format 2 had one name.
    struct Kept: StoredValue, Equatable {
        static let readableFormats = 2...3
        var format: Int
        var names: [String]

        private enum CodingKeys: CodingKey {
            case format, name, names
        }

        init(format: Int, names: [String]) { (self.format, self.names) = (format, names) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            format = try container.decode(Int.self, forKey: .format)
            names = try format == 2 ? [container.decode(String.self, forKey: .name)] : container.decode([String].self, forKey: .names)
        }
    }

    struct Line: StoredValue, Equatable {
        static let readableFormats = 1...1
        static let unnamedFormat: Int? = 1
        var event: String
        var at: Date
    }

    private func failure(_ text: String) -> IDRError? {
        #expect(throws: IDRError.self) { try VersionedJSON.decode(Kept.self, from: Data(text.utf8), path: "run.json") }
    }

    @Test func everyKnownFormatIsRead() throws {
        for (text, kept) in [
            ("{\"format\":2,\"name\":\"a\"}", Kept(format: 2, names: ["a"])),
            ("{\"names\":[\"a\",\"b\"],\"format\":3}", Kept(format: 3, names: ["a", "b"])),
        ] {
            #expect(try VersionedJSON.decode(Kept.self, from: Data(text.utf8), path: "") == kept)
        }
    }

    @Test func aNewerFormatIsSaidToBeThatWhateverElseItHolds() {
        for text in ["{\"format\":5}", "{\"format\":5,\"names\":7}", "{\"format\":5,\"names\":[\"a\"]}"] {
            let error = failure(text)
            #expect(error?.code == .invalidInput && error?.problem == "the file was written by a newer IDRKit" && error?.subject == ["run.json"])
            #expect(error?.reason == "it has format 5, this one reads up to 3" && error?.advice == "use a newer IDRKit")
        }
        let old = failure("{\"format\":1,\"name\":\"a\"}")
        #expect(old?.problem == "the file was written by an older IDRKit" && old?.reason == "it has format 1, this one reads from 2")
        #expect(VersionedJSON.refusal(Kept.self, of: Data("{\"format\":4}".utf8), path: "x")?.subject == ["x"])
        #expect(VersionedJSON.refusal(Kept.self, of: Data("{\"format\":3}".utf8), path: "x") == nil)
        #expect(VersionedJSON.refusal(Kept.self, of: Data("{\"for".utf8), path: "x") == nil)
    }

    @Test(arguments: [
        ("", "it is no JSON"), ("{\"format\":3,\"na", "it was cut off, or damaged"), ("[]", "the whole"), ("{\"names\":[]}", "format is missing"),
        ("{\"format\":\"3\"}", "format: "), ("{\"format\":3}", "names is missing"), ("{\"format\":3,\"names\":[\"a\",7]}", "names.[1]: "),
    ])
    func whatIsWrongIsSaidInWords(_ text: String, _ reason: String) {
        let error = failure(text)
        #expect(error?.problem == "the file cannot be read" && error?.subject == ["run.json"])
        #expect(error?.reason?.contains(reason) == true && error?.reason?.contains("DecodingError") == false, "\(error as Any)")
    }

    @Test func aLineNeedNotSayItsFormat() throws {
        let lines = ["{\"event\":\"a\",\"at\":\"2026-01-01T00:00:00Z\"}", "{\"event\":\"a\",\"format\":1,\"at\":\"2026-01-01T00:00:00Z\"}"]
        for line in lines {
            #expect(try VersionedJSON.decode(Line.self, from: Data(line.utf8), path: "").at == Date(timeIntervalSince1970: 1_767_225_600))
        }
        #expect(throws: IDRError.self) { try VersionedJSON.decode(Line.self, from: Data("{\"event\":\"a\",\"format\":2}".utf8), path: "") }
    }
}
