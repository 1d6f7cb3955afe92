import IDRFormats
import IDRPlan
import Testing

@Suite struct ScanRIndexTests {
    private static let name = "experiment_descriptor.xml"

    /// - Parameter channels: with "!" before the names of those that were not taken.
    private static func descriptor(rows: String = "8", columns: String = "12", channels: [String] = ["DAPI", "GFP"]) -> String {
        func value(_ kind: String, _ name: String, _ value: String) -> String { "<\(kind)><Name>\(name)</Name><Val>\(value)</Val></\(kind)>" }
        let clusters = channels.map { channel in
            "<Cluster><Name>channel</Name>\(value("Boolean", "idle", channel.hasPrefix("!") ? "1" : "0"))"
                + "\(value("String", "name", channel.replacing("!", with: "")))</Cluster>"
        }
        return "<LVData><Cluster><Name>experiment</Name>\(value("I32", "rows", rows))\(value("I32", "columns", columns))"
            + "<Array><Name>channels</Name><Dimsize>\(channels.count)</Dimsize>\(clusters.joined())</Array></Cluster></LVData>"
    }

    private static func image(well: Int = 1, position: Int = 1, z: Int = 0, time: Int = 0, _ channel: String = "DAPI") -> String {
        func five(_ number: Int) -> String { String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number) }
        return "a--W\(five(well))--P\(five(position))--Z\(five(z))--T\(five(time))--\(channel).tif"
    }

    private static func read(_ images: [String], _ text: String = descriptor()) async throws -> PlateIndex {
        var texts = Dictionary(uniqueKeysWithValues: images.map { ($0, "") })
        texts[name] = text
        return try await IndexFolder(texts).read(name)
    }

    @Test func wellsAreCountedByTheColumnsOfThePlate() async throws {
        let images = [1, 12, 13, 96].map { "data/" + Self.image(well: $0) }
        let index = try await Self.read(images)
        #expect(index.wellNames == ["A1", "A12", "B1", "H12"] && (index.rows, index.columns) == (8, 12))
        let large = try await Self.read(images + ["data/" + Self.image(well: 384)], Self.descriptor(rows: "16.0", columns: "24.0"))
        #expect(large.wellNames == ["A1", "A12", "A13", "D24", "P24"])
    }

    /// The size of the plate stands behind its format; another value of that name does not count.
    @Test func thePlatesFormatCounts() async throws {
        let text =
            "<LVData><I32><Name>Rows</Name><Val>2</Val></I32><I32><Name>Columns</Name><Val>3</Val></I32><Cluster><Name>format typedef</Name>"
            + "<I32><Name>Rows</Name><Val>16</Val></I32><I32><Name>Columns</Name><Val>24</Val></I32></Cluster></LVData>"
        let index = try await Self.read([Self.image(well: 25)], text)
        #expect((index.rows, index.columns) == (16, 24) && index.wellNames == ["B1"] && index.channelNames == ["DAPI"])
    }

    @Test func withoutASizeNamesOfWellsCount() async throws {
        let name = Self.image(well: 14).replacing("W00014", with: "W00014--B2")
        #expect(try await Self.read([name], "<LVData/>").wellNames == ["B2"])
        func pair(_ value: String) -> String { "<String><Name>well selection table + cDNA</Name><Val>\(value)</Val></String>" }
        let table = "<LVData>\(["1", "A1", "", "25", "C7"].map(pair).joined())</LVData>"
        #expect(try await Self.read([Self.image(well: 25), Self.image(well: 1)], table).wellNames == ["A1", "C7"])
        let error = await #expect(throws: IDRError.self) { try await Self.read([Self.image(well: 14)], "<LVData/>") }
        #expect(error?.reason?.contains("neither a plate's size nor a name") == true && error?.advice != nil, "\(error as Any)")
    }

    @Test func theAutofocusIsNoChannel() async throws {
        let index = try await Self.read([Self.image()], Self.descriptor(channels: ["Autofocus", "DAPI", "DAPI", "!GFP"]))
        #expect(index.channelNames == ["DAPI"])
    }

    @Test func filesMayLieBesideTheDescriptor() async throws {
        let index = try await Self.read([Self.image(), "Data/" + Self.image(well: 2), "other/" + Self.image(well: 3), "a--W00001--DAPI.tif", "b.tif"])
        #expect(index.wellNames == ["A1", "A2"] && index.place("A1") == Self.image() + ":1" && index.place("A2") == "Data/\(Self.image(well: 2)):1")
    }

    @Test func channelsHaveTheOrderOfTheDescriptor() async throws {
        let images = ["Cy5", "DAPI", "GFP--x", "TRITC"].map { Self.image($0) }
        let index = try await Self.read(images, Self.descriptor(channels: ["TRITC", "!old", "DAPI"]))
        // What it does not name comes behind, sorted.
        #expect(index.channelNames == ["TRITC", "DAPI", "Cy5", "GFP--x"])
        #expect(index.place("A1", channel: 1) == Self.image("TRITC") + ":1" && index.place("A1", channel: 4) == Self.image("GFP--x") + ":1")
    }

    @Test func aChannelThatNoFileHasKeepsItsNumber() async throws {
        let index = try await Self.read([Self.image("GFP")])
        #expect(index.channelNames == ["DAPI", "GFP"] && index.place("A1", channel: 1) == nil && index.count("A1") == 1)
        #expect(index.place("A1", channel: 2) == Self.image("GFP") + ":1")
    }

    @Test func positionsSlicesAndTimesAreCountedFromOne() async throws {
        let images = [Self.image(position: 3, z: 4, time: 10), Self.image(position: 2, z: 0, time: 0)]
        let index = try await Self.read(images)
        #expect(index.place("A1", field: 2, frame: 2, z: 2) == images[0] + ":1" && index.place("A1") == images[1] + ":1")
    }

    @Test(arguments: [
        ("rows", descriptor(rows: "0")), ("rows", descriptor(rows: "65")), ("columns", descriptor(columns: "nan")),
        ("columns", descriptor(columns: "1e300")), ("columns", descriptor(columns: "")),
        ("well-formed", String(descriptor().dropLast(9))), ("well-formed", ""),
        ("document type", "<!DOCTYPE a>" + descriptor()), ("deep", String(repeating: "<a>", count: 100_000)),
    ])
    func descriptorsThatAreNoneAreNamed(word: String, text: String) async throws {
        let error = await #expect(throws: IDRError.self) { try await Self.read([Self.image()], text) }
        #expect(error?.reason?.contains(word) == true && error?.advice != nil, "\(error as Any)")
    }

    @Test(arguments: [0, 97, 99_999])
    func wellsOutsideThePlateAreNamed(well: Int) async throws {
        let error = await #expect(throws: IDRError.self) { try await Self.read([Self.image(well: well)]) }
        #expect(error?.reason?.contains("well \(well)") == true, "\(error as Any)")
    }

    @Test(arguments: [
        "a--W00001--P00001--Z00000--DAPI.tif", "a--W00001--P00001--Z00000--T00000.tif", "a--W99999999999999999999--P00001--Z00000--T00000--DAPI.tif",
        "a--W00001--P00001--Z00000--T00000--DAPI.png", "----.tif", "--",
    ])
    func filesNamedOtherwiseAreNoImages(file: String) async throws {
        let error = await #expect(throws: IDRError.self) { try await Self.read([file]) }
        #expect(error?.reason == "it names no images", "\(error as Any)")
    }
}
