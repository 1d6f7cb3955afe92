import IDRFormats
import IDRPlan
import Testing

/// `.HTD` files written anew from what is published of them, by somebody who did not write the reader.
@Suite(.enabled(if: PlateIndexFormats.format(of: "a.HTD") != nil)) struct MetaXpressSecondTests {
    /// - Parameters:
    ///   - wells: names of the wells that were chosen.
    ///   - sites: rows of the sites that were chosen; none where the plate has one site.
    private static func text(
        times: Int = 1, wells: Set<String>, sites: [[Bool]] = [], waves: [String] = ["DAPI", "Cy5"], slices: Int = 1
    ) -> String {
        let flags = { (flags: [Bool]) in flags.map { $0 ? "TRUE" : "FALSE" }.joined(separator: ", ") }
        var lines = [
            "\"HTSInfoFile\", Version 1.0", "\"Description\", \"a, plate\"", "\"PlateType\", 6", "\"TimePoints\", \(times)",
            "\"ZSeries\", \(slices > 1 ? "TRUE" : "FALSE")", "\"ZSteps\", \(slices)", "\"ZProjection\", FALSE", "\"XWells\", 4", "\"YWells\", 3",
        ]
        for row in 0..<3 {
            let names = (1...4).map { "\(["A", "B", "C"][row])\($0)" }
            lines.append("\"WellsSelection\(row + 1)\", \(flags(names.map(wells.contains)))")
        }
        lines.append("\"Sites\", \(sites.isEmpty ? "FALSE" : "TRUE")")
        if let first = sites.first {
            lines += ["\"XSites\", \(first.count)", "\"YSites\", \(sites.count)"]
            lines += sites.enumerated().map { "\"SiteSelection\($0.offset + 1)\", \(flags($0.element))" }
        }
        lines += ["\"Waves\", \(waves.count > 1 ? "TRUE" : "FALSE")", "\"NWavelengths\", \(waves.count)"]
        lines += waves.enumerated().map { "\"WaveName\($0.offset + 1)\", \"\($0.element)\"" }
        return (lines + ["\"UniquePlateIdentifier\", \"x\"", "\"EndFile\""]).joined(separator: "\r\n") + "\r\n"
    }

    /// The identifiers that MetaXpress puts behind names.
    private static func guid(_ number: Int) -> String { "0000000\(number % 10)-2CF7-4739-93F3-DBD0C40B78DB" }

    @Test func sitesThatWereLeftOutHaveNoNumber() async throws {
        // Three of four sites: the names count those that were chosen, or all; both are files that are there.
        var texts = ["plate 1.HTD": Self.text(wells: ["B02", "B2"], sites: [[true, true], [true, false]])]
        for site in 1...3 {
            for wave in 1...2 {
                texts["plate 1_B02_s\(site)_w\(wave)\(Self.guid(site)).tif"] = ""
                texts["plate 1_B02_s\(site)_w\(wave)_thumb\(Self.guid(site)).tif"] = ""
            }
        }
        let index = try await IndexFolder(texts).read("plate 1.HTD")
        #expect((index.rows, index.columns) == (3, 4) && index.channelNames == ["DAPI", "Cy5"])
        #expect(index.wellNames == ["B2"] && index.count("B2") == 6)
        #expect(index.place("B2", field: 3, channel: 2) == "plate 1_B02_s3_w2\(Self.guid(3)).tif:1")
    }

    @Test func oneSiteAndOneWaveAreNotInNames() async throws {
        let texts = ["p.HTD": Self.text(wells: ["A1", "C4"], waves: ["FITC"]), "p_A01.TIF": "", "p_C04\(Self.guid(1)).tif": "", "p_B01.tif": ""]
        let index = try await IndexFolder(texts).read("p.HTD")
        #expect(index.place("A1") == "p_A01.TIF:1" && index.place("C4") == "p_C04\(Self.guid(1)).tif:1")
        #expect(index.channelNames == ["FITC"])
    }

    @Test func timesAndSlicesAreFolders() async throws {
        var texts = ["p.HTD": Self.text(times: 2, wells: ["A1"], slices: 2)]
        for time in 1...2 { for z in 1...2 { for wave in 1...2 { texts["TimePoint_\(time)/ZStep_\(z)/p_A01_w\(wave).tif"] = "" } } }
        let index = try await IndexFolder(texts).read("p.HTD")
        #expect(index.count("A1") == 8)
        #expect(index.place("A1", frame: 2, channel: 2, z: 1) == "TimePoint_2/ZStep_1/p_A01_w2.tif:1")
    }

    @Test(arguments: [
        "", "\"HTSInfoFile\", Version 1.0\n", text(times: 2_000_000_000, wells: ["A1"]),
        text(wells: ["A1"]).replacing("XWells\", 4", with: "XWells\", 40000"),
        text(wells: []), text(wells: ["A1"]).replacing("NWavelengths\", 2", with: "NWavelengths\", -1"), "\u{0}\u{1}",
    ])
    func whatNamesNoImagesIsRefused(text: String) async throws {
        let folder = try IndexFolder(["p.HTD": text])
        await #expect(throws: IDRError.self) { try await folder.read("p.HTD") }
    }
}
