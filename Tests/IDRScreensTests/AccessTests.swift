import Foundation
import IDRPlan
import IDRScreens
import TestSupport
import Testing

@Suite struct AccessTests {
    private func configured(_ json: String?, _ environment: [String: String] = [:]) throws -> Access {
        let scratch = try ScratchFolder()
        var environment = environment
        environment["HOME"] = scratch.path
        if let json {
            try FileManager.default.createDirectory(atPath: scratch(".config/idrkit"), withIntermediateDirectories: true)
            try json.write(toFile: scratch(".config/idrkit/config.json"), atomically: true, encoding: .utf8)
        }
        return try .configured(environment: environment)
    }

    @Test func theEnvironmentLiesOverTheFileOverThePublishedFacts() throws {
        #expect(try configured(nil) == .published)
        let access = try configured(
            "{\"zarr\": [\"https://new.host/\"], \"cacheBytes\": 5, \"screens\": {\"idr0013A\": {\"moviePath\": \"{well}.ch5\"}}, \"aspera\": {\"isOn\": true, \"executable\": \"ascp\", \"remote\": \"a@b:/c\"}}",
            ["IDRKIT_CACHE_BYTES": "7", "IDRKIT_SOURCES": "cellh5,files", "IDRKIT_FILES": "https://a/,ftp://b/", "IDRKIT_CONNECTIONS": "2"])
        #expect(access.zarr == ["https://new.host/"] && access.cacheBytes == 7 && access.sources == [.cellH5, .files])
        #expect(access.files == ["https://a/", "ftp://b/"] && access.connectionsPerHost == 2 && access.aspera?.isOn == true)
        #expect(access.screens?["idr0013A"]?.moviePath == "{well}.ch5" && access.services == Access.published.services)
    }

    @Test func aMirrorAloneIsTheOnlySource() throws {
        let access = try configured(nil, ["IDRKIT_MIRROR": "m"])
        #expect(access.mirror == "m" && access.sources == nil)
        #expect(Access(mirror: "x").over(.published).sources == nil)
        #expect(Access(mirror: "x", sources: [.mirror, .omeZarr]).over(.published).sources == [.mirror, .omeZarr])
    }

    @Test(arguments: [
        ("[]", "not a JSON object"), ("{\"zar\": []}", "an entry \"zar\""), ("{\"zarr\": 3}", "zarr"), ("{\"sources\": [\"ftp\"]}", "sources"),
        ("{\"aspera\": {}}", "aspera.isOn"), ("{", "not a JSON object"),
    ])
    func aWrongConfigurationNamesTheEntry(json: String, problem: String) {
        let error = #expect(throws: IDRError.self) { try configured(json) }
        #expect(error?.problem.contains(problem) == true && error?.subject.first?.hasSuffix("config.json") == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("IDRKIT_SOURCES", "zarr"), ("IDRKIT_CACHE_BYTES", "many"), ("IDRKIT_CONNECTIONS", "0"), ("IDRKIT_NETWORK_PATIENCE", "-1"),
        ("IDRKIT_CONFIG", "/nonexistent/config.json"),
    ])
    func aWrongVariableIsNamed(name: String, value: String) {
        let error = #expect(throws: IDRError.self) { try configured(nil, [name: value]) }
        #expect("\(String(describing: error))".contains(name))
    }
}
