import Foundation
import TestSupport
import Testing

/// `screens`, `screen` and `doctor`, as a person meets them.
@Suite struct ScreenCommandTests {
    private static let studies = """
        Study\tContainer\tInternal ID\tSets\tWells\t5D Images\tSize\tAvg. Image Dim (XYZCT)
        idr0013-neumann-mitocheck\tscreenA\t1101\t512\t196608\t192136\t24300000000000\t1344 x 1024 x 1 x 1 x 93
        idr0035-caie-drugresponse\tscreenA\t2001\t55\t3300\t13200\t83000000000\t1280 x 1024 x 1 x 3 x 1

        """

    @Test func aMirroredScreenIsDescribed() async throws {
        let folder = try await ScriptFolder()
        let text = try await folder.idrscript("screen", "idr0013A", "--mirror", "mirror")
        #expect(text.status == 0 && text.errors == "", "\(text.errors)")
        for part in [
            "plates    1", "wells     4", "controls  4", "4  negative control  (negative)", "200 x 160 pixels, 4 frames", "pixels    mirror:",
        ] {
            #expect(text.output.contains(part), "\(part) in \(text.output)")
        }
        let json = try await folder.idrscript("screen", "idr0013A", "--mirror", "mirror", "--json")
        let value = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(value?["controls"] as? Int == 4 && (value?["images"] as? [String: Any])?["source"] as? String == "mirror")
        let wrong = try await folder.idrscript("screen", "idr0014A", "--mirror", "mirror")
        #expect(wrong.status == 1 && wrong.errors.contains("idr0013-neumann-mitocheck"), "\(wrong.errors)")
    }

    @Test func screensAreListed() async throws {
        let scratch = try ScratchFolder()
        let idr = try FakeIDR(["/studies.tsv": Self.studies])
        let settings = ["IDRKIT_STUDIES": idr.server.base + "/studies.tsv", "IDRKIT_CACHE": scratch("cache")]
        let all = try await BuiltProgram.run("idrscript", ["screens"], in: scratch.path, environment: settings)
        #expect(all.status == 0 && all.output.contains("idr0035A") && all.output.contains("24.3 TB"), "\(all)")
        let some = try await BuiltProgram.run("idrscript", ["screens", "idr0013", "--json", "--offline"], in: scratch.path, environment: settings)
        let list = try JSONSerialization.jsonObject(with: Data(some.output.utf8)) as? [[String: Any]]
        #expect(list?.count == 1 && list?.first?["wells"] as? Int == 196_608 && idr.server.requests.count == 1)
        let none = try await BuiltProgram.run("idrscript", ["screens", "idr9"], in: scratch.path, environment: settings)
        #expect(none.status == 1 && none.errors.contains("no screen's name begins with"))
    }

    @Test func wrongWordsAreUsageErrors() async throws {
        let scratch = try ScratchFolder()
        for (arguments, says) in [
            (["screens", "--offline", "--refresh"], "exclude each other"), (["screen", "idr0013A", "--sources", "zarr"], "'zarr' is no source"),
            (["screen"], "Missing expected argument"),
        ] {
            let run = try await BuiltProgram.run("idrscript", arguments, in: scratch.path)
            #expect(run.status == 64 && run.errors.contains(says), "\(run.errors)")
        }
    }

    @Test func theConfigurationIsShown() async throws {
        let scratch = try ScratchFolder()
        let run = try await BuiltProgram.run(
            "idrscript", ["doctor", "--settings"], in: scratch.path, environment: ["IDRKIT_ZARR": "https://new.host/"])
        let value = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        #expect(run.status == 0 && value?["zarr"] as? [String] == ["https://new.host/"])
    }

    @Test func theMachineIsChecked() async throws {
        let scratch = try ScratchFolder()
        // Whoever refuses has answered; nobody listens on the discard port.
        let server = try LoopbackServer { _ in LoopbackServer.answer(403) }
        let nobody = "http://127.0.0.1:9"
        let hosts = ["IDRKIT_SERVICES": server.base, "IDRKIT_ZARR": nobody, "IDRKIT_FILES": nobody]
        let run = try await BuiltProgram.run("idrscript", ["doctor"], in: scratch.path, environment: hosts)
        #expect(
            run.status == 0 && run.output.contains("ok        Swift compiler: ") && run.output.contains("ok        model nuclei-2: "),
            "\(run.output)")
        #expect(run.output.contains("ok        ONNX Runtime: ") && run.output.contains("space for results: "))
        #expect(run.output.contains("ok        network, \(server.base.dropFirst(7)): answers"), "\(run.output)")
        #expect(run.output.contains("note      network, 127.0.0.1:9: ") && run.output.contains("fix: check the connection"), "\(run.output)")
        let ill = try await BuiltProgram.run(
            "idrscript", ["doctor", "--json", "--offline"], in: scratch.path, environment: hosts.merging(["PATH": "/nowhere"]) { $1 })
        let findings = try JSONSerialization.jsonObject(with: Data(ill.output.utf8)) as? [[String: String]] ?? []
        let problems = findings.filter { $0["state"] == "problem" }
        #expect(
            ill.status == 1 && problems.first?["what"] == "Swift compiler and library" && problems.allSatisfy { $0["fix"] != nil }, "\(ill.output)")
        #expect(findings.contains { $0["what"] == "ssh-keygen" && $0["fix"] == "apt-get install openssh-client" })
    }

    /// TLS is verified, other authorities must be named, and a redirect never leaves TLS.
    @Test(.enabled(if: NginxServer.isAvailable && FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "needs nginx and openssl"))
    func tlsIsVerified() async throws {
        let scratch = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: scratch("site"), withIntermediateDirectories: true)
        try Self.studies.write(toFile: scratch("site/studies.tsv"), atomically: true, encoding: .utf8)
        let made = try await BuiltProgram.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "certificate.pem", "-days", "2", "-subj", "/CN=test",
                "-addext", "subjectAltName=IP:127.0.0.1",
            ], in: scratch.path)
        #expect(made.status == 0, "\(made.errors)")
        let web = try NginxServer(serving: scratch("site"), certificate: (scratch("certificate.pem"), scratch("key.pem")))
        func screens(_ path: String, _ settings: [String: String]) async throws -> BuiltProgram {
            var all = ["IDRKIT_STUDIES": web.base + path, "IDRKIT_SERVICES": web.base + "/", "IDRKIT_CACHE": scratch("cache\(settings.count)")]
            all.merge(settings) { $1 }
            return try await BuiltProgram.run("idrscript", ["screens"], in: scratch.path, environment: all)
        }
        let stranger = try await screens("/studies.tsv", [:])
        #expect(stranger.status == 1 && stranger.errors.lowercased().contains("certificate"), "\(stranger.errors)")
        let known = ["IDRKIT_CA_FILE": scratch("certificate.pem")]
        #expect(try await screens("/studies.tsv", known).output.contains("idr0013A"))
        let away = try await screens("/away", known)
        #expect(away.status == 1 && away.output == "", "\(away)")
    }
}
