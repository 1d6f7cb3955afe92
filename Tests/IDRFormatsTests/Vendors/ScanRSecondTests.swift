import IDRFormats
import IDRPlan
import Testing

/// Scan^R's descriptors written anew from what is published of them, by somebody who did not write the reader.
@Suite(.enabled(if: PlateIndexFormats.format(of: "experiment_descriptor.xml") != nil)) struct ScanRSecondTests {
    private static func value(_ name: String, _ value: String) -> String { "<DBL><Name>\(name)</Name><Val>\(value)</Val></DBL>" }

    private static func descriptor(
        rows: String = "8", columns: String = "12", slices: String = "1", times: String = "1", names: [String] = ["DAPI", "GFP"]
    ) -> String {
        let channels = names.map { name in
            "<Cluster><Name>channel</Name><NumElts>3</NumElts><Boolean><Name>idle</Name><Val>0</Val></Boolean><String><Name>name</Name><Val>\(name)</Val>"
                + "</String>\(value("exposure time", "12.5"))</Cluster>"
        }
        return """
            <?xml version="1.0" encoding="ISO-8859-1"?><LVData><Version>8.0</Version><Cluster><Name>experiment descriptor</Name><NumElts>9</NumElts>
            <String><Name>plate name</Name><Val>p</Val></String>\(value("rows", rows))\(value("columns", columns))\(value("rows/well", "1"))
            \(value("columns/well", "2"))\(value("# slices", slices))\(value("timeloop real", times))\(value("timeloop count", times))
            <Array><Name>channels</Name><Dimsize>\(names.count)</Dimsize>\(channels.joined())</Array></Cluster></LVData>
            """
    }

    private static func name(_ well: Int, _ position: Int = 1, z: Int = 0, time: Int = 0, channel: String, label: String? = nil) -> String {
        func digits(_ number: Int) -> String { String(repeating: "0", count: 5 - String(number).count) + String(number) }
        return "--W\(digits(well))\(label.map { "--\($0)" } ?? "")--P\(digits(position))--Z\(digits(z))--T\(digits(time))--\(channel).tif"
    }

    @Test func wellsAreNumbersAlongTheRows() async throws {
        var texts = ["experiment_descriptor.xml": Self.descriptor()]
        for well in [1, 14] {
            for position in 1...2 { for channel in ["DAPI", "GFP"] { texts["data/" + Self.name(well, position, channel: channel)] = "" } }
        }
        texts["data/readme.txt"] = ""
        let index = try await IndexFolder(texts).read("experiment_descriptor.xml")
        #expect(index.wellNames == ["A1", "B2"] && index.channelNames == ["DAPI", "GFP"] && index.count("B2") == 4)
        #expect(index.place("B2", field: 2, channel: 2) == "data/" + Self.name(14, 2, channel: "GFP") + ":1")
    }

    @Test func timesAndSlicesAreCountedFromZero() async throws {
        var texts = ["experiment_descriptor.xml": Self.descriptor(slices: "2", times: "3", names: ["DAPI"])]
        for z in 0..<2 { for time in 0..<3 { texts["data/" + Self.name(1, z: z, time: time, channel: "DAPI")] = "" } }
        let index = try await IndexFolder(texts).read("experiment_descriptor.xml")
        #expect(index.count("A1") == 6 && index.place("A1", frame: 3, z: 2) == "data/" + Self.name(1, z: 1, time: 2, channel: "DAPI") + ":1")
    }

    @Test func namesMayHoldTheWell() async throws {
        let texts = [
            "experiment_descriptor.xml": Self.descriptor(names: ["DAPI"]), "data/" + Self.name(1, channel: "DAPI", label: "A1"): "",
            "data/" + Self.name(2, channel: "DAPI", label: "A2"): "",
        ]
        #expect(try await IndexFolder(texts).read("experiment_descriptor.xml").wellNames == ["A1", "A2"])
    }

    @Test(arguments: [descriptor(), descriptor(rows: "999999", columns: "999999"), descriptor(columns: "0"), "", "<LVData>"])
    func withoutImagesThereIsNoPlate(text: String) async throws {
        let folder = try IndexFolder(["experiment_descriptor.xml": text])
        await #expect(throws: IDRError.self) { try await folder.read("experiment_descriptor.xml") }
    }
}
