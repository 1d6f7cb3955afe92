import Foundation
import IDRCrate
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct ExportTests {
    private func citation(license: String? = nil, _ edit: (inout SampleRecord) -> Void = { _ in }) async throws -> (ScratchFolder, RecordCitation) {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        edit(&sample)
        try await sample.write(to: scratch("run"))
        return (scratch, try RecordCitation(of: scratch("run"), license: license))
    }

    @Test func citationFile() async throws {
        let (scratch, citation) = try await citation()
        let digest = try SHA256.digest(ofFile: scratch("run/manifest.json")).hex
        let run = try SampleRecord().identity().short
        #expect(
            citation.cff == """
                cff-version: 1.2.0
                message: "If you use this run or its results, please cite it as below."
                type: dataset
                title: "Image-based profiles of idr0013A: run \(run) of sample.swift"
                authors:
                  - name: "Josiah Carberry"
                    orcid: "https://orcid.org/0000-0002-1825-0097"
                date-released: 2026-01-01
                version: "\(digest.prefix(12))"
                identifiers:
                  - type: other
                    value: "sha256:\(digest)"
                    description: "SHA-256 of manifest.json, the digest of this record"
                license: "CC0-1.0"
                references:
                  - type: data
                    title: "idr0013, screen A"
                    authors:
                      - name: "Image Data Resource"
                        website: "https://idr.openmicroscopy.org"
                    url: "https://idr.openmicroscopy.org/search/?query=Name:idr0013"
                  - type: software
                    title: "IDRKit"
                    authors:
                      - name: "The authors of IDRKit"
                    version: "\(IDRKitVersion.current)"
                    commit: "\(String(repeating: "c3", count: 20))"

                """)
    }

    @Test func withoutAnAuthorTheSoftwareIsNamed() async throws {
        let (_, citation) = try await citation { $0.author = nil }
        let name = "IDRKit \(IDRKitVersion.current) (software; the record names no author)"
        #expect(citation.cff.contains("authors:\n  - name: \"\(name)\"\ndate-released") && !citation.cff.contains("license"))
        #expect(citation.bibtex.contains("author = {{\(name)}}"))
        let (_, laboratory) = try await self.citation { $0.author = Author(laboratory: "Brown University", ror: "https://ror.org/05gq02987") }
        #expect(laboratory.cff.contains("  - name: \"Brown University\"\n    website: \"https://ror.org/05gq02987\"\n"))
        #expect(laboratory.bibtex.contains("author = {{Brown University}}"))
    }

    @Test func aCopyNamesItsOriginal() async throws {
        let (scratch, original) = try await citation()
        _ = try Publication(of: scratch("run")).write(to: scratch("copy"))
        let copy = try RecordCitation(of: scratch("copy"))
        let digests = try ["run", "copy"].map { try SHA256.digest(ofFile: scratch("\($0)/manifest.json")).hex }
        #expect(original.cff.contains(digests[0]) && digests.allSatisfy { copy.cff.contains("value: \"sha256:\($0)\"") })
    }

    @Test func namesAreTextEverywhere() async throws {
        let name = #"A & B {50%} $_#~^\ "C": d" and E"#
        let (_, citation) = try await citation { sample in
            sample.author = Author(name: name + "\u{1b}[2J\n- x", license: "CC-BY-4.0")
            sample.scriptName = "my_script {1}.swift"
        }
        #expect(citation.cff.contains(#"  - name: "A & B {50%} $_#~^\\ \"C\": d\" and E?[2J?- x""#))
        let text =
            ##"A \& B \textbraceleft{}50\%\textbraceright{} \$\_\#\textasciitilde{}\textasciicircum{}\textbackslash{} "C": d" {and} E?[2J?- x"##
        #expect(citation.bibtex.contains("author = {\(text)}"), "\(citation.bibtex)")
        #expect(citation.bibtex.contains(#"my\_script \textbraceleft{}1\textbraceright{}.swift"#))
        // BibTeX counts braces whatever is in front of them.
        var depth = 0
        for character in citation.bibtex {
            depth += character == "{" ? 1 : character == "}" ? -1 : 0
            #expect(depth >= 0)
        }
        #expect(depth == 0 && citation.bibtex.hasPrefix("@misc{idr0013A_"))
    }

    @Test func licencesAreIdentifiers() async throws {
        let (_, citation) = try await citation(license: "CC-BY-4.0")
        #expect(citation.cff.contains("license: \"CC-BY-4.0\"") && citation.bibtex.contains("licence: CC-BY-4.0"))
        for wrong in ["", "CC BY", "x\ny", String(repeating: "x", count: 61)] {
            await #expect(throws: IDRError.self) { try await self.citation(license: wrong) }
        }
    }

    @Test func workflowCrate() async throws {
        let (scratch, citation) = try await citation { $0.author = nil }
        let crate = try WorkflowCrate(citation)
        #expect(!crate.hasLicense)
        try crate.write(to: scratch("a.zip"))
        try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("elsewhere"))
        try WorkflowCrate(RecordCitation(of: scratch("elsewhere"))).write(to: scratch("b.zip"))
        #expect(try scratch.bytes("a.zip") == scratch.bytes("b.zip"))
        try ZipUnpacker().unpack(scratch("a.zip"), to: scratch("out"))
        let names = ["CITATION.cff", "README.md", "idr.lock", "plan.json", "ro-crate-metadata.json", "script.swift"]
        #expect(scratch.files(below: "out") == names)
        for name in ["idr.lock", "plan.json", "script.swift"] { #expect(try scratch.bytes("out/\(name)") == scratch.bytes("run/\(name)")) }
        let text = try JSONSerialization.jsonObject(with: Data(try scratch.bytes("out/ro-crate-metadata.json"))) as? [String: Any]
        let graph = try #require(text?["@graph"] as? [[String: Any]])
        let entities = Dictionary(uniqueKeysWithValues: graph.map { ($0["@id"] as? String ?? "", $0) })
        #expect((entities["./"]?["mainEntity"] as? [String: String])?["@id"] == "script.swift")
        let types = entities["script.swift"]?["@type"] as? [String] ?? []
        #expect(["File", "SoftwareSourceCode", "ComputationalWorkflow"].allSatisfy(types.contains))
        for name in names.dropLast(2) { #expect(entities[name]?["sha256"] as? String == (try SHA256.digest(ofFile: scratch("out/\(name)")).hex)) }
        // Whatever is referred to is described.
        let described = Set(entities.keys)
        func references(_ value: Any) -> [String] {
            switch value {
            case let list as [Any]: list.flatMap(references)
            case let object as [String: Any]: [object["@id"] as? String].compactMap(\.self)
            default: []
            }
        }
        let dangling = graph.flatMap { $0.values.flatMap(references) }.filter {
            !described.contains($0) && !$0.hasPrefix("https://w3id.org/ro/crate")
        }
        #expect(Set(dangling).isEmpty, "\(Set(dangling).sorted())")
    }

    @Test func anExecutableIsNoWorkflow() async throws {
        let (_, citation) = try await citation { $0.script = nil }
        let error = #expect(throws: IDRError.self) { try WorkflowCrate(citation) }
        #expect(error?.code == .missing)
    }
}
